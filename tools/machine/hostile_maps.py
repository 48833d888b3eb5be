"""Memory maps with everything wrong in them: some that only a choice can be made on, and some on which a kernel can live, as what is
usable in the end is RAM."""

import random
from collections.abc import Iterator

from .boot_information import RESERVED, USABLE, Region
from .pool_oracle import PAGE

_MIB = 1 << 20
_END = 1 << 64
_OTHER_KINDS = [RESERVED, 3, 4, 5, 6, 12, 0xFFFFFFFF, 0]


def hostile_map(rng: random.Random) -> list[Region]:
    """Regions that overlap, repeat, are empty, unaligned, of unknown type, or reach to the end of all addresses."""
    regions = []
    for _ in range(rng.choice([1, 2, 5, 20, 250])):
        start = rng.randrange(64) * PAGE + rng.choice([0, 0, 0, 1, 0x400, 0xFFF])
        if rng.random() < 0.1:
            start += rng.choice([1 << 32, (1 << 32) - 8 * PAGE, (1 << 64) - 64 * PAGE])
        length = rng.choice([0, 1, PAGE - 1, PAGE, rng.randrange(16 * PAGE), rng.randrange(8) * PAGE])
        end = (1 << 64) if rng.random() < 0.02 else min(start + length, 1 << 64)
        kind = rng.choice([USABLE] * 6 + [RESERVED, 3, 5, 6, 12, 0xFFFFFFFF, 0])
        regions.append(Region(start, end, kind))
    regions += rng.choices(regions, k=rng.randrange(3))
    rng.shuffle(regions)
    return regions[:256]


def hostile_map_of(ram: list[Region], rng: random.Random) -> list[Region]:
    """Regions that overlap, touch, repeat, are empty, unaligned, of unknown type, in no order, or endless. Either usable
    ones are cut to `ram`, or others lie over all that is none."""
    usable = [Region(*some_range(ram, rng), USABLE) for _ in range(rng.choice([2, 5, 20, 80]))]
    # Few and small ones often enough: else hardly a map would have memory left.
    others = [Region(*some_range(ram, rng), rng.choice(_OTHER_KINDS)) for _ in range(rng.choice([0, 0, 1, 2, 5]))]
    others += [Region(*some_pages(ram, rng), rng.choice(_OTHER_KINDS)) for _ in range(rng.choice([0, 1, 20, 80]))]
    if rng.random() < 0.5:
        others += [Region(start, end, rng.choice(_OTHER_KINDS)) for start, end in gaps(ram)]
    else:
        usable = [piece for region in usable for piece in cut(region, ram)]
        others.append(Region(rng.randrange(ram[-1].end, _END), _END + rng.randrange(_END // 2), RESERVED))  # goes round the end
    regions = usable + others
    regions += rng.choices(regions, k=rng.randrange(3))
    rng.shuffle(regions)
    return regions[:256]


def some_range(ram: list[Region], rng: random.Random) -> tuple[int, int]:
    """Begins in the RAM, most often; ends anywhere, even beyond the last address."""
    part = rng.choice(ram)
    start = rng.randrange(part.start, part.end) & -rng.choice([1, PAGE, PAGE, _MIB])
    if rng.random() < 0.05:
        return start, start + _END - 1
    rest = part.end - start
    lengths = [0, 1, PAGE - 1, PAGE, rng.randrange(16) * _MIB, rng.randrange(64 * _MIB), rest, 2 * rest]
    return start, start + rng.choice(lengths)


def some_pages(ram: list[Region], rng: random.Random) -> tuple[int, int]:
    """A few, not always whole ones."""
    part = rng.choice(ram)
    start = rng.randrange(part.start, part.end) & -rng.choice([1, PAGE])
    return start, start + rng.choice([0, 1, PAGE, rng.randrange(8 * PAGE)])


def gaps(ram: list[Region]) -> Iterator[tuple[int, int]]:
    """What is no RAM."""
    ends = [0, *(part.end for part in ram)]
    starts = [*(part.start for part in ram), _END]
    return ((end, start) for end, start in zip(ends, starts) if end < start)


def cut(region: Region, ram: list[Region]) -> list[Region]:
    """The parts that are RAM. An empty region stays."""
    if region.start == region.end:
        return [region]
    parts = ((max(region.start, part.start), min(region.end, part.end)) for part in ram)
    return [Region(start, end, region.kind) for start, end in parts if start < end]
