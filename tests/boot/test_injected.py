"""What comes from outside, at any moment of a boot: a non-maskable interrupt, a machine check. The kernel says what it was,
or was done already; the machine never resets."""

import time
from collections.abc import Callable

import pytest

from machine.boot import Boot, boot, medium
from machine.machines import Machine
from machine.qmp import Qmp
from machine.trees import newest

pytestmark = [pytest.mark.all, pytest.mark.kept(newest())]

MACHINE = Machine.parse("direct-pc-64M")
MOMENTS, STEP = 12, 0.004  # seconds; a boot without firmware takes 0.05 from the kernel's first line to its last

# The machine check: bank 0 has a valid report of an error that was not corrected, and the processor's state is lost.
INJECTIONS = {
    "nmi": ("Daybook: first light", lambda qmp: qmp.execute("inject-nmi"), "EXCEPTION 2 "),
    "machine-check": ("64-bit: ", lambda qmp: qmp.monitor("mce 0 0 0xb200000000000000 4 0 0"), "EXCEPTION 18 "),
}


def injected(after: str, wait: float, inject: Callable[[Qmp], object]) -> Boot:
    """A boot of the newest kernel with an injection `wait` seconds after the line that contains `after`."""

    def attend(qmp: Qmp, log: Callable[[], str]) -> None:
        while after not in log():
            time.sleep(0.001)
        time.sleep(wait)
        inject(qmp)

    with medium(MACHINE, newest().iso) as arguments:
        return boot(MACHINE, arguments, attend=attend)


@pytest.mark.parametrize("kind", INJECTIONS)
def test_whatever_comes_is_named_and_resets_nothing(kind: str) -> None:
    after, inject, named = INJECTIONS[kind]
    boots = [injected(after, moment * STEP, inject) for moment in range(MOMENTS)]
    met = [each for each in boots if each.outcome == "exit 35"]
    assert met, "no injection met the kernel"
    assert all(named in each.serial for each in met)
    assert {each.outcome for each in boots} <= {"exit 35", "exit 33"}, [each.outcome for each in boots]
