"""The newest kernel on many machines, with holes in their memory and modules in it. A table says how many passed."""

import subprocess
from pathlib import Path

import memory_log
import pytest

from boot import boot, cdrom
from boot_information import USABLE, Region
from boots import Boots
from machines import Machine
from pool_oracle import Range, pool
from pressure import TABLE, PressureCase, direct_machines, grub_machines, sample
from trees import ROOT, Day, entries
from verdict import judge_tests

# What GRUB is told before it loads the kernel, and the hole that this makes.
HOLES = {
    "cutmem 16M 20M": (16 << 20, 20 << 20),
    "badram 0x2000000,0xfffff000": (0x2000000, 0x2001000),
}
MODULES = ["module2 /boot/grub/grub.cfg one", "module2 /boot/daybook.elf two"]
MACHINES = ["bios-pc-64M", "bios-q35-512M"]
ALWAYS_IN_DANGER = 5  # areas, without modules (memory/danger.hpp)


@pytest.mark.parametrize("case", map(PressureCase, sample(direct_machines()) + sample(grub_machines())))
def test_boots(case: PressureCase, boots: Boots) -> None:
    failure = case.prove(boots)
    TABLE.note(case.machine, not failure)
    if failure:
        pytest.fail(failure, pytrace=False)


def test_the_matrix_is_as_large_as_promised() -> None:
    direct, grub = direct_machines(), grub_machines()
    assert len(set(direct)) == 240
    assert len({machine for machine in grub if machine.firmware == "bios"}) == 60
    assert len({machine for machine in grub if machine.firmware == "uefi"}) == 12
    for part in (direct, sample(direct)):
        assert len({machine.cpu_model.partition(",")[0] for machine in part}) == 12
        assert len({machine.memory for machine in part}) == 10
        assert {machine.board for machine in part} == {"pc", "q35"}


def image(folder: Path, before: list[str], option: str, after: list[str]) -> Path:
    """The newest kernel with an option, and GRUB's commands before and after it."""
    day = Day(entries()[-1])
    config = (day.folder / "boot/grub.cfg").read_text()
    boot_line = "  multiboot2 /boot/daybook.elf"
    assert boot_line in config
    lines = "\n".join([*before, f"{boot_line} {option}", *after])
    (folder / "grub.cfg").write_text(config.replace(boot_line, lines, 1))
    subprocess.run([ROOT / "tools/mkiso", folder / "daybook.iso", day.elf, folder / "grub.cfg"], check=True)
    return folder / "daybook.iso"


def show_pool(machine: str, folder: Path, before: list[str], after: list[str]) -> tuple[list[Region], list[Range]]:
    """The memory map and the danger areas; the pool is what it has to be, and the kernel runs."""
    shown = boot(Machine.parse(machine), cdrom(image(folder, before, "show-pool", after)))
    regions, danger = memory_log.regions(shown.serial), memory_log.areas("danger areas", shown.serial)
    start, end = pool(regions, danger, memory_log.limit(shown.serial))
    assert shown.outcome == "exit 33" and f"\npool {start:#x} {end:#x}\n" in shown.serial, shown.serial
    run = boot(Machine.parse(machine), cdrom(image(folder, before, "", after)))
    assert run.outcome == "exit 33" and judge_tests(run.serial, Day(entries()[-1]).elf) == [], run.serial
    return regions, danger


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("command", HOLES)
def test_holes_that_grub_was_told_of(command: str, machine: str, tmp_path: Path) -> None:
    regions, _ = show_pool(machine, tmp_path, [command], [])
    start, end = HOLES[command]
    assert all(region.end <= start or end <= region.start for region in regions if region.kind == USABLE)


@pytest.mark.parametrize("machine", MACHINES)
def test_two_modules_are_in_danger(machine: str, tmp_path: Path) -> None:
    _, danger = show_pool(machine, tmp_path, [], MODULES)
    assert len(danger) == ALWAYS_IN_DANGER + len(MODULES)
