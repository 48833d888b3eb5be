"""The pool of page table space, and all free memory, by their definition, with lists of ranges and numbers of any size.

It shares nothing with the kernel's choice, not even the idea: ranges are cut out of ranges, one by one.
"""

from .boot_information import USABLE, Region

PAGE = 0x1000
HIGHEST = (1 << 64) - 1  # a pool's end is a number of 64 bits

Range = tuple[int, int]  # start, end (exclusive)


def pool(regions: list[Region], danger_areas: list[Range], limit: int = HIGHEST) -> Range | None:
    """The largest piece of whole pages that is usable, not otherwise used, and below `limit`."""
    pieces = free_pages(regions, danger_areas, limit)
    return min(pieces, key=lambda piece: (piece[0] - piece[1], piece[0])) if pieces else None


def free_pages(regions: list[Region], danger_areas: list[Range], limit: int = HIGHEST) -> list[Range]:
    """The whole pages that are usable, not otherwise used, and below `limit`, as ranges in their order."""
    free = _merged([(region.start, region.end) for region in regions if region.kind == USABLE])
    taken = [(region.start, region.end) for region in regions if region.kind != USABLE]
    for hole in [*taken, *danger_areas, (0, PAGE), (limit, 1 << 65)]:
        free = [piece for old in free for piece in _without(old, hole)]
    pages = [(-(-start // PAGE) * PAGE, end // PAGE * PAGE) for start, end in free]
    return [(start, end) for start, end in pages if start < end]


def _merged(ranges: list[Range]) -> list[Range]:
    merged: list[Range] = []
    for start, end in sorted(one for one in ranges if one[0] < one[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _without(piece: Range, hole: Range) -> list[Range]:
    start, end = piece
    if hole[0] >= hole[1] or hole[1] <= start or hole[0] >= end:
        return [piece]
    return [(a, b) for a, b in ((start, hole[0]), (hole[1], end)) if a < b]
