"""What a run of the boot tests found out about memory, for the site's page of figures."""

import sys
from collections import Counter
from datetime import date
from pathlib import Path

from boot import Boot
from cases import MATRIX
from evidence import EVIDENCE
from memory_log import ReportError, owners
from pressure import TABLE, direct_machines, grub_machines, sample
from trees import ROOT, Day, entries

sys.path.append(str(ROOT / "tests"))
from figures import Table, record  # noqa: E402

MADE_BY = "make matrix" if MATRIX else "make test"
# The tests that are given one memory map each, and what they hold.
MAP_TESTS = {
    "test_maps.py::test_a_real_map_on_the_host": "real, the pool that is chosen, on the host",
    "test_maps.py::test_a_real_map_in_the_kernel": "real, the pool that is chosen, in the kernel",
    "test_maps.py::test_hostile_maps_in_the_kernel": "hostile, the pool that is chosen, in the kernel",
    "test_free_memory.py::test_the_map_of_a_real_machine_is_whole": "real, every usable page in the one range once",
}
ENDS = {
    "exit 33": "nobody missed it, and all tests passed",
    "exit 35": "a panic says what was missing",
    "exit 37": "a test that needed it failed, and says so",
    "exit 39": "the kernel refuses to go on, and says why",
}
# Who may own memory, in the order of the table. An owner that the kernel does not name has none.
OWNERS = [
    *("the kernel", "its first stack", "the boot information", "the page of CPU 1", "page 0", "modules"),
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
    good = Counter(node.split("[")[0].rpartition("/")[2] for node in passed)
    bad = Counter(node.split("[")[0].rpartition("/")[2] for node in failed)
    rows = [[what, f"{good[test]} of {good[test] + bad[test]}"] for test, what in MAP_TESTS.items()]
    if all(good[test] for test in MAP_TESTS):
        said = "So many maps were tried, and so many times the answer was the right one."
        record("maps", MADE_BY, said, Table("Memory maps", ["Maps, and what was compared", "Right"], rows))


def record_injection(boots: list[Boot]) -> None:
    ends = Counter(booted.outcome for booted in boots)
    rows = [[what, str(ends.pop(outcome, 0))] for outcome, what in ENDS.items()]
    rows += [[f"anything else: {outcome}", str(count)] for outcome, count in ends.items()]
    said = f"Each of {len(boots)} requests was refused in a boot of its own."
    record("injection", MADE_BY, said, Table("How those boots ended", ["End", "Boots"], rows))


def record_owners() -> None:
    """From the recorded logs of the newest entry, on the machines of its own proof; a ReportError if one has no such report."""
    newest = Day(entries()[-1])
    logs = {
        machine.name: EVIDENCE / newest.entry / f"{machine.name}.log"
        for machine in newest.machines(every=False)
        if machine.serial
    }
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
