"""README's list of goals is what `make help` says."""

import re
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
GOAL = re.compile(r"^ +make (\S+) {2,}(\S.*)$", re.MULTILINE)


def test_readme_lists_the_goals_of_make_help() -> None:
    run = subprocess.run(["make", "help"], cwd=TOP, capture_output=True, text=True, check=True)
    goals = [goal for goal in GOAL.findall(run.stdout) if goal[0] != "help"]
    listed = [goal for goal in GOAL.findall((TOP / "README.md").read_text()) if goal[0] in dict(goals)]
    assert len(goals) > 20
    assert [goal for goal in listed if not goal[1].startswith("#")] == goals
