"""The verdict on a boot with a hostile memory map: free memory is what the map says, or the kernel says why it cannot go on."""

import re
from pathlib import Path

from machine import memory_log
from machine.boot import Boot
from machine.boot_information import Region
from machine.free_memory import read_said
from machine.pool_oracle import PAGE, Range, free_pages
from machine.verdict import describe, judge_tests

_REFUSED = re.compile(r"^The kernel cannot go on: .+\n\Z", re.MULTILINE)
_BITS = re.compile(r"^physical addresses: (\d+) bits", re.MULTILINE)
_SKIPPED = re.compile(r"^ok \d+ (.*?) # SKIP ", re.MULTILINE)

# Tests that take runs of frames, and are skipped where there are none.
NEED_RUNS = {
    "runs of frames are aligned, separate and in their zone",
    "frames are aligned, in their zone and cleared, one or many",
}
_MIB, _GIB = 1 << 20, 1 << 30
_RUN, _LARGE, _LOW = 700 * PAGE, 2 * _MIB, 3 * PAGE  # what those take, the large one aligned
_KERNELS_OWN = 16 * PAGE  # what the kernel may have taken before, from the start of any piece above 1 MiB


def judge_hostile(boot: Boot, regions: list[Region], elf: Path) -> list[str]:
    """Complaints."""
    if boot.outcome == "exit 39":
        return [] if _REFUSED.search(boot.serial) else ["the kernel refuses to go on, and its last line does not say why"]
    taken, bits = memory_log.areas("not free", boot.serial), _BITS.search(boot.serial)
    said = read_said(boot.serial)
    if not (taken and bits and said):
        return [f"the log does not say what is free; {describe(boot, elf)}"]
    free = free_pages(regions, taken, 1 << int(bits[1]))
    complaints = []
    if said.size != (total := sum(end - start for start, end in free)):
        complaints.append(f"it says that {said.size:#x} bytes are free, and by the map {total:#x} are")
    if boot.outcome != "exit 33":
        complaints.append(f"expected exit 33 (success), got {describe(boot, elf)}")
    if has_runs(free):
        skipped = NEED_RUNS.intersection(_SKIPPED.findall(boot.serial))
        complaints += [f"a test is skipped for want of runs that are there: {name}" for name in sorted(skipped)]
    return complaints + judge_tests(boot.serial, elf)


def has_runs(free: list[Range]) -> bool:
    """Whether all the runs are there for certain that the kernel's tests take: the lowest that fits, each."""
    low = within(free, (0, _MIB))
    high = [(start + _KERNELS_OWN, end) for start, end in within(free, (_MIB, 4 * _GIB))]
    run = next((start for start, end in high if end - start >= _RUN), None)
    if run is None or not any(end - start >= _LOW for start, end in low):
        return False
    rest = [(start + _RUN if start == run else start, end) for start, end in high]
    return any(-(-start // _LARGE) * _LARGE + _LARGE <= end for start, end in rest)


def within(ranges: list[Range], bounds: Range) -> list[Range]:
    """The parts of `ranges` that are within `bounds`."""
    parts = ((max(start, bounds[0]), min(end, bounds[1])) for start, end in ranges)
    return [(start, end) for start, end in parts if start < end]
