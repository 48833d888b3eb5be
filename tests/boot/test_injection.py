"""Out of memory at each request of the boot in turn: a sentence and an end that is defined, and nothing else."""

from dataclasses import replace

import pytest

from machine.boot import Boot
from machine.injections import REFUSED, Injection, Refusal, ended_well, injections, ran_all_tests
from machine.trees import newest

pytestmark = [pytest.mark.all, pytest.mark.kept(newest())]


@pytest.fixture(scope="module", params=injections(), ids=lambda injection: injection.test_id)
def injection(request: pytest.FixtureRequest) -> Injection:
    return request.param


@pytest.fixture(scope="module")
def refused(injection: Injection) -> dict[Refusal, Boot]:
    REFUSED[injection.test_id] = injection.boots()
    return REFUSED[injection.test_id]


def test_each_refusal_ends_with_a_sentence(refused: dict[Refusal, Boot]) -> None:
    for refusal, booted in refused.items():
        assert ended_well(booted), f"{refusal}: {booted.outcome}\n{booted.serial}"


def test_the_set_up_needs_every_request(refused: dict[Refusal, Boot]) -> None:
    """Up to the tests nothing is asked for in vain."""
    ends = [booted.outcome for refusal, booted in refused.items() if not refusal.in_each_test]
    assert len(ends) > 10 and set(ends) == {"exit 39"}


def test_no_test_ends_the_kernel(refused: dict[Refusal, Boot], injection: Injection) -> None:
    """The first refusals make tests fail, and whatever is refused, the next test runs: so each one is refused what it asks for."""
    boots = {refusal: booted for refusal, booted in refused.items() if refusal.in_each_test}
    assert [str(refusal) for refusal, booted in boots.items() if not ran_all_tests(booted)] == []
    if injection.with_tests:
        assert len(boots) > 100 and boots[Refusal(1, in_each_test=True)].outcome == "exit 37"


def test_other_ends_are_noticed(refused: dict[Refusal, Boot]) -> None:
    booted, *_ = refused.values()
    assert not ended_well(replace(booted, outcome="exit 35"))
    assert not ended_well(replace(booted, serial=booted.serial + "EXCEPTION 14"))
    assert not ended_well(replace(booted, serial=""))
