"""What the tests ask of the kernel's ELF file."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile

_TEST_TABLES = ("early_tests", "kernel_tests")
_TEST_ENTRY_BYTES = 16
_NAMED_REGION = r"\w+_start|stack|\w+::\w+_stack|boot_(?:pml4|pdpt|directories)\w*"


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


@dataclass(frozen=True)
class Section:
    """A section: its virtual address, and what it holds."""

    address: int
    content: bytes


@dataclass(frozen=True)
class Function:
    """A function's C++ name, without parameters, and where it is: `end` is exclusive."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Frame:
    """One function that an address belongs to, and the line it has come to there."""

    function: str | None  # as the demangler writes it
    file: str
    line: int


def symbols(elf: Path) -> dict[str, int]:
    """Every defined symbol of `elf` and its address."""
    return dict(_symbols(elf, elf.stat().st_mtime_ns))


@cache
def _symbols(elf: Path, _written: int) -> dict[str, int]:
    """As `symbols`: many tests ask the same kernel."""
    listing = subprocess.run(
        ["nm", "--defined-only", "--format=posix", str(elf)],
        check=True,
        capture_output=True,
        text=True,
    )
    fields = (line.split() for line in listing.stdout.splitlines())
    return {field[0]: int(field[2], 16) for field in fields}


def functions(elf: Path) -> list[Function]:
    """Every function, by its address: each reaches up to the next one.

    An assembler's local label, NAME.LABEL, belongs to NAME. Overloaded functions share their name.
    """
    starts = [(address, name.partition("(")[0]) for address, kind, name in _demangled(elf) if kind in "tT"]
    found = []
    for index, (start, name) in enumerate(starts):
        others = (
            address
            for address, other in starts[index + 1 :]
            if address > start and not other.startswith(f"{name}.")
        )
        found.append(Function(name, start, next(others, start)))
    return found


def bounds(elf: Path) -> dict[str, int]:
    """The symbols by which a person knows a piece of memory, and their addresses.

    Those are where something starts (NAME_start) or ends (NAME_end, NAME_top, if its start is known as
    well), the stacks, and the tables of the boot mapping.
    """
    # The linker's and the compiler's own names begin with _.
    table = {name: at for at, kind, name in _demangled(elf) if kind not in "aA" and name[0] != "_"}
    found = {name for name in table if re.fullmatch(_NAMED_REGION, name)}
    for name in table:
        thing = re.sub(r"_(?:end|top)$", "", name)
        starts = {thing, f"{thing}_start"} & table.keys()
        if thing != name and starts:
            found |= {name} | starts
    return {name: address for name, address in table.items() if name in found}


def _demangled(elf: Path) -> list[tuple[int, str, str]]:
    """(address, kind, C++ name) of every symbol, by its address."""
    listing = subprocess.run(
        ["nm", "--defined-only", "--numeric-sort", "--demangle", str(elf)],
        check=True,
        capture_output=True,
        text=True,
    )
    rows = (line.split(maxsplit=2) for line in listing.stdout.splitlines())
    return [(int(address, 16), kind, name) for address, kind, name in rows]


def section_sizes(elf: Path) -> dict[str, int]:
    """The bytes of every section that takes memory, by its name."""
    with _opened(elf) as file:
        return {each.name: each["sh_size"] for each in file.iter_sections() if each["sh_flags"] & SH_FLAGS.SHF_ALLOC}


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


@contextmanager
def _opened(elf: Path) -> Iterator[ELFFile]:
    try:
        with elf.open("rb") as file:
            yield ELFFile(file)
    except ELFError:
        raise ElfError(f"{elf}: not an ELF64 file") from None


def segments(elf: Path) -> list[Segment]:
    """The PT_LOAD segments of `elf`, in the file's order."""
    fields = ("p_offset", "p_vaddr", "p_paddr", "p_filesz", "p_memsz", "p_flags")
    with _opened(elf) as file:
        return [Segment(*(each[field] for field in fields)) for each in file.iter_segments("PT_LOAD")]


def sections(elf: Path) -> dict[str, Section]:
    """The sections of `elf` that hold something, by name."""
    with _opened(elf) as file:
        return {each.name: Section(each["sh_addr"], each.data()) for each in file.iter_sections() if each["sh_type"] != "SHT_NOBITS"}


def source_line(elf: Path, address: int) -> str | None:
    """FILE:LINE of the code at `address`, in the journal for a kernel. None when it is not known."""
    return _source(elf, address)[1]


def locate(elf: Path, address: int) -> str:
    """The code at `address` for a message: the address, its source line and its function."""
    function, line = _source(elf, address)
    if not line:
        return hex(address)
    return f"{hex(address)} ({line}" + (f" in {function}" if function else "") + ")"


def frames(elf: Path, addresses: list[int]) -> list[list[Frame]]:
    """For each address, the functions that the code there belongs to: the one that was inlined last
    is first. Frames whose line is not known are left out.
    """
    if not addresses:
        return []
    answer = subprocess.run(
        ["addr2line", "-a", "-i", "-f", "-C", "-e", str(elf), *map(hex, addresses)],
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        return [[] for _ in addresses]
    found: list[list[Frame]] = []
    lines = iter(answer.stdout.splitlines())
    for function in lines:
        if re.fullmatch(r"0x[0-9a-f]+", function):  # the address itself; its frames follow
            found.append([])
        # "FILE:LINE (discriminator 3)"; what is not known is "?"
        elif place := re.match(r"(?!\?)(.*):([1-9]\d*)(?: |$)", next(lines)):
            # The compilers put the folder that they ran in before the journal's own path.
            file = re.sub(r"^.*/(?=journal/)", "", place[1])
            found[-1].append(Frame(function if function != "??" else None, file, int(place[2])))
    return found


def _source(elf: Path, address: int) -> tuple[str | None, str | None]:
    (found,) = frames(elf, [address])
    return (found[0].function, f"{found[0].file}:{found[0].line}") if found else (None, None)
