"""The verdict on a kernel in the end: on its log, and on what is seen in the machine that it has halted."""

from pathlib import Path

from .boot import Boot
from .page_tables import is_in_higher_half, judge_page_tables
from .protections import judge_protections
from .verdict import describe, judge_tests


def judge_halted(boot: Boot, elf: Path) -> list[str]:
    """Complaints about a boot that should halt with all tests passed, and with sound page tables once the kernel has any."""
    if boot.outcome != "halt":
        return [f"it should halt, and ended by {describe(boot, elf)}"]
    complaints = judge_tests(boot.serial, elf) if boot.machine.serial else []
    if is_in_higher_half(elf):
        complaints += judge_page_tables(boot.seen, elf)
        complaints += judge_protections(boot.seen.cpus[0].cr4, boot.seen.protections, elf)
    return complaints
