"""A kernel and its modules in one file, as the emulator of the pages takes it (weave/emulator/elf.js): each is a section .module.NAME."""

from pathlib import Path

from boot_data.program import output_of


def modules_of(elf: Path) -> list[Path]:
    """What a loader hands to the kernel beside it (tools/building/programs.py)."""
    return sorted(elf.with_suffix(".modules").glob("*"))


def add_modules(elf: Path, to: Path) -> None:
    """Puts the modules of the kernel `elf` into `to`, a copy of it."""
    if sections := [f"--add-section=.module.{file.name}={file}" for file in modules_of(elf)]:
        output_of("objcopy", *sections, str(to))
