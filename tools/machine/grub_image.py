"""Images of the newest kernel whose GRUB tells it something else."""

import subprocess
from pathlib import Path

from .trees import ROOT, Day, entries


def image(folder: Path, option: str, before: list[str] | None = None, after: list[str] | None = None) -> Path:
    """The newest kernel with an option, and GRUB's commands before and after it."""
    day = Day(entries()[-1])
    config = (day.folder / "boot/grub.cfg").read_text()
    boot_line = "  multiboot2 /boot/daybook.elf"
    assert boot_line in config
    lines = "\n".join([*(before or []), f"{boot_line} {option}", *(after or [])])
    (folder / "grub.cfg").write_text(config.replace(boot_line, lines, 1))
    subprocess.run([ROOT / "tools/mkiso", folder / "daybook.iso", day.elf, folder / "grub.cfg"], check=True)
    return folder / "daybook.iso"
