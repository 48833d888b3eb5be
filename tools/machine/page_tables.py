"""The verdict on the page tables of a kernel that has moved to the higher half."""

import re
from pathlib import Path

from .elf import Segment, segments, symbols
from .halted import Look
from .walker import PAGE, TOP_2_GIB, Extent, check_extents, check_registers, translate

_PF_X, _PF_W = 1, 2
# A mapping that every such kernel has. A walker that does not find it proves nothing.
KNOWN_SYMBOL = "kernel_main"
# The one instruction that a kernel may write into its code: CLAC, where the CPU has it.
_PLACE_OF_CLAC, _CLAC = "place_of_clac", bytes([0x0F, 0x01, 0xCA])
# Stacks that begin with a page that nothing may be mapped to.
_GUARDED_STACK = re.compile(r"_ZN(?:6memory|3cpu)\d+\w+_stackE")


def is_in_higher_half(elf: Path) -> bool:
    """Whether the kernel `elf` runs in the top 2 GiB."""
    return symbols(elf).get(KNOWN_SYMBOL, 0) >= TOP_2_GIB


def wanted_pages(elf: Path) -> list[int]:
    """The virtual pages that must show the file's own bytes: those which nothing may write to."""
    return [
        page
        for segment in _high_segments(elf)
        if not segment.flags & _PF_W
        for page in range(segment.virtual & -PAGE, segment.virtual + segment.file_size, PAGE)
    ]


def guard_pages(elf: Path) -> list[int]:
    """The pages below the kernel's stacks, if it has stacks with guards."""
    return [address for name, address in symbols(elf).items() if _GUARDED_STACK.fullmatch(name)]


def check_guards(extents: list[Extent], guards: list[int]) -> list[str]:
    """Complaints about guard pages: none may be mapped."""
    found = ((page, translate(extents, page)) for page in guards)
    return [f"the guard page {page:#x} is mapped: {mapped[1]}" for page, mapped in found if mapped]


def judge_page_tables(look: Look, elf: Path) -> list[str]:
    """Complaints about the page tables of every CPU that has paging on."""
    paging = [cpu for cpu in look.cpus if cpu.cr3 in look.page_tables]
    if look.cpus[0] not in paging:
        return ["CPU 0 has paging off"]
    complaints = []
    for cpu in paging:
        complaints += check_registers(cpu.cr0, cpu.cr4, cpu.efer)
    for extents in look.page_tables.values():
        complaints += check_extents(extents, look.regions, look.gib_pages)
        complaints += _check_kernel(extents, elf)
        complaints += check_guards(extents, guard_pages(elf))
    return complaints + _check_contents(look, elf)


def _check_kernel(extents: list[Extent], elf: Path) -> list[str]:
    """The kernel's own segments: at the addresses and with no more rights than the ELF says."""
    address = symbols(elf)[KNOWN_SYMBOL]
    if not translate(extents, address):
        return [f"{KNOWN_SYMBOL} at {address:#x} is not mapped: the walker proves nothing"]
    complaints = []
    if not any(segment.flags & (_PF_W | _PF_X) == 0 for segment in _high_segments(elf)):
        complaints.append(
            f"{elf} has no read-only segment in the higher half: writable constants would not be seen "
            "(mark .rodata READONLY in the linker script)"
        )
    for segment in _high_segments(elf):
        for page in range(segment.virtual & -PAGE, segment.virtual + segment.memory_size, PAGE):
            if found := translate(extents, page):
                complaints += _check_page(page, *found, segment)
    return complaints


def _check_page(page: int, physical: int, extent: Extent, segment: Segment) -> list[str]:
    complaints = []
    expected = segment.physical + page - segment.virtual
    if physical != expected:
        complaints.append(f"{page:#x} is mapped to {physical:#x}, the ELF file says {expected:#x}")
    if extent.writable and not segment.flags & _PF_W:
        complaints.append(f"{page:#x} is writable, the ELF file does not say so")
    if extent.executable and not segment.flags & _PF_X:
        complaints.append(f"{page:#x} is executable, the ELF file does not say so")
    return complaints


def _check_contents(look: Look, elf: Path) -> list[str]:
    """What is mapped must be the file's bytes, at least for the known symbol's page. Only where SMAP is, an instruction for it."""
    file = bytearray(elf.read_bytes())
    contents = look.contents
    clac = symbols(elf).get(_PLACE_OF_CLAC, 0) if "SMAP" in look.protections else 0
    known = symbols(elf)[KNOWN_SYMBOL] & -PAGE
    if known not in contents:
        return [f"the page of {KNOWN_SYMBOL} was not read: the walker proves nothing"]
    complaints = []
    for segment in _high_segments(elf):
        if segment.virtual <= clac < segment.virtual + segment.file_size:
            at = segment.offset + clac - segment.virtual
            file[at : at + len(_CLAC)] = _CLAC
        for page in range(segment.virtual & -PAGE, segment.virtual + segment.file_size, PAGE):
            start = max(page, segment.virtual)
            end = min(page + PAGE, segment.virtual + segment.file_size)
            offset = segment.offset + start - segment.virtual
            expected = file[offset : offset + end - start]
            if page in contents and contents[page][start - page : end - page] != expected:
                complaints.append(f"the memory at {start:#x} does not hold the ELF file's bytes")
    return complaints


def _high_segments(elf: Path) -> list[Segment]:
    return [segment for segment in segments(elf) if segment.virtual >= TOP_2_GIB]
