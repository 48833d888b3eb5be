"""Page tables made by hand, for the tests of what reads them."""

import struct

from machine.walker import NO_EXECUTE, PAGE, PAGE_SIZE, PRESENT, TOP_2_GIB, WRITABLE, Extent, walk

MIB = 1 << 20
GIB = 1 << 30
HALF = 0xFFFF_8000_0000_0000  # where the kernel's half begins
LOADED = 2 * MIB  # where the kernel of live/ lies in physical memory
TEXT = TOP_2_GIB + LOADED


class Tables:
    """Page tables made by hand, in a physical memory of their own."""

    def __init__(self) -> None:
        self.pages = {PAGE: bytearray(PAGE)}
        self.cr3 = PAGE

    def map(
        self, virtual: int, physical: int, flags: int, size: int = PAGE, upper: int = WRITABLE
    ) -> "Tables":
        """Maps one page; `upper`: the flags of the entries above it."""
        table = self.cr3
        for shift in (39, 30, 21, 12):
            index = virtual >> shift & 511
            if size == 1 << shift:
                large = PAGE_SIZE if size > PAGE else 0
                self.enter(table, index, physical | flags | large | PRESENT)
                return self
            table = self._next_table(table, index, upper)
        raise AssertionError(size)

    def walk(self, no_execute: bool = True) -> list[Extent]:
        return walk(self.read_page, self.cr3, no_execute)

    def read_page(self, physical: int) -> bytes:
        return bytes(self.pages[physical])

    def _next_table(self, table: int, index: int, upper: int) -> int:
        (entry,) = struct.unpack_from("<Q", self.pages[table], index * 8)
        if entry & PRESENT:
            return entry & ~NO_EXECUTE & -PAGE
        made = max(self.pages) + PAGE
        self.pages[made] = bytearray(PAGE)
        self.enter(table, index, made | upper | PRESENT)
        return made

    def enter(self, table: int, index: int, entry: int) -> None:
        """Makes `entry` the entry `index` of the table at the physical address `table`."""
        struct.pack_into("<Q", self.pages[table], index * 8, entry)


def sound_tables() -> Tables:
    """Text, read-only data and data at the top 2 GiB, and a large page of RAM above 4 GiB."""
    tables = Tables()
    tables.map(TEXT, LOADED, 0)
    tables.map(TEXT + PAGE, LOADED + PAGE, NO_EXECUTE)
    tables.map(TEXT + 2 * PAGE, LOADED + 2 * PAGE, WRITABLE | NO_EXECUTE)
    tables.map(HALF, 4 * GIB, WRITABLE | NO_EXECUTE, size=2 * MIB)
    return tables
