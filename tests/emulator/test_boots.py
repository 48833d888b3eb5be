"""Every day's kernel says and does in the emulator what it says and does in QEMU, which starts it with the
same boot information, the same memory, one CPU with the same features, and the same screen."""

import re
from pathlib import Path

import pytest

import emulator
from machine import boot
from machine.cases import usable_days
from machine.machines import Machine
from machine.trees import Day
from pvh import with_pvh_entry

# The newest kernel also on machines of other sizes; the largest has memory above 4 GiB.
MEMORY, OTHERS = "64M", ("512M", "6G")
NEWEST = usable_days()[-1:]
RUNS = emulator.each(usable_days(), MEMORY) + [run for size in OTHERS for run in emulator.each(NEWEST, size)]

# The lines that may differ, each with its reason. None does.
DEPENDS_ON_THE_MACHINE: list[tuple[re.Pattern[str], str]] = []


def without_machine(lines: list[str]) -> list[str]:
    return ["…" if any(line.search(text) for line, _ in DEPENDS_ON_THE_MACHINE) else text for text in lines]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(("day", "memory"), RUNS)
def test_the_emulator_does_what_qemu_does(day: Day, memory: str, tmp_path: Path) -> None:
    here = emulator.boot(day.elf, memory, tmp_path)
    screen = here.end["screen"]
    size = (screen["width"], screen["height"]) if screen["kind"] == "graphics" else (0, 0)
    kernel = tmp_path / "kernel.elf"
    with_pvh_entry(day.elf, tmp_path / "information", here.end["informationAddress"], size, kernel)
    there = boot.boot(Machine.parse(emulator.like_it(memory)), boot.direct(kernel))
    assert here.outcome == there.outcome
    assert without_machine(here.serial) == without_machine(there.serial.splitlines())


@pytest.mark.usefixtures("built")
def test_a_kernel_asks_for_a_screen_and_gets_it(tmp_path: Path) -> None:
    first, *_, last = usable_days()
    screens = [emulator.boot(day.elf, MEMORY, tmp_path).end["screen"] for day in (first, last)]
    assert screens == [
        {"kind": "text", "width": 80, "height": 25},
        {"kind": "graphics", "width": 1024, "height": 768},
    ]
