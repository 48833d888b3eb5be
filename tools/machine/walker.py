"""Walks 4-level page tables (Intel SDM vol. 3A, 4.5) and reports what must not be in them.

Works on any source of physical memory: that of a halted machine, or a table made by hand.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

PAGE = 4096
TOP_2_GIB = 0xFFFF_FFFF_8000_0000

CR0_WP = 1 << 16
CR0_PG = 1 << 31
CR4_PAE = 1 << 5
CR4_LA57 = 1 << 12
EFER_LMA = 1 << 10
EFER_NXE = 1 << 11

PRESENT = 1 << 0
WRITABLE = 1 << 1
USER = 1 << 2
PAGE_SIZE = 1 << 7
NO_EXECUTE = 1 << 63
_ADDRESS = 0x000F_FFFF_FFFF_F000

ENTRY_SPAN = {4: 1 << 39, 3: 1 << 30, 2: 1 << 21, 1: 1 << 12}

ReadPage = Callable[[int], bytes]


@dataclass(frozen=True)
class Extent:
    """Neighbouring pages of one size with the same rights, mapped to neighbouring addresses."""

    virtual: int
    physical: int
    length: int
    page_size: int
    writable: bool
    executable: bool
    user: bool

    @property
    def virtual_end(self) -> int:
        return self.virtual + self.length

    @property
    def physical_end(self) -> int:
        return self.physical + self.length

    def __str__(self) -> str:
        rights = "r" + ("w" if self.writable else "-") + ("x" if self.executable else "-")
        rights += " user" if self.user else ""
        return f"{self.virtual:#018x}..{self.virtual_end:#018x} -> {self.physical:#x} {rights}"


@dataclass(frozen=True)
class Region:
    """A range of physical addresses that something answers to: END is exclusive."""

    start: int
    end: int
    name: str


def walk(read_page: ReadPage, cr3: int, no_execute: bool = True) -> list[Extent]:
    """Every mapping below `cr3`, in the order of virtual addresses, neighbours joined.

    `no_execute`: whether EFER.NXE is on, without which every page can be executed.
    """
    extents: list[Extent] = []
    for page in _walk_table(read_page, cr3 & _ADDRESS, 4, 0, WRITABLE | USER):
        if not no_execute:
            page = replace(page, executable=True)
        if extents and _continues(extents[-1], page):
            extents[-1] = replace(extents[-1], length=extents[-1].length + page.length)
        else:
            extents.append(page)
    return extents


def _walk_table(
    read_page: ReadPage, table: int, level: int, virtual: int, rights: int
) -> Iterator[Extent]:
    """`rights`: what the levels above grant: WRITABLE and USER if all do, NO_EXECUTE if one says so."""
    span = ENTRY_SPAN[level]
    for index, count, entry in present_entries(read_page(table), level):
        address = first_address(virtual, level, index)
        granted = rights & entry & (WRITABLE | USER) | (rights | entry) & NO_EXECUTE
        if is_page(entry, level):
            yield Extent(
                virtual=address,
                physical=target(entry, level),
                length=span * count,
                page_size=span,
                writable=bool(granted & WRITABLE),
                executable=not granted & NO_EXECUTE,
                user=bool(granted & USER),
            )
        else:
            yield from _walk_table(read_page, target(entry, level), level - 1, address, granted)


def is_page(entry: int, level: int) -> bool:
    """Whether a present entry of a table of this level maps a page; if not, it leads to a table."""
    return level == 1 or (level < 4 and bool(entry & PAGE_SIZE))


def target(entry: int, level: int) -> int:
    """The physical address of the page or the table that the entry leads to."""
    # Bit 12 of a large page is its PAT bit.
    return entry & _ADDRESS & (-ENTRY_SPAN[level] if is_page(entry, level) else -PAGE)


def first_address(virtual: int, level: int, index: int) -> int:
    """The first address that entry `index` is for, in a table of this level whose own first is `virtual`."""
    address = virtual + index * ENTRY_SPAN[level]
    return address | 0xFFFF << 48 if level == 4 and index >= 256 else address  # bit 47 repeated upwards


_EACH = sum(1 << 64 * index for index in range(512))  # times a number: a table full of it
_INDICES = sum(index << 64 * index for index in range(512))


def present_entries(table: bytes, level: int) -> Iterator[tuple[int, int, int]]:
    """Index, how many, and the entry itself: each present entry on its own, or all 512 as one if they are pages that follow
    one another and have the same flags. Memory without pages of 1 GiB has thousands of such tables, which would take minutes."""
    entries = struct.unpack("<512Q", table)
    as_one_run = entries[0] * _EACH + ENTRY_SPAN[level] * _INDICES
    if entries[0] & PRESENT and is_page(entries[0], level) and int.from_bytes(table, "little") == as_one_run:
        yield 0, 512, entries[0]
        return
    for index, entry in enumerate(entries):
        if entry & PRESENT:
            yield index, 1, entry


def _continues(extent: Extent, page: Extent) -> bool:
    return page == replace(
        extent, virtual=extent.virtual_end, physical=extent.physical_end, length=page.length
    )


def translate(extents: list[Extent], virtual: int) -> tuple[int, Extent] | None:
    """The physical address behind `virtual` and the extent that maps it; None if nothing does."""
    for extent in extents:
        if extent.virtual <= virtual < extent.virtual_end:
            return extent.physical + virtual - extent.virtual, extent
    return None


def check_registers(cr0: int, cr4: int, efer: int) -> list[str]:
    """Complaints about the control registers of a CPU whose kernel is in the higher half."""
    complaints = []
    if not (cr0 & CR0_PG and cr4 & CR4_PAE and efer & EFER_LMA) or cr4 & CR4_LA57:
        complaints.append(f"no 4-level paging: CR0 {cr0:#x}, CR4 {cr4:#x}, EFER {efer:#x}")
    if not cr0 & CR0_WP:
        complaints.append(f"CR0.WP is off (CR0 {cr0:#x}): the kernel may write to read-only pages")
    if not efer & EFER_NXE:
        complaints.append(f"EFER.NXE is off (EFER {efer:#x}): every page can be executed")
    return complaints


def check_extents(extents: list[Extent], regions: list[Region], gib_pages: bool) -> list[str]:
    """Complaints about the mappings.

    `regions`: the RAM and the devices that may be mapped; `gib_pages`: whether the CPU has 1 GiB pages.
    """
    complaints = []
    for extent in extents:
        if extent.writable and extent.executable:
            complaints.append(f"writable and executable: {extent}")
        if extent.virtual == 0:
            complaints.append(f"page 0 is mapped: {extent}")
        if extent.virtual == extent.physical:
            complaints.append(f"a leftover of the identity map: {extent}")
        if extent.user and extent.virtual >> 63:
            complaints.append(f"a page of the kernel's half that user mode may touch: {extent}")
        if extent.page_size == 1 << 30 and not gib_pages:
            complaints.append(f"a 1 GiB page, on a CPU that has none: {extent}")
        if (stray := _outside(extent, regions)) is not None:
            complaints.append(f"neither RAM nor a known device at {stray:#x}: {extent}")
    return complaints + _aliases(extents)


def _outside(extent: Extent, regions: list[Region]) -> int | None:
    """The first physical address of `extent` that no region has; None when they have all."""
    address = extent.physical
    for region in sorted(regions, key=lambda each: each.start):
        if region.start <= address < region.end:
            address = region.end
    return address if address < extent.physical_end else None


def _aliases(extents: list[Extent]) -> list[str]:
    """Physical pages that two virtual addresses lead to."""
    complaints = []
    furthest: Extent | None = None
    for extent in sorted(extents, key=lambda each: each.physical):
        if furthest and extent.physical < furthest.physical_end:
            complaints.append(
                f"{extent.physical:#x} is mapped twice: {furthest}, and {extent}"
            )
        if furthest is None or extent.physical_end > furthest.physical_end:
            furthest = extent
    return complaints
