"""What an entry's goal promises is what the recorded runs show, line by line."""

import re
from pathlib import Path

import pytest

from woven import EVIDENCE, JOURNAL

# Goals that show what another program prints, by the test that runs it.
ELSEWHERE = {"2026-11-24b-machines-that-i-do-not-have": "tests/boot/test_maps.py::test_a_real_map_in_the_kernel"}

# Indented lines behind a paragraph that ends with a colon: what the machine says. (A command follows no colon.)
QUOTED = re.compile(r":\n\n((?:    .*\n)+)")


def promised(entry: Path) -> list[tuple[int, str]]:
    """The quoted lines of the goal, each with its number in the file."""
    text = entry.read_text()
    goal = re.search(r"^## Goal\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    assert goal, f"{entry.name} has no goal"
    found = []
    for block in QUOTED.finditer(goal[1]):
        number = text.count("\n", 0, goal.start(1) + block.start(1)) + 1
        found += [(number + i, line.strip()) for i, line in enumerate(block[1].splitlines())]
    return found


def is_in(line: str, log: str) -> bool:
    """Where the line has an ellipsis, the log has anything."""
    pattern = ".*".join(map(re.escape, line.split("…")))
    return re.search(rf"^\s*{pattern}\s*$", log, re.MULTILINE) is not None


@pytest.mark.parametrize("entry", sorted(JOURNAL.glob("*.nw")), ids=lambda entry: entry.stem)
def test_what_a_goal_shows_is_in_a_recorded_log(entry: Path) -> None:
    if entry.stem in ELSEWHERE:
        pytest.skip(f"it is of another program, which {ELSEWHERE[entry.stem]} runs")
    logs = [log.read_text(errors="replace").replace("\r", "") for log in (EVIDENCE / entry.stem).glob("*.log")]
    wrong = [f"journal/{entry.name}:{number}: no log has this line: {line}" for number, line in promised(entry) if not any(is_in(line, log) for log in logs)]
    assert not wrong, "\n".join(wrong)


def test_an_ellipsis_stands_for_anything_within_a_line() -> None:
    log = "one\n  rip 0x1234, done\nlast"
    assert is_in("rip 0x…, done", log) and is_in("…", log) and is_in("one", log)
    assert not is_in("rip 0x…, gone", log) and not is_in("on", log) and not is_in("one…done", log)
