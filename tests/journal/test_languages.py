"""Python has the types that it says, and Lua uses no name that is not there. (JavaScript: tests/site/browser/eslint.test.js.)"""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECKERS = {"mypy": (["mypy", "--no-error-summary"], "n.py", "n: int = ''\n"), "luacheck": (["luacheck", "-q"], "n.lua", "print(nobody)\n")}

# Folders that have programs of one name: mypy takes no two at once. All else is together.
APART = [["weave", "tests/boot", "tests/coverage"], ["tests/site", "tests/bench", "tests/journal"]]


def tracked(*patterns: str) -> list[str]:
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [name for name in names if (ROOT / name).exists()]


def is_python(name: str) -> bool:
    with (ROOT / name).open("rb") as file:
        return name.endswith(".py") or Path(name).suffix == "" and bool(re.match(rb"#!.*python", file.readline()))


def check(checker: str, *files: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*CHECKERS[checker][0], *files], cwd=ROOT, capture_output=True, text=True)


@pytest.mark.parametrize("patterns", [*APART, ["*", *(f":!{folder}" for folders in APART for folder in folders)]])
def test_mypy_is_content(patterns: list[str]) -> None:
    run = check("mypy", *filter(is_python, tracked(*patterns)))
    assert run.returncode == 0, run.stdout


def test_luacheck_is_content() -> None:
    run = check("luacheck", *tracked("*.lua"))
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_mistake_is_noticed(tmp_path: Path, checker: str) -> None:
    _, name, text = CHECKERS[checker]
    (tmp_path / name).write_text(text)
    run = check(checker, tmp_path / name)
    assert run.returncode == 1 and name in run.stdout
