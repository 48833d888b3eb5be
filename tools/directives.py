"""Line directives: the lines of a tangled file that say where in the journal those behind them stand."""

import re
from collections.abc import Callable

_CXX = r'#line (\d+) "(.*)"'
_DIRECTIVE = re.compile(rf'{_CXX}|%line (\d+)\+1 (.*)')


def place(line: str) -> tuple[str, int] | None:
    """The journal's file and line that a directive of C++ or NASM names for the line behind it; None for any other line."""
    if not (found := _DIRECTIVE.fullmatch(line)):
        return None
    # %line names the line before.
    return (found[2], int(found[1])) if found[1] else (found[4], int(found[3]) + 1)


def code(text: str) -> list[tuple[int, str]]:
    """The lines that are neither directives nor blank, with their numbers."""
    return [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip() and not place(line)]


def renumbered(text: str, number: Callable[[str, int], int]) -> str:
    """A file of C++ whose directives name, in place of FILE and LINE, number(FILE, LINE)."""
    return re.sub(rf"^{_CXX}$", lambda found: f'#line {number(found[2], int(found[1]))} "{found[2]}"', text, flags=re.MULTILINE)
