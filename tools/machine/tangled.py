"""A tangled file: where its lines stand in the journal, and which of them are the kernel's tests."""

import re
from functools import cache
from pathlib import Path

from directives import place

_TEST = re.compile(r"(UNCHECKED )?KERNEL_TEST\(")


class TangledFile:
    """One file below tangled/; line numbers are its own, and begin with 1."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = path.read_text().splitlines()

    def source(self, line: int) -> str:
        """FILE:LINE of what the line was tangled from; the file's own place if it does not say."""
        for above in range(line - 1, 0, -1):
            if stands := place(self._lines[above - 1]):
                return f"{stands[0]}:{stands[1] + line - above - 1}"
        return f"{self._path}:{line}"

    def text(self, line: int, column: int, end_line: int, end_column: int) -> str:
        """A part of it, in one line; of what goes on over lines, the first."""
        return self._lines[line - 1][column - 1 : end_column - 1 if line == end_line else None]

    def tests(self) -> list[range]:
        """The lines of each KERNEL_TEST, up to the brace that closes it."""
        starts = [number for number, text in enumerate(self._lines, 1) if _TEST.match(text)]
        return [range(start, self._lines.index("}", start) + 2) for start in starts]


@cache
def tangled_file(path: Path) -> TangledFile:
    """The file at `path`, which is read once."""
    return TangledFile(path)
