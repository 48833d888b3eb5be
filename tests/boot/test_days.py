"""Every day boots: the kernel as of each entry, under its own proof and those of the entries before.

A day is booted on the machines of its own proof; the newest, and in `make matrix` every day, on those of all earlier
proofs too. Each image is booted once on a machine, and every proof that names the machine is held against that boot.
"""

import pytest

from machine.boots import Boots
from machine.cases import DayCase, day_cases, unusable
from machine.elf import segments
from machine.trees import BUILD, Day, entries


@pytest.mark.parametrize("entry", entries())
def test_tree_is_whole(entry: str) -> None:
    assert not (why := unusable(Day(entry))), why


@pytest.mark.parametrize("case", day_cases())
def test_day(case: DayCase, boots: Boots) -> None:
    if failure := case.prove(boots):
        pytest.fail(failure, pytrace=False)


def test_the_newest_kernel_is_that_of_the_last_day() -> None:
    """What `make run` boots and what was tested here are one: the same bytes are loaded."""
    newest, last = BUILD / "daybook.elf", Day(entries()[-1]).elf
    loaded = segments(newest)
    assert loaded == segments(last)
    for part in loaded:
        span = slice(part.offset, part.offset + part.file_size)
        assert newest.read_bytes()[span] == last.read_bytes()[span]
