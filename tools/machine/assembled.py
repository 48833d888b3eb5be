"""Small kernels for tests, which are assembled only: how they are built."""

import subprocess
from pathlib import Path

DEFAULT_LAYOUT = ("-Ttext=0x200000",)


def build_kernel(source: Path, elf: Path, *layout: str, define: str = "AS_IT_IS") -> None:
    """Assembles and links one kernel; `layout`: ld's options for where it lies."""
    part = elf.with_suffix(".o")
    include = f"-I{source.parent}/"
    nasm: list[str | Path] = ["nasm", "-f", "elf64", "-g", "-F", "dwarf", "-Werror", f"-D{define}", include, "-o", part, source]
    link = ["ld", "-m", "elf_x86_64", "-e", "start", "--no-warn-rwx-segments"]
    subprocess.run(nasm, check=True)
    subprocess.run([*link, *(layout or DEFAULT_LAYOUT), "-o", elf, part], check=True)
