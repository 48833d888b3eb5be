"""What the tests ask of the kernel's ELF file."""

import re
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

_TEST_TABLES = ("early_tests", "kernel_tests")
_TEST_ENTRY_BYTES = 16
_PT_LOAD = 1


class ElfError(ValueError):
    """An ELF file that is not what the tests need; the text begins with its name."""


@dataclass(frozen=True)
class Segment:
    """A PT_LOAD segment: addresses and sizes in bytes."""

    offset: int
    virtual: int
    physical: int
    file_size: int
    memory_size: int
    flags: int


def symbols(elf: Path) -> dict[str, int]:
    """Every defined symbol of `elf` and its address."""
    listing = subprocess.run(
        ["nm", "--defined-only", "--format=posix", str(elf)],
        check=True,
        capture_output=True,
        text=True,
    )
    fields = (line.split() for line in listing.stdout.splitlines())
    return {field[0]: int(field[2], 16) for field in fields}


def symbol_ranges(elf: Path) -> dict[str, tuple[int, int]]:
    """Every function's C++ name, without parameters, and where it is: up to the next one (exclusive).

    An assembler's local label, NAME.LABEL, belongs to NAME.
    """
    listing = subprocess.run(
        ["nm", "--defined-only", "--numeric-sort", "--demangle", str(elf)], check=True, capture_output=True, text=True
    )
    rows = [line.split(maxsplit=2) for line in listing.stdout.splitlines()]
    starts = [(int(address, 16), name.partition("(")[0]) for address, kind, name in rows if kind in "tT"]
    ranges: dict[str, tuple[int, int]] = {}
    for index, (start, name) in enumerate(starts):
        others = (address for address, other in starts[index + 1 :] if not other.startswith(f"{name}."))
        ranges[name] = start, next(others, start)
    return ranges


def section_sizes(elf: Path) -> dict[str, int]:
    """The bytes of every section that takes memory, by its name."""
    listing = subprocess.run(["readelf", "-SW", str(elf)], check=True, capture_output=True, text=True).stdout
    rows = re.findall(
        r"^ +\[ *\d+\] (\.\S+) +\S+ +[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) [0-9a-f]+ +W?A", listing, re.MULTILINE
    )
    return {name: int(size, 16) for name, size in rows}


def compiled_in_tests(elf: Path) -> int:
    """How many in-kernel tests are linked into `elf`, by the bounds of its tables of tests."""
    table = symbols(elf)
    count = 0
    for name in _TEST_TABLES:
        start, end = table.get(f"{name}_start"), table.get(f"{name}_end")
        if start is None and end is None:
            continue
        if start is None or end is None or end < start or (end - start) % _TEST_ENTRY_BYTES:
            raise ElfError(f"{elf}: {name}_start and {name}_end do not bound a table of tests")
        count += (end - start) // _TEST_ENTRY_BYTES
    return count


def segments(elf: Path) -> list[Segment]:
    """The PT_LOAD segments of `elf`, in the file's order."""
    data = elf.read_bytes()
    if data[:5] != b"\x7fELF\x02":
        raise ElfError(f"{elf}: not an ELF64 file")
    (table,) = struct.unpack_from("<Q", data, 32)
    entry_size, count = struct.unpack_from("<HH", data, 54)
    found = []
    for index in range(count):
        kind, flags, offset, virtual, physical, file_size, memory_size, _ = struct.unpack_from(
            "<IIQQQQQQ", data, table + index * entry_size
        )
        if kind == _PT_LOAD:
            found.append(Segment(offset, virtual, physical, file_size, memory_size, flags))
    return found


def source_line(elf: Path, address: int) -> str | None:
    """FILE:LINE of the code at `address`, in the journal for a kernel. None when it is not known."""
    return _source(elf, address)[1]


def locate(elf: Path, address: int) -> str:
    """The code at `address` for a message: the address, its source line and its function."""
    function, line = _source(elf, address)
    if not line:
        return hex(address)
    return f"{hex(address)} ({line}" + (f" in {function}" if function else "") + ")"


def _source(elf: Path, address: int) -> tuple[str | None, str | None]:
    answer = subprocess.run(
        ["addr2line", "-f", "-C", "-e", str(elf), hex(address)], capture_output=True, text=True
    )
    function, _, line = answer.stdout.strip().partition("\n")
    line = line.split(" ")[0]
    if answer.returncode or not line or line.startswith("??") or line.endswith("?"):
        return None, None
    # The compilers put the folder that they ran in before the journal's own path.
    return (function if function != "??" else None, re.sub(r"^.*/(?=journal/)", "", line))
