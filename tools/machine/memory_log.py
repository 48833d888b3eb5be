"""What the kernel's log says of memory."""

import re
from collections import defaultdict
from dataclasses import dataclass

from .boot_information import RESERVED, USABLE, Region
from .pool_oracle import Range


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


# What the kernel says when it has taken over its memory: areas that were in use before, and what it counts in frames.
_REPORT = re.compile(
    r"^memory:\n((?:  .+: 0x[0-9a-f]+ - 0x[0-9a-f]+\n)+)((?:.+: \d+ KiB\n)+)kernel objects: (\d+) slabs$", re.MULTILINE
)
_SLAB_KIB = 4


class ReportError(Exception):
    """The kernel has not said who owns what."""


@dataclass(frozen=True)
class Report:
    """Who owns what, in the log's order."""

    areas: list[tuple[str, Range]]
    kib: list[tuple[str, int]]
    slabs: int


def read_report(log: str) -> Report:
    """A ReportError if there is none, or not all of it."""
    found = _REPORT.search(log)
    if not found:
        raise ReportError("it does not say who owns what")
    areas, sizes, slabs = found.groups()
    return Report(
        [(name, (int(start, 16), int(end, 16))) for name, start, end in re.findall(r"^  (.+): (\S+) - (\S+)$", areas, re.MULTILINE)],
        [(name, int(size)) for name, size in re.findall(r"^(.+): (\d+) KiB$", sizes, re.MULTILINE)],
        int(slabs),
    )


def owners(log: str) -> dict[str, float]:
    """Who owns how many KiB. Modules are one owner. A ReportError as above."""
    report = read_report(log)
    kib: dict[str, float] = defaultdict(float)
    for name, (start, end) in report.areas:
        kib["modules" if name == "a module" else name] += (end - start) / 1024
    return {**kib, **dict(report.kib), "kernel objects": report.slabs * _SLAB_KIB}
