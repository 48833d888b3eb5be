"""SMEP, SMAP and UMIP: the verdict itself. Every boot that is looked at goes through it (halted_verdict.py)."""

import pytest

from machine.protections import CR4_BITS, judge_protections

SOME = frozenset({"SMEP", "UMIP"})
ON = CR4_BITS["SMEP"] | CR4_BITS["UMIP"]


def test_all_that_the_cpu_has_and_nothing_else() -> None:
    assert judge_protections(ON | 0x20, SOME, SOME) == []
    assert judge_protections(0x20, frozenset(), frozenset()) == []
    assert judge_protections(0x20, SOME, frozenset()) == []


@pytest.mark.parametrize(
    ("cr4", "complaint"),
    [
        (ON & ~CR4_BITS["SMEP"], "SMEP is off, and the CPU has it"),
        (ON | CR4_BITS["SMAP"], "SMAP is on, and the CPU lacks it"),
    ],
)
def test_what_is_off_or_on_by_mistake_is_named(cr4: int, complaint: str) -> None:
    (found,) = judge_protections(cr4, SOME, SOME)
    assert found.endswith(complaint)
