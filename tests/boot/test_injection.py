"""Out of memory at each request of the boot in turn: a sentence and an end that is defined, and nothing else."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from boot import Boot, boot, medium
from machines import Machine
from run_figures import record_injection
from slots import COUNT
from trees import Day, entries

MACHINE = Machine.parse("direct-pc-64M")
# How a boot may end, and a line that says why.
ENDS = {
    "exit 33": r"^ok \d+ ",  # nobody needed it
    "exit 37": r"^not ok \d+ .* # ",
    "exit 39": r"^The kernel cannot go on: ",
}
REQUESTS = r"^requests for memory: (\d+)$"


def boot_without(number: int) -> Boot:
    """The newest kernel, whose request `number` is refused."""
    with medium(MACHINE, Day(entries()[-1]).iso, f"fail-allocation={number}") as arguments:
        return boot(MACHINE, arguments)


@pytest.fixture(scope="module")
def boots() -> list[Boot]:
    """One for each request; the number of requests is what the kernel says if none is refused."""
    counts = re.findall(REQUESTS, boot_without(1_000_000).serial, re.MULTILINE)
    with ThreadPoolExecutor(COUNT) as pool:
        refused = list(pool.map(boot_without, range(1, int(counts[-1]) + 1)))
    record_injection(refused)
    return refused


def test_each_refusal_ends_with_a_sentence(boots: list[Boot]) -> None:
    for number, booted in enumerate(boots, 1):
        wanted = ENDS.get(booted.outcome)
        assert wanted and re.search(wanted, booted.serial, re.MULTILINE), f"request {number}: {booted.outcome}\n{booted.serial}"
        assert "EXCEPTION" not in booted.serial, f"request {number}\n{booted.serial}"


def test_the_set_up_needs_every_request(boots: list[Boot]) -> None:
    """Up to the tests nothing is asked for in vain; and some of the tests are refused something."""
    before_tests = int(re.findall(REQUESTS, boots[-1].serial, re.MULTILINE)[0])
    assert before_tests > 10
    assert {booted.outcome for booted in boots[:before_tests]} == {"exit 39"}
    assert len(boots) > 100 and "exit 37" in {booted.outcome for booted in boots}
