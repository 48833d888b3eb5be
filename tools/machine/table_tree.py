"""Page tables as they are in memory, for people to walk through by hand.

walker.py says what is mapped in the end; this says which entry of which table does it.
"""

from dataclasses import dataclass, replace
from typing import Any

from .walker import (
    ENTRY_SPAN,
    NO_EXECUTE,
    PAGE,
    PAGE_SIZE,
    PRESENT,
    USER,
    WRITABLE,
    ReadPage,
    first_address,
    is_page,
    present_entries,
    target,
)

_ACCESSED = 1 << 5
_DIRTY = 1 << 6
_BY_THE_CPU = _ACCESSED | _DIRTY  # it sets them as it goes
_PAT = 1 << 7  # of a 4 KiB page, where larger ones have PAGE_SIZE
_LARGE_PAT = 1 << 12
# Intel SDM vol. 3A, 4.5; other bits are addresses, ignored, or reserved.
_OF_EVERY_ENTRY = {PRESENT: "P", WRITABLE: "W", USER: "U", 1 << 3: "PWT", 1 << 4: "PCD", _ACCESSED: "A"}
_OF_A_PAGE = {_DIRTY: "D", 1 << 8: "G"}


@dataclass(frozen=True)
class Entries:
    """Neighbouring entries of one table that differ in nothing but where each leads to: the next to
    what follows. Whether the CPU has used or written them makes no difference either; `flags` has
    A and D if all of them have."""

    index: int
    count: int
    is_page: bool
    target: int
    flags: int

    def names(self, level: int) -> list[str]:
        """The names of the flags that are set."""
        return [name for bit, name in _flags(level, self.is_page).items() if self.flags & bit]


@dataclass(frozen=True)
class Table:
    """A table of level 4 to 1 at the physical `address`; `virtual`: the first address it is for."""

    address: int
    level: int
    virtual: int
    entries: list[Entries]

    def record(self) -> dict[str, Any]:
        """As run.json has it."""
        return {
            "address": hex(self.address),
            "level": self.level,
            "virtual": hex(self.virtual),
            "entries": [
                {
                    "index": run.index,
                    "count": run.count,
                    "kind": "page" if run.is_page else "table",
                    "target": hex(run.target),
                    "flags": run.names(self.level),
                }
                for run in self.entries
            ],
        }


def read_tables(read_page: ReadPage, cr3: int) -> list[Table]:
    """Every table below `cr3`, level after level from the top, each level by virtual address.

    A table that two entries lead to is there twice: for other addresses.
    """
    found = [_read_table(read_page, cr3 & -PAGE, 4, 0)]
    for table in found:  # which grows meanwhile
        for run in table.entries:
            if run.is_page:
                continue
            for number in range(run.count):
                virtual = first_address(table.virtual, table.level, run.index + number)
                found.append(_read_table(read_page, run.target + number * PAGE, table.level - 1, virtual))
    return found


def _read_table(read_page: ReadPage, address: int, level: int, virtual: int) -> Table:
    entries: list[Entries] = []
    for index, count, entry in present_entries(read_page(address), level):
        page = is_page(entry, level)
        flags = entry & sum(_flags(level, page))
        one = Entries(index, count, page, target(entry, level), flags)
        if entries and _continues(entries[-1], one, level):
            before = entries[-1]
            entries[-1] = replace(before, count=before.count + count, flags=before.flags & flags)
        else:
            entries.append(one)
    return Table(address, level, virtual, entries)


def _continues(run: Entries, one: Entries, level: int) -> bool:
    step = ENTRY_SPAN[level] if run.is_page else PAGE
    return (
        one.is_page == run.is_page
        and one.index == run.index + run.count
        and one.target == run.target + run.count * step
        and (one.flags ^ run.flags) & ~_BY_THE_CPU == 0
    )


def _flags(level: int, page: bool) -> dict[int, str]:
    """The flags of an entry of this level, in the order of their bits."""
    flags = dict(_OF_EVERY_ENTRY)
    if page:
        flags |= _OF_A_PAGE | ({_PAT: "PAT"} if level == 1 else {PAGE_SIZE: "PS", _LARGE_PAT: "PAT"})
    return dict(sorted((flags | {NO_EXECUTE: "NX"}).items()))
