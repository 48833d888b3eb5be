"""What an entry's goal promises is what the recorded runs show, or the command that it names, line by line."""

import re
import subprocess
from pathlib import Path

import pytest

from machine.slots import slot
from machine.trees import Day
from woven import EVIDENCE, JOURNAL, TOP

# The kernels of all days are looked at.
pytestmark = pytest.mark.all

# A command of the goal, and the map that it boots the day's kernel on.
MAP_BOOT = re.compile(r"^    make map-boot MAP=(\S+)$", re.MULTILINE)
# Indented lines behind a paragraph, but for commands: what the machine says. (Code that a goal begins with is none of that.)
QUOTED = re.compile(r"\S\n\n((?:    (?!make ).*\n)+)")


def goal_of(entry: Path) -> tuple[int, str]:
    """The number of the goal's first line in the file, and its text."""
    text = entry.read_text()
    goal = re.search(r"^## Goal\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    assert goal, f"{entry.name} has no goal"
    return text.count("\n", 0, goal.start(1)) + 1, goal[1]


def promised(first: int, goal: str) -> list[tuple[int, str]]:
    """The quoted lines of the goal, each with its number in the file."""
    found = []
    for block in QUOTED.finditer(goal):
        number = first + goal.count("\n", 0, block.start(1))
        found += [(number + i, line.strip()) for i, line in enumerate(block[1].splitlines())]
    return found


def shown(entry: str, goal: str) -> list[str]:
    """The recorded logs of the entry, and what the goal's commands print."""
    logs = [log.read_text(errors="replace") for log in (EVIDENCE / entry).glob("*.log")]
    for command in MAP_BOOT.finditer(goal):
        with slot():
            run = subprocess.run([TOP / "tools/map-boot", Day(entry).elf, TOP / command[1]], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        logs.append(run.stdout)
    return [log.replace("\r", "") for log in logs]


def is_in(line: str, log: str) -> bool:
    """Where the line has an ellipsis, the log has anything."""
    pattern = ".*".join(map(re.escape, line.split("…")))
    return re.search(rf"^\s*{pattern}\s*$", log, re.MULTILINE) is not None


@pytest.mark.all
@pytest.mark.parametrize("entry", sorted(JOURNAL.glob("*.nw")), ids=lambda entry: entry.stem)
def test_what_a_goal_shows_is_in_a_recorded_log(entry: Path) -> None:
    first, goal = goal_of(entry)
    logs = shown(entry.stem, goal)
    missing = [(number, line) for number, line in promised(first, goal) if not any(is_in(line, log) for log in logs)]
    assert not missing, "\n".join(f"journal/{entry.name}:{number}: nothing shows this line: {line}" for number, line in missing)


def test_an_ellipsis_stands_for_anything_within_a_line() -> None:
    log = "one\n  rip 0x1234, done\nlast"
    assert is_in("rip 0x…, done", log) and is_in("…", log) and is_in("one", log)
    assert not is_in("rip 0x…, gone", log) and not is_in("on", log) and not is_in("one…done", log)
