"""Line directives: the lines of a tangled file that say where in the journal those behind them stand."""

import re

_DIRECTIVE = re.compile(r'#line (\d+) "(.*)"|%line (\d+)\+1 (.*)')


def place(line: str) -> tuple[str, int] | None:
    """The journal's file and line that a directive of C++ or NASM names for the line behind it; None for any other line."""
    if not (found := _DIRECTIVE.fullmatch(line)):
        return None
    # %line names the line before.
    return (found[2], int(found[1])) if found[1] else (found[4], int(found[3]) + 1)


def code(text: str) -> list[tuple[int, str]]:
    """The lines that are neither directives nor blank, with their numbers."""
    return [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip() and not place(line)]
