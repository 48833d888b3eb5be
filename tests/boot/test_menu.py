"""One image boots any day: an earlier day's kernel is chosen from GRUB's menu, as a person would."""

import re
import subprocess
import time
from collections.abc import Callable

import pytest

from machine.boot import boot, cdrom
from machine.elf import compiled_in_tests
from machine.ktap import read_ktap
from machine.machines import Machine
from machine.qmp import Qmp
from machine.trees import BUILD, ROOT, Day, entries
from machine.verdict import judge

ISO = BUILD / "daybook.iso"
PATIENCE_SECONDS = 60.0
EARLIER = [entries()[2], entries()[5]]
pytestmark = [pytest.mark.all, pytest.mark.kept(*map(Day, entries()), files=[ROOT / "tools/days"])]


@pytest.fixture(scope="module", autouse=True)
def image() -> None:
    """The image of all days is there."""
    subprocess.run(["tools/build", "--image"], cwd=ROOT, check=True)


class Chooser:
    """A person at GRUB's menu who takes the entry number `index`, counted from the top."""

    def __init__(self, index: int, wait_for: str) -> None:
        self._index = index
        self._wait_for = wait_for

    def __call__(self, qmp: Qmp, log: Callable[[], str]) -> None:
        _wait(lambda: self._wait_for in log(), f"the menu does not show '{self._wait_for}'", log)
        for _ in range(self._index):
            shown = len(log())
            _press(qmp, "down")
            # A busy machine takes its time: a key that is pressed before the last one was seen may be lost.
            _wait(lambda: len(log()) > shown, "the menu does not move", log)
            time.sleep(0.1)
        _press(qmp, "ret")


def _press(qmp: Qmp, key: str) -> None:
    qmp.execute("send-key", keys=[{"type": "qcode", "data": key}], **{"hold-time": 20})


def _wait(done: Callable[[], bool], complaint: str, log: Callable[[], str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < deadline, f"{complaint}:\n{log()}"
        time.sleep(0.05)


@pytest.mark.parametrize("firmware", ["bios", "uefi"])
# The ids are without dates: what is booted is the image of all days, not that of one.
@pytest.mark.parametrize("entry", EARLIER, ids=lambda entry: entry[11:])
def test_an_earlier_day_boots_from_the_menu(firmware: str, entry: str) -> None:
    days = entries()
    day = Day(entry)
    machine = next(machine for machine in day.machines(every=False) if machine.firmware == firmware)
    # The menu is there once it shows the day before the newest.
    choose = Chooser(len(days) - 1 - days.index(entry), days[-2][:10])
    booted = boot(Machine.parse(f"{machine.name}-menu"), cdrom(ISO), attend=choose)
    for block in day.proofs()[entry].blocks_for(machine):
        assert not judge(booted, block, day.elf), booted.serial
    # It is that day's kernel and no other: its neighbours have other numbers of tests.
    assert read_ktap(booted.serial).passed == compiled_in_tests(day.elf)
    assert compiled_in_tests(day.elf) not in {compiled_in_tests(Day(days[days.index(entry) + step]).elf) for step in (-1, 1)}


def test_the_menu_lists_every_day_the_newest_first() -> None:
    menu = (BUILD / "days/days.cfg").read_text()
    listed = re.findall(r"^  multiboot2 \(days\)/(.*)/daybook\.elf$", menu, re.MULTILINE)
    assert listed == entries()[-2::-1]


def test_the_newest_kernel_boots_when_nobody_chooses() -> None:
    """The product: what it does otherwise is test_product.py's."""
    booted = boot(Machine.parse("bios-pc-64M-menu"), cdrom(ISO))
    assert booted.outcome == "exit 33" and "memory map: " in booted.serial and "KTAP" not in booted.serial
