"""What make says to a person who asked for what there is not: one sentence, and nothing is made."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]


def make(*arguments: str, folder: Path = TOP, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=environment | variables, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["at", "run"], "say which entry: make at ENTRY=2025-11-06 run"),
        (["at", "ENTRY=2025-11-6", "run"], "no entry's name begins with '2025-11-6'; the nearest is 2025-11-06-page-table-space"),
        (["at", "ENTRY=2025-11-06", "site"], "make at has no goal site"),
        (["run", "ENTRY=2026-11-29", "EXHIBIT=deaf"], "2026-11-29-a-test-that-has-no-room has no exhibit 'deaf'; it has blind"),
        (["run", "EXHIBIT=blind"], "say which entry: make run ENTRY=2025-11-06 EXHIBIT=blind"),
        (["serve", "PORT=abc"], "PORT is a number from 1 to 65535, not abc"),
        (["serve", "PORT=70000"], "PORT is a number from 1 to 65535, not 70000"),
        (["reseal", "ENTRY=2025-11-06"], "say what and why"),
    ],
)
def test_a_mistake_is_told_before_anything_is_made(arguments: list[str], sentence: str) -> None:
    run = make(*arguments)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert f"*** {sentence}" in run.stderr


def test_help_says_where_to_start() -> None:
    assert "make run" in make("help").stdout.splitlines()[0]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the project with a Makefile that runs, and nothing made."""
    for name in ("Makefile", "weave", "tools", "tests", "journal"):
        (tmp_path / name).symlink_to(TOP / name)
    return tmp_path


def test_a_folder_that_cannot_be_written_to(clone: Path) -> None:
    (clone / "build").write_text("in the way of what is made")
    run = make("run", folder=clone)
    assert run.returncode == 2 and run.stdout == "" and run.stderr.count("\n") == 1
    assert f"nothing can be written to {clone}/build" in run.stderr


def test_a_home_that_cannot_be_written_to(clone: Path) -> None:
    """The compiler works without its cache."""
    (clone / "home").write_text("not a folder")
    home = str(clone / "home")
    run = make("build/amend.d/amend.o", folder=clone, HOME=home, XDG_CACHE_HOME=home, CCACHE_DIR=f"{home}/ccache")
    assert run.returncode == 0, run.stderr
    assert (clone / "build/amend.d/amend.o").exists()


def test_cleaning_comes_first(clone: Path) -> None:
    (clone / "build/amend.d").mkdir(parents=True)
    (clone / "build/old").touch()
    shutil.copy(TOP / "build/font.psf", clone / "build")
    run = make("clean", "build/font.psf", folder=clone)
    assert run.returncode == 0, run.stderr
    assert not (clone / "build/old").exists() and (clone / "build/font.psf").exists()
