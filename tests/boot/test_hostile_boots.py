"""The whole boot on hostile memory maps, whose memory is there: the pool is laid out, mapped and handed out, and all tests run."""

import random
from pathlib import Path

import pytest

from boot import boot, direct
from boot_information import USABLE, Region, boot_information
from cases import MATRIX
from hostile_maps import hostile_map_of
from hostile_verdict import has_runs, judge_hostile
from machines import Machine
from pool_oracle import PAGE, Range, free_pages
from trees import Day, entries
from verdict import report

# With and without pages of 1 GiB and memory above 4 GiB.
MACHINES = ("direct-pc-64M", "direct-q35-6G-cpu_max", "direct-pc-6G-cpu_Conroe+phys-bits=36-smp2")
MIB = 1 << 20


def ram_of(machine: Machine) -> list[Region]:
    return [region for region in machine.memory_map() if region.kind == USABLE]


@pytest.mark.parametrize("seed", range(200 if MATRIX else 12))
def test_a_hostile_map_is_lived_on(seed: int, tmp_path: Path) -> None:
    machine, elf = Machine.parse(MACHINES[seed % len(MACHINES)]), Day(entries()[-1]).elf
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
