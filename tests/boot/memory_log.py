"""What the kernel's log says of memory."""

import re

from boot_information import RESERVED, USABLE, Region
from pool_oracle import Range


def rows(log: str) -> list[tuple[str, str, str]]:
    """The memory map as it is printed: start, end (exclusive), type."""
    return re.findall(r"^  (0x[0-9a-f]+) - (0x[0-9a-f]+) (.+)$", log, re.MULTILINE)


def regions(log: str) -> list[Region]:
    """The memory map. What is not usable is reserved."""
    return [Region(int(start, 16), int(end, 16), USABLE if kind == "usable" else RESERVED) for start, end, kind in rows(log)]


def areas(said: str, log: str) -> list[Range] | None:
    """The areas on the line that begins with `said`; None if there is none."""
    found = re.search(rf"^{said}: (\S+)$", log, re.MULTILINE)
    if not found:
        return None
    pairs = (area.split("-") for area in found[1].split(","))
    return [(int(start, 16), int(end, 16)) for start, end in pairs]


def limit(log: str) -> int | None:
    """What `show-pool` says that the pool has to be below."""
    found = re.search(r"^limit: (0x[0-9a-f]+)$", log, re.MULTILINE)
    return int(found[1], 16) if found else None
