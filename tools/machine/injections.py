"""Boots of the newest kernel without the memory that it asks for: of which machines, and how they ended."""

import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .boot import Boot, boot, cdrom, medium
from .cases import MATRIX
from .grub_image import image
from .machines import Machine
from .slots import COUNT
from .trees import Day, entries

# How such a boot may end, and a line that says why.
ENDS = {
    "exit 33": r"^ok \d+ ",  # nobody needed it
    "exit 37": r"^not ok \d+ .* # ",
    "exit 39": r"^The kernel cannot go on: ",
}
REFUSE_NONE = "fail-allocation=1000000"  # with such a number the kernel says how many requests it has made


@dataclass(frozen=True)
class Refusal:
    """Which request for memory a boot is refused; in each of the kernel's tests, or before them."""

    number: int
    in_each_test: bool = False

    def __str__(self) -> str:
        """The word on the kernel's command line."""
        return f"fail-{'in-each-test' if self.in_each_test else 'allocation'}={self.number}"


@dataclass(frozen=True)
class Injection:
    """Each request for memory of a boot is refused: all of them, or only those before the kernel's tests."""

    machine: Machine
    with_tests: bool

    @property
    def test_id(self) -> str:
        return self.machine.name if self.with_tests else f"{self.machine.name} up to the tests"

    def boots(self) -> dict[Refusal, Boot]:
        """One for each refusal; which there are is what the kernel says if none is."""
        wanted = [each for each in refusals(self._boot(REFUSE_NONE)) if self.with_tests or not each.in_each_test]
        with ThreadPoolExecutor(COUNT) as pool:
            return dict(zip(wanted, pool.map(self._boot, map(str, wanted))))

    def _boot(self, option: str) -> Boot:
        """The newest kernel, with a word on its command line."""
        if self.machine.firmware == "direct":
            with medium(self.machine, Day(entries()[-1]).iso, option) as arguments:
                return boot(self.machine, arguments)
        with tempfile.TemporaryDirectory(prefix="daybook-injection-") as folder:
            return boot(self.machine, cdrom(image(Path(folder), option)))


def injections() -> list[Injection]:
    """A small machine; one with pages of 1 GiB; and in `make matrix` one with GRUB and a screen."""
    small, large, with_screen = map(Machine.parse, ("direct-pc-64M", "direct-q35-6G-cpu_max", "bios-pc-64M"))
    return [
        Injection(small, with_tests=True),
        Injection(large, with_tests=MATRIX),
        *([Injection(with_screen, with_tests=False)] if MATRIX else []),
    ]


def refusals(asked: Boot) -> list[Refusal]:
    """What can be refused, by a boot with `REFUSE_NONE`: each request before the tests, and then each of each test."""
    before_tests, _ = re.findall(r"^requests for memory: (\d+)$", asked.serial, re.MULTILINE)
    (most,) = re.findall(r"^requests for memory of one test: (\d+) at most$", asked.serial, re.MULTILINE)
    counts = {False: int(before_tests), True: int(most)}
    return [Refusal(number, in_each_test) for in_each_test, last in counts.items() for number in range(1, last + 1)]


def ended_well(booted: Boot) -> bool:
    """With a sentence, and an end that is defined."""
    wanted = ENDS.get(booted.outcome)
    kernels = re.search(r"^(?!(a thread of )?program ).*EXCEPTION", booted.serial, re.MULTILINE)  # a program's ends the program
    return bool(wanted and re.search(wanted, booted.serial, re.MULTILINE)) and not kernels


def ran_all_tests(booted: Boot) -> bool:
    """Each of the 64-bit kernel's tests has said how it went."""
    _, last = re.split(r"^KTAP version 1$", booted.serial, flags=re.MULTILINE)[1:]
    plan = re.search(r"^1\.\.(\d+)$", last, re.MULTILINE)
    return plan is not None and len(re.findall(r"^(?:not )?ok \d+ ", last, re.MULTILINE)) == int(plan[1])


REFUSED: dict[str, dict[Refusal, Boot]] = {}  # of this run, by the injection's name
