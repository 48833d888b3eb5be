"""SMEP, SMAP and UMIP: the verdict itself. Every boot of the newest day that is looked at goes through it (cases.py)."""

import pytest

from machine.protections import CR4_BITS, judge_protections
from machine.trees import Day, entries

SOME = frozenset({"SMEP", "UMIP"})
ON = CR4_BITS["SMEP"] | CR4_BITS["UMIP"]
NEWEST, FIRST = Day(entries()[-1]).elf, Day(entries()[0]).elf


def test_all_that_the_cpu_has_and_nothing_else() -> None:
    assert judge_protections(ON | 0x20, SOME, NEWEST) == []
    assert judge_protections(0x20, frozenset(), NEWEST) == []
    assert judge_protections(0x20, SOME, FIRST) == []


@pytest.mark.parametrize(
    ("cr4", "complaint"),
    [
        (ON & ~CR4_BITS["SMEP"], "SMEP is off, and the CPU has it"),
        (ON | CR4_BITS["SMAP"], "SMAP is on, and the CPU lacks it"),
    ],
)
def test_what_is_off_or_on_by_mistake_is_named(cr4: int, complaint: str) -> None:
    (found,) = judge_protections(cr4, SOME, NEWEST)
    assert found.endswith(complaint)
