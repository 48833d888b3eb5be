"""What a run of the boot tests found out about memory, for the site's page of figures."""

from collections import Counter
from datetime import date
from pathlib import Path

from .cases import MATRIX, ends_well
from .evidence import EVIDENCE
from .injections import REFUSED, ended_well, injections
from .memory_log import ReportError, owners
from .pressure import TABLE, direct_machines, grub_machines, sample
from .trees import ROOT, Day, entries
from figures import Table, record

MADE_BY = "make matrix" if MATRIX else "make test"
# The tests that are given one memory map each, and what they hold.
MAP_TESTS = {
    "test_maps.py::test_a_real_map_on_the_host": "real, the pool that is chosen, on the host",
    "test_maps.py::test_a_real_map_in_the_kernel": "real, the pool that is chosen, in the kernel",
    "test_maps.py::test_hostile_maps_in_the_kernel": "hostile, the pool that is chosen, in the kernel",
    "test_free_memory.py::test_the_map_of_a_real_machine_is_whole": "real, every usable page in the one range once",
    "test_hostile_boots.py::test_a_hostile_map_is_lived_on": "hostile, the whole boot: what is free, and all tests",
}
MAP_KINDS = {kind: [test for test, what in MAP_TESTS.items() if what.startswith(kind)] for kind in ("real", "hostile")}
# How boots with a refusal end.
ENDS = {
    "exit 33": "nobody missed it, and all tests passed",
    "exit 37": "a test that needed it failed, and says so",
    "exit 39": "the kernel refuses to go on, and says why",
}
# Who may own memory, in the order of the table. An owner that the kernel does not name has none.
OWNERS = [
    *("the kernel", "its first stack", "the boot information", "the page of CPU 1", "page 0", "the screen", "modules"),
    *("page tables", "the map of owners", "kernel objects"),
    *("free below 1 MiB", "free below 4 GiB", "free above 4 GiB"),
]


def record_machines() -> None:
    """If all were booted that this command boots."""
    sizes, rows = TABLE.cells()
    ended, booted = TABLE.count()
    if booted != len(sample(direct_machines())) + len(sample(grub_machines())):
        return
    head = ["Firmware and processor", *sizes]
    said = f"{ended} of {booted} boots ended well. A cell says how many did, of how many."
    record("machines", MADE_BY, said, Table("Boots by memory", head, rows))


def record_maps(passed: list[str], failed: list[str]) -> None:
    """If every kind of map was tried."""
    good, bad = tests_of(passed), tests_of(failed)
    rows = [[what, f"{good[test]} of {good[test] + bad[test]}"] for test, what in MAP_TESTS.items()]
    if all(good[test] for test in MAP_TESTS):
        said = "So many maps were tried, and so many times the answer was the right one."
        record("maps", MADE_BY, said, Table("Memory maps", ["Maps, and what was compared", "Right"], rows))


def record_injection() -> None:
    """If requests were refused on all machines that this command refuses them on."""
    if REFUSED.keys() != {injection.test_id for injection in injections()}:
        return
    counts = [Counter(booted.outcome for booted in boots.values()) for boots in REFUSED.values()]
    others = dict.fromkeys(outcome for count in counts for outcome in count if outcome not in ENDS)
    ends = ENDS | {outcome: f"anything else: {outcome}" for outcome in others}
    rows = [[what, *(str(count[outcome]) for count in counts)] for outcome, what in ends.items()]
    said = f"Each request was refused in one of {sum(count.total() for count in counts)} boots."
    record("injection", MADE_BY, said, Table("How those boots ended", ["End", *REFUSED], rows))


def summary(passed: list[str], failed: list[str]) -> list[str]:
    """How many memory maps and refusals were tried, and went well: a line each, of those that were tried."""
    good, bad = tests_of(passed), tests_of(failed)
    lines = []
    for what, tests in MAP_KINDS.items():
        well, tried = sum(good[test] for test in tests), sum(good[test] + bad[test] for test in tests)
        if tried:
            lines.append(f"{well} of {tried} tests with {what} memory maps went well")
    if refused := [booted for boots in REFUSED.values() for booted in boots.values()]:
        lines.append(f"{sum(map(ended_well, refused))} of {len(refused)} boots with a refused allocation ended well")
    return lines


def tests_of(nodes: list[str]) -> Counter[str]:
    """How many of them belong to each test, by FILE::FUNCTION."""
    return Counter(node.split("[")[0].rpartition("/")[2] for node in nodes)


def record_owners() -> None:
    """From the recorded logs of the newest entry, if there is one of each machine of its own proof on which it ends well; a
    ReportError if one of them has no such report."""
    newest = Day(entries()[-1])
    logs = {
        machine.name: EVIDENCE / newest.entry / f"{machine.name}.log"
        for machine in newest.machines(every=False)
        if machine.serial and ends_well(newest, machine)
    }
    if not logs or not all(log.exists() for log in logs.values()):
        return
    kib = {machine: _owners(log) for machine, log in logs.items()}
    named = dict.fromkeys(owner for each in kib.values() for owner in each)
    rows = [
        [owner, *(f"{each.get(owner, 0):,.1f}".removesuffix(".0") for each in kib.values())]
        for owner in dict.fromkeys([*OWNERS, *named])
    ]
    said = (
        "In KiB, as each kernel says it before its first test. From the kernel to the modules these are ranges of addresses, and "
        "some lie within others, as the first stack does within the kernel; so a column does not add up."
    )
    on = date.fromtimestamp(max(log.stat().st_mtime for log in logs.values()))
    record("owners", "make evidence", said, Table("Who owns what", ["Owner", *kib], rows), on=on)


def _owners(log: Path) -> dict[str, float]:
    try:
        return owners(log.read_text())
    except ReportError as error:
        raise ReportError(f"{log}: {error}") from error
