"""The newest kernel on many machines, with holes in their memory and modules in it. A table says how many passed."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from machine import memory_log
from machine.boot import Boot, boot, cdrom
from machine.boot_information import USABLE, Region
from machine.boots import Boots
from machine.free_memory import BASE
from machine.grub_image import image
from machine.machines import Machine
from machine.page_tables import guard_pages
from machine.pool_oracle import Range, pool
from machine.pressure import (
    TABLE,
    PressureCase,
    direct_machines,
    grub_machines,
    judge_pressed,
    neighbour_machines,
    physical_bits,
    sample,
)
from machine.protections import CR4_BITS
from machine.trees import newest
from machine.verdict import judge_tests
from machine.walker import PAGE, Extent

# What GRUB is told before it loads the kernel, and the hole that this makes.
HOLES = {
    "cutmem 16M 20M": (16 << 20, 20 << 20),
    "badram 0x2000000,0xfffff000": (0x2000000, 0x2001000),
}
MODULES = ["module2 /boot/grub/grub.cfg one", "module2 /boot/daybook.elf two"]
MACHINES = ["bios-pc-64M", "bios-q35-512M"]
ALWAYS_IN_DANGER = 6  # areas with a screen and root, without more modules (memory/danger.hpp)


@pytest.mark.all
@pytest.mark.parametrize("case", map(PressureCase, sample(direct_machines()) + sample(grub_machines())))
def test_boots(case: PressureCase, boots: Boots) -> None:
    failure = case.settle(boots)
    TABLE.note(case.machine, not failure)
    if failure:
        pytest.fail(failure, pytrace=False)


@pytest.mark.all
@pytest.mark.parametrize("case", map(PressureCase, neighbour_machines()))
def test_neighbouring_bits_are_told_apart(case: PressureCase, boots: Boots) -> None:
    if failure := case.settle(boots):
        pytest.fail(failure, pytrace=False)


def pressed(boots: Boots) -> Boot:
    """A sound boot, on a CPU with everything, and with enough memory for pages of every size."""
    *_, machine = (machine for machine in sample(direct_machines()) if "cpu_max" in machine.name)
    return boots.get(PressureCase(machine).boot_key)


def mapping(booted: Boot, *more: Extent) -> Boot:
    """The same with more in its page tables."""
    cr3 = booted.seen.cpus[0].cr3
    extents = sorted([*booted.seen.page_tables[cr3], *more], key=lambda extent: extent.virtual)
    return replace(booted, seen=replace(booted.seen, page_tables={cr3: extents}))


def page(virtual: int, physical: int, **rights: bool) -> Extent:
    return Extent(virtual, physical, PAGE, PAGE, **{"writable": False, "executable": False, "user": False} | rights)


def with_cr4(booted: Boot, change: int) -> Boot:
    first, *others = booted.seen.cpus
    return replace(booted, seen=replace(booted.seen, cpus=[replace(first, cr4=first.cr4 ^ change), *others]))


def saying(booted: Boot, pattern: str, words: str) -> Boot:
    return replace(booted, serial=re.sub(pattern, words, booted.serial, count=1, flags=re.MULTILINE))


ELF = newest().elf
UNUSED = 0xFFFF_FE00_0000_0000  # an address that the kernel has no use for


@pytest.mark.all
@pytest.mark.kept(newest())
def test_a_sound_boot_passes(boots: Boots) -> None:
    assert judge_pressed(pressed(boots), ELF) == []


@pytest.mark.all
@pytest.mark.kept(newest())
@pytest.mark.parametrize(
    ("plant", "complaint"),
    [
        (lambda b: mapping(b, page(UNUSED, PAGE, writable=True, executable=True)), "writable and executable: "),
        (lambda b: mapping(b, page(PAGE, PAGE)), "a leftover of the identity map: "),
        (lambda b: mapping(b, page(0, PAGE)), "page 0 is mapped: "),
        (lambda b: mapping(b, page(UNUSED, 1 << 50)), "neither RAM nor a known device at "),
        (lambda b: mapping(b, page(guard_pages(ELF)[0], PAGE)), "the guard page "),
        (lambda b: mapping(b, page(guard_pages(ELF)[1], PAGE)), "the guard page "),
        (lambda b: mapping(b, page(BASE - PAGE + (1 << 46), PAGE, writable=True)), "it maps other memory than what is free"),
        (lambda b: replace(b, seen=replace(b.seen, page_tables={})), "CPU 0 has paging off"),
        (lambda b: replace(b, seen=replace(b.seen, gib_pages=False)), "it says {"),
        *((partial(with_cr4, change=bit), "CR4 is ") for bit in CR4_BITS.values()),
        (lambda b: with_cr4(b, 1), "CR4 is "),
        (lambda b: saying(b, r"^protections: ", "protections: SMIP "), "it says that the CPU can forbid SMIP "),
        (lambda b: saying(b, r"^protections: .*\n", ""), "the log does not say what CR4 was"),
        (lambda b: saying(b, r"^page tables: \d+", "page tables: 9999999"), "page tables take 9999999 KiB "),
        (lambda b: saying(b, r"^free memory: \d+", "free memory: 4"), "it says that 0x1000 bytes are free, and "),
        (lambda b: saying(b, r"^free above 4 GiB: ", "free above 4 GiB: 1"), "what it reports adds up to "),
        (lambda b: saying(b, r"^free below 1 MiB: .*\nfree below 4 GiB", "free below 1 MiB"), "it says free below 1 MiB: "),
        (lambda b: saying(b, r"^the map of owners: ", "tests: 0 KiB\n\\g<0>"), "it reports a line for tests, of which "),
        (lambda b: saying(b, r"^  page 0: .*\n", ""), "it reports other areas in use than "),
        (lambda b: saying(b, r"^memory:$", "money:"), "it does not say who owns what"),
        (lambda b: saying(b, r"^ok 5 ", "not ok 5 "), "an in-kernel test failed, "),
        (lambda b: replace(b, after_exit=f"PANIC: late\n{b.after_exit}"), "something happened between "),
        (lambda b: replace(b, outcome="exit 37"), "it should halt, and ended by exit 37"),
    ],
)
def test_a_planted_defect_is_found(plant: Callable[[Boot], Boot], complaint: str, boots: Boots) -> None:
    found = judge_pressed(plant(pressed(boots)), ELF)
    assert any(text.startswith(complaint) for text in found), found


def test_the_matrix_is_as_large_as_promised() -> None:
    direct, grub = direct_machines(), grub_machines()
    assert len(set(direct)) == 240
    assert len({machine for machine in grub if machine.firmware == "bios"}) == 60
    assert len({machine for machine in grub if machine.firmware == "uefi"}) == 12
    for part in (direct, sample(direct)):
        assert len({(machine.cpu_model or "").partition(",")[0] for machine in part}) == 12
        assert len({machine.memory for machine in part}) == 10
        assert {machine.board for machine in part} == {"pc", "q35"}
        assert {physical_bits(machine) for machine in part} == {36, 39, 40, 46, 48, 52}


def show_pool(machine: str, folder: Path, before: list[str], after: list[str]) -> tuple[list[Region], list[Range]]:
    """The memory map and the danger areas; the pool is what it has to be, and the kernel runs."""
    shown = boot(Machine.parse(machine), cdrom(image(folder, "show-pool", before, after)))
    regions, danger = memory_log.regions(shown.serial), memory_log.areas("danger areas", shown.serial)
    limit = memory_log.limit(shown.serial)
    assert danger and limit and (chosen := pool(regions, danger, limit)), shown.serial
    assert shown.outcome == "exit 33" and f"\npool {chosen[0]:#x} {chosen[1]:#x}\n" in shown.serial, shown.serial
    run = boot(Machine.parse(machine), cdrom(image(folder, "", before, after)))
    assert run.outcome == "exit 33" and judge_tests(run.serial, ELF) == [], run.serial
    return regions, danger


@pytest.mark.all
@pytest.mark.kept(newest())
@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("command", HOLES)
def test_holes_that_grub_was_told_of(command: str, machine: str, tmp_path: Path) -> None:
    regions, _ = show_pool(machine, tmp_path, [command], [])
    start, end = HOLES[command]
    assert all(region.end <= start or end <= region.start for region in regions if region.kind == USABLE)


@pytest.mark.all
@pytest.mark.kept(newest())
@pytest.mark.parametrize("machine", MACHINES)
def test_two_modules_are_in_danger(machine: str, tmp_path: Path) -> None:
    _, danger = show_pool(machine, tmp_path, [], MODULES)
    assert len(danger) == ALWAYS_IN_DANGER + len(MODULES)
