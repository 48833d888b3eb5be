"""Where in the journal each line of a kernel's log was printed, as the run itself tells.

The counting plugin remembers the last instruction outside all *printers* before a line's first byte is
sent: the call that had the line printed. Its debug information leads to the journal.
"""

import re
from pathlib import Path
from typing import Any

from .elf import frames, functions

# A printer shows what it is given, and has no words of its own: everything in the namespace console, and
# the assembly routines that do the same. print_cr0, report or panic are none, for they know what to say;
# a reader who asks where a line comes from wants to be led to them.
_PRINTER = re.compile(r"(?:\S+ )?console::.*|print(?:_hex|_decimal)?|format_(?:hex|decimal)|put_character")


def is_printer(function: str) -> bool:
    """Whether a function only prints. It may have its parameters and, if it is a template, its return
    type in its name; NAME.LABEL is a part of NAME."""
    return bool(_PRINTER.fullmatch(re.split(r"[(<.]", function)[0]))


def printers(elf: Path) -> list[tuple[int, int]]:
    """The addresses of all printers, ends exclusive; neighbours are joined."""
    joined: list[tuple[int, int]] = []
    for function in functions(elf):
        if not is_printer(function.name):
            continue
        if joined and function.start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], function.end)
        else:
            joined.append((function.start, function.end))
    return joined


def with_sources(lines: list[dict[str, Any]], elf: Path) -> list[dict[str, Any]]:
    """`lines` of a run's log, each with the "source" that its "address" leads to."""
    found = [int(line["address"], 16) for line in lines]
    return [line | {"source": source} for line, source in zip(lines, _sources(elf, found), strict=True)]


def _sources(elf: Path, addresses: list[int]) -> list[dict[str, Any] | None]:
    sources: list[dict[str, Any] | None] = []
    for stack in frames(elf, addresses):
        callers = (
            {"file": frame.file, "line": frame.line, "function": _short(frame.function)}
            for frame in stack
            if frame.function and not is_printer(frame.function) and frame.file.startswith("journal/")
        )
        sources.append(next(callers, None))
    return sources


def _short(function: str) -> str:
    """Without parameters, an assembler's local label, or a lambda expression that has no name."""
    return re.split(r"\(|\.|::\{", function)[0]
