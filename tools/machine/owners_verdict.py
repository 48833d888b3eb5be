"""The verdict on what a kernel says of who owns what: it must add up to the memory that the kernel has."""

from . import memory_log
from .free_memory import read_said
from .memory_log import ReportError, read_report
from .pool_oracle import Range

# Zones of frames by what the report calls the free ones, and where they end.
_ZONES = {"free below 1 MiB": 1 << 20, "free below 4 GiB": 1 << 32, "free above 4 GiB": 1 << 52}


def judge_owners(log: str) -> list[str]:
    """Complaints, of a kernel that says what is not free: page table space, then the areas that were in use before."""
    said = read_said(log)
    if not said:
        return ["the log does not say what is free"]
    try:
        report = read_report(log)
    except ReportError as error:
        return [str(error)]
    table_space, *others = memory_log.areas("not free", log) or [(0, 0)]
    complaints = []
    if [area for _, area in report.areas] != others:
        complaints.append("it reports other areas in use than those that it left out of its free memory")
    frames = [*said.free, table_space]
    there_is = sum(end - start for start, end in frames) >> 10
    if (counted := sum(kib for _, kib in report.kib)) != there_is:
        complaints.append(f"what it reports adds up to {counted} KiB, and there is {there_is}")
    complaints += [f"it reports a line for {name}, of which there is nothing" for name, kib in report.kib if kib == 0]
    return complaints + _judge_zones(dict(report.kib), frames)


def _judge_zones(kib: dict[str, int], frames: list[Range]) -> list[str]:
    """Complaints about more free frames in a zone than there are frames."""
    complaints, begin = [], 0
    for name, end in _ZONES.items():
        most = sum(max(min(stop, end) - max(start, begin), 0) for start, stop in frames) >> 10
        if kib.get(name, 0) > most:
            complaints.append(f"it says {name}: {kib[name]} KiB, and there is {most} KiB there")
        begin = end
    return complaints
