"""What a kernel's ELF file has: the segments of code, and the symbols."""

import re
import struct
from pathlib import Path

from boot_data.program import KernelError, output_of

_PT_LOAD, _EXECUTABLE = 1, 1


def code_segments(elf: Path) -> list[tuple[int, int]]:
    """The virtual addresses of the executable segments, ends exclusive."""
    data = elf.read_bytes()
    if data[:5] != b"\x7fELF\x02":
        raise KernelError(f"{elf}: not an ELF64 file; `make days exhibits` makes it")
    (table,) = struct.unpack_from("<Q", data, 32)
    entry_size, count = struct.unpack_from("<HH", data, 54)
    found = []
    for index in range(count):
        header = struct.unpack_from("<IIQQQQQQ", data, table + index * entry_size)
        kind, flags, _, start, _, _, size, _ = header
        if kind == _PT_LOAD and flags & _EXECUTABLE and size:
            found.append((start, start + size))
    return sorted(found)


def addresses(elf: Path, names: tuple[str, ...]) -> dict[str, int]:
    """Where the symbols of these names are, as far as there are any. A name is in C++, without parameters."""
    listing = output_of("nm", "--defined-only", "--demangle", str(elf))
    found = re.findall(r"^(\w+) \w ([^(\n]+)", listing, re.MULTILINE)
    return {name: int(address, 16) for address, name in found if name in names}
