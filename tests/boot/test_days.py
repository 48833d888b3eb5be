"""Every day boots: the kernel as of each entry, under its own proof and those of the entries before.

A day is booted on the machines of its own proof; the newest, and in `make matrix` every day, on those of all earlier
proofs too. Every proof that names the machine is held against the boot, and where the kernel ends well, the machine is looked at.
`make test` boots a part of it (cases.py).
"""

import subprocess

import pytest

from machine.boots import Boots
from machine.cases import FIRMWARES, HANDFUL, DayCase, covered, covering, day_cases, quick_day_cases, unusable
from machine.elf import segments
from machine.machines import Machine
from machine.trees import BUILD, ROOT, Day, entries, newest


@pytest.mark.parametrize("entry", entries())
def test_tree_is_whole(entry: str) -> None:
    assert not (why := unusable(Day(entry))), why


QUICK = quick_day_cases()


@pytest.mark.parametrize("case", [pytest.param(case, marks=() if case in QUICK else pytest.mark.all) for case in day_cases()])
def test_day(case: DayCase, boots: Boots) -> None:
    if failure := case.settle(boots):
        pytest.fail(failure, pytrace=False)


def test_each_day_is_booted_by_everybody_and_the_newest_on_all_firmwares() -> None:
    assert {case.day.entry for case in QUICK} == set(entries())
    latest = [case.machine for case in QUICK if case.day == newest() and case.looked_at]
    assert len(latest) == HANDFUL and {machine.firmware for machine in latest} == set(FIRMWARES)


def test_a_few_machines_have_many_pairs_in_them() -> None:
    names = ("bios-pc-64M", "bios-pc-512M", "bios-pc-64M-smp2", "uefi-q35-6G-cpu_max", "direct-pc-64M")
    machines = [Machine.parse(name) for name in names]
    few = covering(machines, 3)
    assert [machine.name for machine in few] == ["bios-pc-64M", "uefi-q35-6G-cpu_max", "bios-pc-512M"]
    assert covered(few, machines)[1] == "pairs of board with memory 3 of 3, cpu_model 2 of 2, cpus 2 of 3"


@pytest.mark.kept(newest())
def test_the_newest_kernel_is_that_of_the_last_day() -> None:
    """What `make run` boots and what was tested here are one: the same bytes are loaded."""
    subprocess.run(["tools/build", "build"], cwd=ROOT, check=True)
    first, last = BUILD / "daybook.elf", newest().elf
    loaded = segments(first)
    assert loaded == segments(last)
    for part in loaded:
        span = slice(part.offset, part.offset + part.file_size)
        assert first.read_bytes()[span] == last.read_bytes()[span]
