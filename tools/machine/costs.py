"""What memory costs the kernel, with instructions counted: each of its functions, by its answer to `costs` on the command
line, and its start."""

import re
from dataclasses import dataclass
from pathlib import Path

from .boot import boot, medium
from .machines import Machine
from .measure import measure

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


@dataclass(frozen=True)
class Start:
    """Of a kernel, from its first instruction to the first of its tests."""

    instructions: int  # without the wait for a second CPU
    leaves: int  # pages that the free memory is mapped with
    words: int  # that it has to write at least


def start(iso: Path, machine: Machine) -> Start:
    """On `machine`, which starts the kernel directly."""
    lines = measure(iso, machine).lines
    texts = [line.text for line in lines]
    ready = texts.index("KTAP version 1", texts.index("memory:"))
    waited = texts.index("KTAP version 1")  # it waits up to 100 ms for an answer before the first tests
    instructions = lines[ready].instructions - (lines[waited].instructions - lines[waited - 1].instructions)
    return Start(instructions, *read_start("\n".join(texts[:ready])))


def read_start(log: str) -> tuple[int, int]:
    """Leaves and words. Of the words only those of the page tables in use count: a new table is cleared, all 512 words of it,
    before it gets an entry; so the entries of the leaves are among them."""
    mapped = re.search(r"^free memory: .* in (\d+) pages of 1 GiB, (\d+) of 2 MiB and (\d+) of 4 KiB$", log, re.MULTILINE)
    tables = re.findall(r"^page tables: (\d+) KiB$", log, re.MULTILINE)[-1]
    assert mapped, "the log does not say what is mapped"
    return sum(int(pages) for pages in mapped.groups()), int(tables) * 1024 // 8
