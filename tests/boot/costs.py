"""What the kernel's memory functions cost: its answer to `costs` on the command line, with instructions counted."""

import re
from dataclasses import dataclass
from pathlib import Path

from boot import boot, medium
from machines import Machine

_SECTION = re.compile(r"^(\S.*):$")
_LINE = re.compile(r"^  (.+): (\d+) times, (\d+) ticks, at least (\d+) words$")


@dataclass(frozen=True)
class Cost:
    """Of one function, called `times` times."""

    section: str
    name: str
    times: int
    instructions: int
    words: int  # that it has to write at least

    @property
    def each(self) -> float:
        return self.instructions / self.times


class CostsError(Exception):
    """The kernel has not said what it was asked; the text is its log."""


def costs(iso: Path, machine: Machine) -> list[Cost]:
    """On `machine`, which starts the kernel directly. One instruction takes it a nanosecond, and the time stamp counter
    counts these."""
    with medium(machine, iso, "costs") as arguments:
        booted = boot(machine, [*arguments, "-icount", "shift=0,sleep=off"], slower=8)
    if booted.outcome != "exit 33":
        raise CostsError(f"{booted.outcome}\n{booted.serial}")
    return read_costs(booted.serial)


def read_costs(log: str) -> list[Cost]:
    found, section = [], ""
    for text in log[log.index("\ncosts, ") + 1 :].splitlines():
        if match := _LINE.match(text):
            found.append(Cost(section, match[1], int(match[2]), int(match[3]), int(match[4])))
        elif match := _SECTION.match(text):
            section = match[1]
    return found
