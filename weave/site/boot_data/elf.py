"""What a kernel's ELF file has: the segments of code, and the symbols."""

import re
import struct
from dataclasses import dataclass
from pathlib import Path

from boot_data.program import KernelError, output_of

_PT_LOAD, _EXECUTABLE = 1, 1
_CONSTANT, _WEAK_UNDEFINED = "aA", "vw"


@dataclass(frozen=True)
class Symbol:
    """A place in memory that has a name; `size` is in bytes, 0 where nobody told it."""

    name: str  # in C++, without parameters
    address: int
    size: int


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


def symbols(elf: Path) -> list[Symbol]:
    """Every symbol that is a place, by its address. An assembler's local label, NAME.LABEL, is none."""
    listing = output_of("nm", "--defined-only", "--numeric-sort", "--demangle", "--print-size", str(elf))
    found = []
    for address, size, kind, name in re.findall(r"^(\w+) (?:(\w{16}) )?(\w) (.+)$", listing, re.MULTILINE):
        short = name.replace("(anonymous namespace)::", "").partition("(")[0]
        is_label = not size and "." in short
        if kind not in _CONSTANT + _WEAK_UNDEFINED and short and not is_label:
            found.append(Symbol(short, int(address, 16), int(size or "0", 16)))
    return found
