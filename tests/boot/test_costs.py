"""What the memory functions cost, in instructions: it hardly grows with the machine; and the start, which grows by the leaves
of the free memory alone. `make bench` has the table."""

import pytest

from machine.boot_information import RESERVED, USABLE, Region
from machine.costs import Cost, Start, costs, start
from machine.machines import Machine
from machine.measure import measure
from machine.trees import ROOT, newest

pytestmark = [pytest.mark.all, pytest.mark.kept(newest(), files=[ROOT / "tests/boot/plugin/count.c"])]

SMALL, LARGE = "direct-q35-64M-cpu_max", "direct-q35-4096G-cpu_max+vendor=GenuineIntel+phys_bits=46"
# With pages of 1 GiB, and without.
LARGER = [
    *("direct-q35-6G-cpu_max", "direct-q35-64G-cpu_max", "direct-q35-1024G-cpu_max+vendor=GenuineIntel+phys_bits=46"),
    "direct-q35-64G-cpu_qemu64",
]
EACH_LEAF = 256  # instructions; to find and map one takes fewer than 200


@pytest.fixture(scope="module")
def measured() -> list[tuple[Cost, Cost]]:
    """Each function on a small machine and on one that has 65,536 times as much memory."""
    small, large = (costs(newest().iso, Machine.parse(name)) for name in (SMALL, LARGE))
    assert [(cost.section, cost.name) for cost in small] == [(cost.section, cost.name) for cost in large]
    return list(zip(small, large))


def test_nothing_grows_more_than_a_search_does(measured: list[tuple[Cost, Cost]]) -> None:
    for small, large in measured:
        assert large.each < 2 * small.each + 100, f"{small} and {large}"


def test_no_function_takes_fewer_instructions_than_it_writes_words(measured: list[tuple[Cost, Cost]]) -> None:
    assert len(measured) >= 15
    for costs_of_both in measured:
        for cost in costs_of_both:
            assert cost.instructions >= cost.words, cost


def test_unmapping_a_page_costs_less_than_twice_as_much_as_mapping_it(measured: list[tuple[Cost, Cost]]) -> None:
    for costs_of_a_machine in zip(*measured):
        by_name = {(cost.section, cost.name): cost.each for cost in costs_of_a_machine}
        for pages in ("4 KiB", "2 MiB"):
            section = f"1 GiB in pages of {pages}"
            assert by_name[section, "unmap"] < 2 * by_name[section, "map"]


def test_counts_are_the_same_every_time(measured: list[tuple[Cost, Cost]]) -> None:
    again = costs(newest().iso, Machine.parse(SMALL))
    assert [cost.instructions for cost in again] == [small.instructions for small, _ in measured]


# Instructions of one call, with those of the loop around it: what system calls will pay each time, on any machine.
SMALL_PAGES, LARGE_PAGES = "1 GiB in pages of 4 KiB", "1 GiB in pages of 2 MiB"
EXACT = {
    (SMALL_PAGES, "map one, its tables there"): 136,
    (SMALL_PAGES, "unmap one, its tables stay"): 109,
    ("frames", "reach one"): 11,
}


def test_what_system_calls_need_costs_what_it_did(measured: list[tuple[Cost, Cost]]) -> None:
    for costs_of_a_machine in zip(*measured):
        each = {(cost.section, cost.name): cost.instructions // cost.times for cost in costs_of_a_machine}
        assert {of: each[of] for of in EXACT} == EXACT


def test_a_page_more_in_a_run_costs_what_it_did(measured: list[tuple[Cost, Cost]]) -> None:
    for costs_of_a_machine in zip(*measured):
        each = {(cost.section, cost.name): cost.instructions for cost in costs_of_a_machine}
        for pages in (SMALL_PAGES, LARGE_PAGES):
            assert each[pages, "map 512 in a row"] - each[pages, "map 256 in a row"] == 560
        assert each[LARGE_PAGES, "map 512 in a row"] <= 4100  # of which more than half gets a frame for the table


@pytest.fixture(scope="module")
def smallest() -> Start:
    return start(newest().iso, Machine.parse(SMALL))


@pytest.mark.parametrize("name", LARGER)
def test_the_start_grows_by_no_more_than_its_leaves(smallest: Start, name: str) -> None:
    larger = start(newest().iso, Machine.parse(name))
    assert larger.leaves > smallest.leaves
    assert larger.instructions - smallest.instructions <= EACH_LEAF * (larger.leaves - smallest.leaves), (smallest, larger)
    assert larger.instructions > larger.words


def test_a_tib_in_pages_of_2_mib_is_ready_in_2_800_000_instructions() -> None:
    assert start(newest().iso, Machine.parse("direct-q35-1024G-cpu_qemu64+phys_bits=46")).instructions <= 2_800_000


def test_a_map_of_many_regions_is_swept_and_not_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """241 regions, every second one usable: what is found free, and mapped, in 720,000 instructions (16,000 for root's module)."""
    first, size = 0x40_0000, 0x1_0000
    regions = [Region(first + i * size, first + (i + 1) * size, RESERVED if i % 2 else USABLE) for i in range(239)]
    regions += [Region(0, 0x9FC00, USABLE), Region(0x10_0000, first, USABLE)]
    monkeypatch.setattr(Machine, "memory_map", lambda self: regions)
    lines = measure(newest().iso, Machine.parse("direct-pc-64M")).lines
    before, after = (
        next(line.instructions for line in lines if line.text.startswith(text)) for text in ("command line", "protections")
    )
    assert after - before <= 720_000
