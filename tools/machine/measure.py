"""Counts a kernel's instructions, from its first to its exit, and tells when and from where it sent each
line of its log.

QEMU gives every instruction the same fixed time (-icount), so a loop that waits for a clock takes as many turns on every
machine and in every run: the counts of a day whose kernel uses one CPU are always the same.
"""

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .boot import boot, medium
from .elf import functions
from .log_sources import printers
from .machines import Machine
from .screen import PAST_THE_KERNEL
from .trees import BUILD

NANOSECONDS_PER_INSTRUCTION = 4  # QEMU wants a power of two; 250 MIPS are near to what waiting loops were tuned for
_SHIFT = NANOSECONDS_PER_INSTRUCTION.bit_length() - 1
PLUGIN = BUILD / "tests/count.so"

FIRST = "_start"
LAST = ("exit_kernel", "kernel::exit")
SENDERS = ("put_character", "console::serial_port::write")


class MeasureError(Exception):
    """Nothing could be counted; the text says why."""


@dataclass(frozen=True)
class Line:
    """A line of the kernel's log, how many instructions had been executed when it began, and the
    address of the instruction that had it printed."""

    instructions: int
    text: str
    address: int


@dataclass(frozen=True)
class Measured:
    """One run."""

    instructions: int
    lines: list[Line]


def measure(iso: Path, machine: Machine) -> Measured:
    """Boots the image `iso` on `machine`, which has one CPU, a serial port and the debug-exit device."""
    elf = iso.with_suffix(".elf")
    ranges = {function.name: (function.start, function.end) for function in functions(elf)}
    with tempfile.TemporaryDirectory(prefix="daybook-count-") as folder:
        report = Path(folder) / "report"
        options = [
            f"file={PLUGIN}",
            f"first={ranges[FIRST][0]:#x}",
            "last=" + ":".join(f"{ranges[name][0]:#x}" for name in LAST if name in ranges),
            "port=" + _option(ranges[name] for name in SENDERS if name in ranges),
            "printers=" + _option(printers(elf)),
            f"report={report}",
        ]
        counted = ["-icount", f"shift={_SHIFT},sleep=off", "-plugin", ",".join(options)]
        with medium(machine, iso) as arguments:
            booted = boot(machine, arguments + counted, slower=8)  # it looks at every instruction
        # A kernel that has lost its way may come by its exit without meaning it.
        if not report.exists() or not booted.outcome.startswith("exit "):
            raise MeasureError(f"{iso} on {machine.name} did not come to its exit: {booted.outcome}\n{booted.serial}")
        total, *rows = report.read_text().splitlines()
        sent = [(int(at), int(caller, 16)) for at, caller in (row.split() for row in rows)]
    kernels_own = [line for line in booted.serial.splitlines(keepends=True) if line.rstrip() != PAST_THE_KERNEL]
    return Measured(int(total), timed_lines("".join(kernels_own), sent))


def _option(ranges: Iterable[tuple[int, int]]) -> str:
    return ":".join(f"{start:#x}-{end:#x}" for start, end in ranges)


def timed_lines(log: str, sent: list[tuple[int, int]]) -> list[Line]:
    """The last lines of `log`, whose bytes were sent at these times and from these addresses; a carriage
    return stands before each line feed."""
    start, left = len(log), len(sent)
    while start > 0 and left > 0:
        start -= 1
        left -= 2 if log[start] == "\n" else 1
    if left != 0:
        raise MeasureError(f"the kernel sent {len(sent)} bytes, and its log has not that many:\n{log}")
    lines, at = [], 0
    for text in log[start:].splitlines():
        instructions, address = sent[at]
        lines.append(Line(instructions, text, address))
        at += len(text) + 2
    return lines
