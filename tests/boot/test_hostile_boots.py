"""The whole boot on hostile memory maps whose memory is there: the pool is laid out, mapped and handed out, the tests run."""

import random
from pathlib import Path

import pytest

from hostile_verdict import has_runs, judge_hostile
from machine.boot import Boot, boot, direct
from machine.boot_information import USABLE, Region, boot_information
from machine.cases import MATRIX
from machine.hostile_maps import hostile_map_of
from machine.machines import Machine
from machine.pool_oracle import PAGE, Range, free_pages
from machine.trees import newest
from machine.verdict import report

# With and without pages of 1 GiB and memory above 4 GiB.
MACHINES = ("direct-pc-64M", "direct-q35-6G-cpu_max", "direct-pc-6G-cpu_Conroe+phys-bits=36-smp2")
MIB = 1 << 20
HERE = Path(__file__).parent


def ram_of(machine: Machine) -> list[Region]:
    return [region for region in machine.memory_map() if region.kind == USABLE]


@pytest.mark.all
@pytest.mark.kept(newest(), files=[HERE / "hostile_verdict.py"])
@pytest.mark.parametrize("seed", range(200 if MATRIX else 12))
def test_a_hostile_map_is_lived_on(seed: int, tmp_path: Path) -> None:
    machine, elf = Machine.parse(MACHINES[seed % len(MACHINES)]), newest().elf
    regions = hostile_map_of(ram_of(machine), random.Random(seed))
    information = tmp_path / "information"
    information.write_bytes(boot_information(regions))
    booted = boot(machine, direct(elf, information))
    if complaints := judge_hostile(booted, regions, elf):
        pytest.fail(report(f"map {seed} on {machine.name}", complaints, booted.serial), pytrace=False)


@pytest.mark.parametrize("name", MACHINES)
def test_only_ram_is_usable_in_the_end(name: str) -> None:
    with_memory = 0
    for seed in range(200):
        ram = ram_of(Machine.parse(name))
        free = free_pages(hostile_map_of(ram, random.Random(seed)), [])
        assert all(any(part.start <= start and end <= part.end for part in ram) for start, end in free)
        with_memory += sum(end - start for start, end in free) > 4 * MIB
    assert with_memory > 100


@pytest.mark.parametrize(
    ("free", "expected"),
    [
        ([(PAGE, 4 * PAGE), (MIB, 16 * MIB)], True),
        ([(PAGE, 3 * PAGE), (MIB, 16 * MIB)], False),
        ([(PAGE, 4 * PAGE), (MIB, 3 * MIB), (4 * MIB, 6 * MIB)], False),
        ([(PAGE, 4 * PAGE), (MIB, 3 * MIB), (9 * MIB, 13 * MIB)], False),
        ([(PAGE, 4 * PAGE), (MIB, 4 * MIB), (9 * MIB, 12 * MIB)], True),
        ([(PAGE, 4 * PAGE), (4096 * MIB, 8192 * MIB)], False),
    ],
)
def test_runs(free: list[Range], expected: bool) -> None:
    assert has_runs(free) == expected


SMALL = [Region(0, 4 * PAGE, USABLE), Region(MIB, 4 * MIB, USABLE)]  # without room for the runs
LARGE = [Region(0, 4 * PAGE, USABLE), Region(MIB, 17 * MIB, USABLE)]
FREE_IN_SMALL, FREE_IN_LARGE = (3 * PAGE + 3 * MIB) >> 10, (3 * PAGE + 16 * MIB) >> 10
RUNS = "2 runs of frames are aligned, separate and in their zone"
FAILED, SKIPPED = f"not ok {RUNS} # a run was refused\n", f"ok {RUNS} # SKIP there is none\n"


def log(free: int, tests: str) -> str:
    return f"""\
page tables: 32 KiB
physical addresses: 40 bits; pages of 1 GiB: no
free memory: {free} KiB from 0xffff800000000000 on, in 0 pages of 1 GiB, 0 of 2 MiB and {free >> 2} of 4 KiB
not free: 0x0-0x1000
KTAP version 1
1..2
{tests}"""


@pytest.mark.kept(newest(), files=[HERE / "hostile_verdict.py"])
@pytest.mark.parametrize(
    ("outcome", "regions", "serial", "complaint"),
    [
        ("exit 39", LARGE, "The kernel cannot go on: no\n", None),
        ("exit 39", LARGE, "free pieces: 1\n", "the kernel refuses to go on, and its last line does not say why"),
        ("exit 35", LARGE, "PANIC\n", "the log does not say what is free; exit 35 "),
        ("exit 35", LARGE, log(FREE_IN_LARGE, "ok 1 one\nok 2 two\n"), "expected exit 33 (success), got exit 35 "),
        ("exit 33", LARGE, log(FREE_IN_LARGE + 4, "ok 1 one\nok 2 two\n"), "it says that 0x100"),
        ("exit 37", SMALL, log(FREE_IN_SMALL, "ok 1 one\n" + FAILED), "expected exit 33 (success), got exit 37 "),
        ("exit 37", LARGE, log(FREE_IN_LARGE, "ok 1 one\n" + FAILED), "expected exit 33 (success), got exit 37 "),
    ],
)
def test_the_verdict(outcome: str, regions: list[Region], serial: str, complaint: str | None) -> None:
    found = judge_hostile(Boot(Machine.parse(MACHINES[0]), outcome, None, serial, 1.0), regions, newest().elf)
    assert any(text.startswith(complaint) for text in found) if complaint else found == [], found


@pytest.mark.kept(newest(), files=[HERE / "hostile_verdict.py"])
@pytest.mark.parametrize(("regions", "free", "complaints"), [(SMALL, FREE_IN_SMALL, 0), (LARGE, FREE_IN_LARGE, 1)])
def test_a_skip_is_right_where_there_are_no_runs(regions: list[Region], free: int, complaints: int) -> None:
    booted = Boot(Machine.parse(MACHINES[0]), "exit 33", None, log(free, "ok 1 one\n" + SKIPPED), 1.0)
    found = judge_hostile(booted, regions, newest().elf)
    assert sum(text.startswith("a test is skipped ") for text in found) == complaints, found
