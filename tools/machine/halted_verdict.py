"""The verdict on a kernel in the end: on its log, and on what is seen in the machine that it has halted."""

from collections.abc import Callable
from pathlib import Path

from .boot import Boot
from .free_memory import judge_free_memory
from .owners_verdict import judge_owners
from .page_tables import judge_page_tables
from .protections import judge_protections, judge_said
from .screen import judge_screen
from .verdict import describe, judge_tests


def _screen(boot: Boot, _elf: Path) -> list[str]:
    return judge_screen(boot.seen.screen, boot.whole_log) if boot.machine.firmware != "direct" else []  # which sets up none


def _free_memory(boot: Boot, _elf: Path) -> list[str]:
    extents = boot.seen.page_tables.get(boot.seen.cpus[0].cr3, [])
    return judge_free_memory(boot.serial, extents, boot.seen.gib_pages)


# What a proof can ask for, by its name there (expect.py). All but the first two need a serial log.
CHECKS: dict[str, Callable[[Boot, Path], list[str]]] = {
    "page-tables": lambda boot, elf: judge_page_tables(boot.seen, elf),
    "screen": _screen,
    "free-memory": _free_memory,
    "owners": lambda boot, _elf: judge_owners(boot.serial),
    "protections": lambda boot, _elf: judge_said(boot.serial, boot.seen.cpus[0].cr4, boot.seen.protections),
}
SILENT = ("page-tables", "screen")


def judge_halted(boot: Boot, elf: Path, checks: list[str]) -> list[str]:
    """Complaints about a boot that should halt with all tests passed, and pass `checks`."""
    if boot.outcome not in ("halt", "exit 33"):
        return [f"it should halt, and ended by {describe(boot, elf)}"]
    complaints = judge_tests(boot.serial, elf) if boot.machine.serial else []
    for check in checks:
        if boot.machine.serial or check in SILENT:
            complaints += CHECKS[check](boot, elf)
    if "page-tables" in checks:
        wanted = boot.seen.protections if "protections" in checks else frozenset()
        complaints += judge_protections(boot.seen.cpus[0].cr4, boot.seen.protections, wanted)
    return complaints
