"""Out of memory at each request of the boot in turn: a sentence and an end that is defined, and nothing else."""

from dataclasses import replace

import pytest

from machine.boot import Boot
from machine.injections import REFUSED, Injection, ended_well, injections, requests
from machine.trees import newest

pytestmark = [pytest.mark.all, pytest.mark.kept(newest())]


@pytest.fixture(scope="module", params=injections(), ids=lambda injection: injection.test_id)
def injection(request: pytest.FixtureRequest) -> Injection:
    return request.param


@pytest.fixture(scope="module")
def refused(injection: Injection) -> list[Boot]:
    REFUSED[injection.test_id] = injection.boots()
    return REFUSED[injection.test_id]


def test_each_refusal_ends_with_a_sentence(refused: list[Boot]) -> None:
    for number, booted in enumerate(refused, 1):
        assert ended_well(booted), f"request {number}: {booted.outcome}\n{booted.serial}"


def test_the_set_up_needs_every_request(refused: list[Boot], injection: Injection) -> None:
    """Up to the tests nothing is asked for in vain; and some of the tests are refused something."""
    before_tests = requests(refused[-1])[0] if injection.with_tests else len(refused)
    assert before_tests > 10
    assert {booted.outcome for booted in refused[:before_tests]} == {"exit 39"}
    if injection.with_tests:
        assert len(refused) > 100 and "exit 37" in {booted.outcome for booted in refused}


def test_other_ends_are_noticed(refused: list[Boot]) -> None:
    booted = refused[0]
    assert not ended_well(replace(booted, outcome="exit 35"))
    assert not ended_well(replace(booted, serial=booted.serial + "EXCEPTION 14"))
    assert not ended_well(replace(booted, serial=""))
