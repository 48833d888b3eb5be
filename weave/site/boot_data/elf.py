"""What a kernel's ELF file has: the segments of code, and the symbols."""

import re
from pathlib import Path

from boot_data.program import output_of


def code_segments(elf: Path) -> list[tuple[int, int]]:
    """The virtual addresses of the executable segments, ends exclusive."""
    listing = output_of("readelf", "--wide", "--segments", str(elf))
    found = re.findall(r"^  LOAD +\S+ (\S+) \S+ \S+ (\S+) ..E ", listing, re.MULTILINE)
    return sorted((int(start, 16), int(start, 16) + int(size, 16)) for start, size in found)


def addresses(elf: Path, names: tuple[str, ...]) -> dict[str, int]:
    """Where the symbols of these names are, as far as there are any. A name is in C++, without parameters."""
    listing = output_of("nm", "--defined-only", "--demangle", str(elf))
    found = re.findall(r"^(\w+) \w ([^(\n]+)", listing, re.MULTILINE)
    return {name: int(address, 16) for address, name in found if name in names}
