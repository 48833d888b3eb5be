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
_REQUESTS = r"^requests for memory: (\d+)$"


@dataclass(frozen=True)
class Injection:
    """Each request for memory of a boot is refused in turn: all of them, or only those before the kernel's tests."""

    machine: Machine
    with_tests: bool

    @property
    def test_id(self) -> str:
        return self.machine.name if self.with_tests else f"{self.machine.name} up to the tests"

    def boots(self) -> list[Boot]:
        """One for each request; how many requests there are is what the kernel says if none is refused."""
        before_tests, all_in_all = requests(self._boot_without(1_000_000))
        last = all_in_all if self.with_tests else before_tests
        with ThreadPoolExecutor(COUNT) as pool:
            return list(pool.map(self._boot_without, range(1, last + 1)))

    def _boot_without(self, number: int) -> Boot:
        """The newest kernel, whose request `number` is refused."""
        option = f"fail-allocation={number}"
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


def requests(booted: Boot) -> list[int]:
    """How many requests there were before the tests, and in all."""
    return [int(count) for count in re.findall(_REQUESTS, booted.serial, re.MULTILINE)]


def ended_well(booted: Boot) -> bool:
    """With a sentence, and an end that is defined."""
    wanted = ENDS.get(booted.outcome)
    kernels = re.search(r"^(?!(a thread of )?program ).*EXCEPTION", booted.serial, re.MULTILINE)  # a program's ends the program
    return bool(wanted and re.search(wanted, booted.serial, re.MULTILINE)) and not kernels


REFUSED: dict[str, list[Boot]] = {}  # of this run, by the injection's name
