"""Boots of the kernel that counts its branches, and what it has counted when it halts."""

import re
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from counters import Counters
from machine.boot import Boot, boot, direct, medium
from machine.boot_information import Region, boot_information
from machine.machines import Machine
from machine.verdict import judge_tests

_REQUESTS = re.compile(r"^requests for memory: (\d+)$", re.MULTILINE)


class RunError(Exception):
    """A boot that did not end as it should; the text is one sentence, and its log."""


@dataclass(frozen=True)
class Run:
    """One boot: a machine, what the kernel is told, and the memory map that it is given in place of the machine's own."""

    machine: Machine
    command_line: str = ""
    regions: tuple[Region, ...] | None = None
    all_passes: bool = False  # every test of the kernel must

    def __str__(self) -> str:
        return f"{self.machine.name} {self.command_line}".rstrip() + (" with another memory map" if self.regions else "")

    def count(self, iso: Path, counters: Counters) -> Boot:
        """Boots, and adds to the counters what was counted. A RunError when the kernel does not come to an end of its own."""
        elf = iso.with_suffix(".elf")
        with tempfile.TemporaryDirectory(prefix="daybook-coverage-") as folder:
            read = partial(counters.read, folder=Path(folder))
            machine = self.machine.without_debug_exit()  # with it QEMU would end before anything can be read
            if self.regions is None:
                with medium(machine, iso, self.command_line) as arguments:
                    booted = boot(machine, arguments, read)
            else:
                information = Path(folder) / "information"
                information.write_bytes(boot_information(list(self.regions), self.command_line))
                booted = boot(machine, direct(elf, information), read)
        complaints = judge_tests(booted.serial, elf) if self.all_passes else []
        if booted.outcome != "halt" or complaints:
            why = complaints[0] if complaints else f"it ended with {booted.outcome}"
            raise RunError(f"The boot on {self} is no measurement: {why}.\n{booted.serial}")
        counters.add(booted.seen)
        return booted


def requests(booted: Boot) -> int:
    """How many requests for memory the kernel had counted when it ended."""
    return int(_REQUESTS.findall(booted.serial)[-1])
