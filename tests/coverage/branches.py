"""Branches as clang counts them, of programs that were compiled from the same source, merged by their place in it."""

import json
import subprocess
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Condition:
    """What decides on a way: its place in a file, of lines and columns that begin with 1; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


Taken = dict[Condition, tuple[int, int]]  # how often each was true, and false


def taken(program: Path, profile: Path, folder: Path) -> Taken:
    """The conditions of `program` in the files below `folder`, and how often they were true and false by `profile`.

    The program was compiled with -fcoverage-compilation-dir=. where `folder` is named from, so that any place will do.
    A template counts as one, whichever of its instances was run. What the compiler has decided by itself is no condition.
    """
    with tempfile.TemporaryDirectory(prefix="daybook-coverage-") as scratch:
        indexed = Path(scratch) / "profile"
        subprocess.run(["llvm-profdata", "merge", profile, "-o", indexed], check=True)
        command: list[str | Path] = ["llvm-cov", "export", program, f"-instr-profile={indexed}"]
        exported = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    found: defaultdict[Condition, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for function in exported["data"][0]["functions"]:
        for line, column, end_line, end_column, true, false, file, *_ in function["branches"]:
            path = Path(function["filenames"][file])
            if path.is_relative_to(folder):
                name = str(path.relative_to(folder))
                place = Condition(name, line, column, end_line, end_column)
                found[place] = (found[place][0] + true, found[place][1] + false)
    return dict(found)


def merged(parts: list[Taken]) -> Taken:
    """All conditions of the parts, their numbers added up."""
    places = {place for part in parts for place in part}
    return {
        place: (sum(part.get(place, (0, 0))[0] for part in parts), sum(part.get(place, (0, 0))[1] for part in parts))
        for place in places
    }
