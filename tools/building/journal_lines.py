"""Line numbers that prose cannot move.

The compiler is given, in place of `#line LINE "journal/ENTRY.nw"`, the place of that line among the lines of code of all entries.
The code of old entries stays, so these ordinals stay when prose above it grows, and nothing is compiled again. Only then, in
the assembler's source, do ordinals become lines: in debug information, and in the numbers that a panic says.

An ordinal is ORIGIN + entry's number * LINES + line's number among the entry's lines of code. No other number of a kernel
begins with the byte 0x5a and names a line of code: a test compiles without ordinals and finds the same kernel.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from directives import renumbered

from .trees import JOURNAL, Defect, digest

ORIGIN, LINES, ENTRIES = 0x5A000000, 1 << 14, 1 << 10
CHUNK = re.compile(r"<<.*>>=\s*$")
NUMBER = re.compile(r"(?<![\w.])(?:0x[0-9a-f]{7,16}|\d{10,20})\b")


@dataclass(frozen=True)
class Entry:
    """An entry's lines of code: from each <<name>>= to what ends the chunk."""

    name: str
    text: str

    @cached_property
    def code(self) -> list[int]:
        """Their numbers, in order."""
        found, inside = [], False
        for number, line in enumerate(self.text.split("\n"), 1):
            ends = inside and line.startswith("@") and line[1:2] in ("", " ", "\r")
            inside = (inside or line.startswith("<<") and bool(CHUNK.match(line))) and not ends
            if inside or ends:
                found.append(number)
        return found

    @cached_property
    def code_digest(self) -> str:
        """Of the lines of code and where they are: all that tangling looks at."""
        lines = self.text.split("\n")
        return digest(*(f"{number} {lines[number - 1]}" for number in self.code))


@cache
def journal(folder: Path = JOURNAL) -> dict[str, Entry]:
    """The entries in order."""
    files = sorted(folder.glob("*.nw"), key=lambda file: file.stem)
    return {file.stem: Entry(file.stem, file.read_text(errors="surrogateescape")) for file in files}


@cache
def numbers() -> dict[str, int]:
    if len(journal()) > ENTRIES:
        raise Defect(f"build: tools/building/journal_lines.py numbers {ENTRIES} entries, and there are more")
    return {name: number for number, name in enumerate(journal())}


@cache
def in_order() -> list[Entry]:
    return list(journal().values())


def to_ordinals(text: str) -> str:
    """A tangled file for the compiler."""

    def ordinal(file: str, line: int) -> int:
        entry = Path(file).stem
        index = bisect_left(journal()[entry].code, line)
        if index >= LINES:
            raise Defect(f"{file}:{line}: this is the line of code number {index}, and an entry has at most {LINES}")
        return ORIGIN + numbers()[entry] * LINES + index

    return renumbered(text, ordinal)


def line_of(ordinal: int) -> int | None:
    """The line in its entry; nothing for what is not an ordinal."""
    number, index = divmod(ordinal - ORIGIN, LINES)
    if not 0 <= number < len(in_order()):
        return None
    code = in_order()[number].code
    return code[index] if index < len(code) else None


def mapped(number: int) -> int | None:
    """A number with its ordinals made lines: it may be one, or have one in either half."""
    halves = [number & 0xFFFFFFFF, number >> 32]
    lines = [line_of(half) if half >> 24 == ORIGIN >> 24 else None for half in halves]
    if lines == [None, None]:
        return None
    low, high = (half if line is None else line for half, line in zip(halves, lines))
    return high << 32 | low


def to_lines(assembly: str) -> str:
    """The assembler's source with the journal's lines."""

    def line(found: re.Match[str]) -> str:
        text = found[0]
        hexadecimal = text.startswith("0x")
        number = mapped(int(text, 0))
        return text if number is None else f"{number:#x}" if hexadecimal else str(number)

    return NUMBER.sub(line, assembly)


def used(assembly: str) -> list[int]:
    """The numbers that to_lines changes: while they lead to the same lines, the object is the same."""
    found = {int(number, 0) for number in NUMBER.findall(assembly)}
    return sorted(number for number in found if mapped(number) is not None)
