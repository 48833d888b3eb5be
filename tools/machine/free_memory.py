"""The verdict on the pool of all free memory: what a kernel says of it, what its page tables map, and what is free."""

import re
from dataclasses import dataclass

from . import memory_log
from .pool_oracle import Range, free_pages
from .walker import Extent

BASE, LIMIT = 0xFFFF_8000_0000_0000, 0xFFFF_C000_0000_0000

_SAID = re.compile(
    r"^free memory: (\d+) KiB from 0xffff800000000000 on, in (\d+) pages of 1 GiB, (\d+) of 2 MiB and (\d+) of 4 KiB$",
    re.MULTILINE,
)
_TABLES = re.compile(r"^page tables: (\d+) KiB$", re.MULTILINE)


@dataclass(frozen=True)
class Said:
    """What a serial log says of free memory."""

    size: int  # bytes
    pages: dict[int, int]  # how many, by their size
    free: list[Range]  # from the memory map and what is not free, computed here
    tables: int  # bytes


def read_said(serial: str) -> Said | None:
    """None if the log lacks a line that is needed."""
    said, tables, taken = _SAID.search(serial), _TABLES.search(serial), memory_log.areas("not free", serial)
    if not (said and tables and taken):
        return None
    pages = {1 << 30: int(said[2]), 2 << 20: int(said[3]), 4096: int(said[4])}
    return Said(int(said[1]) << 10, pages, free_pages(memory_log.regions(serial), taken), int(tables[1]) << 10)


def judge_free_memory(serial: str, extents: list[Extent], gib_pages: bool) -> list[str]:
    """Complaints: the pool must be contiguous, and have every free page once, in pages as large as they can be."""
    said = read_said(serial)
    if not said:
        return ["the log does not say what is free"]
    pool = [extent for extent in extents if BASE <= extent.virtual < LIMIT]
    total = sum(end - start for start, end in said.free)
    complaints = []
    if said.size != total:
        complaints.append(f"it says that {said.size:#x} bytes are free, and {total:#x} are")
    next_address = BASE
    for extent in pool:
        if extent.virtual != next_address:
            complaints.append(f"a hole at {next_address:#x}")
        if not extent.writable or extent.executable or extent.user:
            complaints.append(f"wrong rights: {extent}")
        next_address = extent.virtual_end
    if next_address != BASE + total:
        complaints.append(f"it ends at {next_address:#x}, not at {BASE + total:#x}")
    if _joined(sorted((extent.physical, extent.physical_end) for extent in pool)) != said.free:
        complaints.append("it maps other memory than what is free")
    for size, count in said.pages.items():
        mapped = sum(extent.length for extent in pool if extent.page_size == size) // size
        if mapped != count:
            complaints.append(f"it says {count} pages of {size:#x} bytes, and {mapped} are mapped")
    return complaints + _judge_pages(said, gib_pages)


def _judge_pages(said: Said, gib_pages: bool) -> list[str]:
    """Complaints about the sizes of the pages, and about what their tables take."""
    complaints = []
    fit = {size: sum(max(end // size - -(-start // size), 0) for start, end in said.free) for size in said.pages}
    large = fit[1 << 30] if gib_pages else 0
    middle = fit[2 << 20] - large * 512
    largest = {1 << 30: large, 2 << 20: middle, 4096: fit[4096] - (middle + large * 512) * 512}
    if said.pages != largest:
        complaints.append(f"it says {said.pages}, and as large as they can be the pages are {largest}")
    if gib_pages and said.tables > said.size // 10_000 + (64 << 10):
        complaints.append(f"page tables take {said.tables >> 10} KiB for {said.size >> 10} KiB of memory")
    return complaints


def _joined(ranges: list[Range]) -> list[Range]:
    """Neighbours joined; what overlaps stays apart, and so is noticed."""
    joined: list[Range] = []
    for start, end in ranges:
        if joined and start == joined[-1][1]:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined
