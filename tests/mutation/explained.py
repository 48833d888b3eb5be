"""Reads the list of mutants that no test can kill, each with the reason.

A mutant is three lines: `FILE FUNCTION`, with ` #N` for the Nth that reads the same; `- ` and the line; `+ ` and what becomes
of it. One or more of them are followed by their reason: lines that begin with two blanks. A line with `#` is a comment.
"""

import re
from pathlib import Path

Name = tuple[str, str, str, str, int]


def read_explained(path: Path) -> dict[Name, str]:
    """The reasons, by the mutants' names."""
    reasons: dict[Name, str] = {}
    waiting: list[Name] = []
    lines = [line.rstrip() for line in path.read_text().splitlines()]
    at = 0
    while at < len(lines):
        line = lines[at]
        head = re.fullmatch(r"(\S+) (\S+)(?: #(\d+))?", line)
        if not line or line.startswith("#"):
            at += 1
        elif line.startswith("  ") and waiting:
            start = at
            while at < len(lines) and lines[at].startswith("  "):
                at += 1
            reasons |= dict.fromkeys(waiting, " ".join(each.strip() for each in lines[start:at]))
            waiting = []
        elif head and at + 2 < len(lines) and lines[at + 1].startswith("-") and lines[at + 2].startswith("+"):
            name = (head[1], head[2], lines[at + 1][1:].strip(), lines[at + 2][1:].strip(), int(head[3] or 1))
            if name in reasons or name in waiting:
                raise ValueError(f"{path}:{at + 1}: this mutant is explained twice")
            waiting.append(name)
            at += 3
        else:
            raise ValueError(f"{path}:{at + 1}: this is neither a mutant nor its reason")
    if waiting:
        raise ValueError(f"{path}: the last mutant has no reason")
    return reasons


def shown(name: Name) -> str:
    """A mutant as the list has it."""
    file, function, old, new, number = name
    return f"{file} {function}{f' #{number}' if number > 1 else ''}\n- {old}\n+ {new}".rstrip()
