"""Sealed days (weave/seals): prose may be mended, one changed byte of an old day's output is noticed."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]

OPENING = "---\ntitle: T\nsubtitle: S\nsummary: M\nneeds: N\nmachines:\n  - bios-pc-64M\n---\n\n"
FIRST = """Prose of the first day.

<<kernel/main.cpp>>=
int first()
{
    <<what it does>>
}
@

<<what it does>>=
return 1;
@

<<boot/start.asm>>=
        mov     eax, 1
        hlt
@

<<boot/grub.cfg>>=
menuentry "one" {
}
@
"""
SECOND = "More.\n\n<<kernel/main.cpp>>=\nint second();\n@\n"
THIRD = "<<what it does>>=\n<<[change]>>\nreturn 1;\n<<[to]>>\nreturn 3;\n@\n"
ENTRIES = {"2026-01-01-one": FIRST, "2026-01-02-two": SECOND, "2026-01-03-three": THIRD}

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(TOP / "tools")}


class Copy:
    """A small journal in a git repository, with the tools that work on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "build").mkdir()
        (folder / "journal").mkdir()
        (folder / "weave").mkdir()
        for tool in ("tangle", "seals"):
            shutil.copy(TOP / "weave" / tool, folder / "weave" / tool)
        shutil.copy(TOP / "build/amend", folder / "build/amend")
        (folder / ".gitignore").write_text("build/\n")
        for name, text in ENTRIES.items():
            self.write(name, text)
        self.run("git", "init", "-q")

    def write(self, name: str, text: str) -> None:
        (self.folder / f"journal/{name}.nw").write_text(OPENING + text)

    def change(self, name: str, old: str, new: str) -> None:
        file = self.folder / f"journal/{name}.nw"
        assert file.read_text().count(old) == 1
        file.write_text(file.read_text().replace(old, new))

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=self.folder, env=ENVIRONMENT, capture_output=True, text=True)

    def commit(self) -> None:
        self.run("git", "add", "-A")
        self.run("git", "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", "a day")

    def seals(self, *arguments: str) -> tuple[int, str]:
        """The status, and all that is said."""
        for file in sorted((self.folder / "journal").glob("*.nw")):
            tree = f"build/at/{file.stem}/"
            tangled = self.run("weave/tangle", tree, tree, file.stem)
            assert tangled.returncode == 0, tangled.stderr
        run = self.run("weave/seals", *arguments)
        return run.returncode, run.stdout + run.stderr

    def line(self, name: str, text: str) -> str:
        """journal/NAME.nw:LINE of the line with this text."""
        lines = (self.folder / f"journal/{name}.nw").read_text().splitlines()
        return f"journal/{name}.nw:{[line.strip() for line in lines].index(text) + 1}"


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    """Three days, sealed and committed."""
    made = Copy(tmp_path)
    for name in ENTRIES:
        assert made.seals("reseal", name, "as landed") == (0, f"seals: sealed {name}\n")
    made.commit()
    return made


def test_the_journal_is_sealed() -> None:
    run = subprocess.run(["weave/seals", "check"], cwd=TOP, env=ENVIRONMENT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert re.search(r"^seals: \d+ days are what they were$", run.stdout, re.MULTILINE)


def test_mended_prose_breaks_no_seal(copy: Copy) -> None:
    copy.change("2026-01-01-one", "Prose of the first day.\n", "Prose\nthat is longer\nand moves lines.\n")
    copy.change("2026-01-02-two", "More.\n\n", "")
    copy.change("2026-01-01-one", "title: T", "title: Another")
    assert copy.seals("check") == (0, "seals: 3 days are what they were\n")


@pytest.mark.parametrize(
    ("entry", "old", "new", "path"),
    [
        ("2026-01-01-one", "int first()", "int firsT()", "tangled/kernel/main.cpp"),
        ("2026-01-01-one", "        mov     eax, 1", "        mov     eax, 2", "boot/start.asm"),
        ("2026-01-01-one", 'menuentry "one" {', 'menuentry "1" {', "boot/grub.cfg"),
        ("2026-01-02-two", "int second();", "int second(); ", "tangled/kernel/main.cpp"),
    ],
)
def test_a_changed_byte_is_named_by_entry_file_and_line(copy: Copy, entry: str, old: str, new: str, path: str) -> None:
    copy.change(entry, old, new)
    status, said = copy.seals("check")
    assert status == 1
    assert f"{entry} is not what was sealed on " in said
    assert f"  {copy.line(entry, new.strip())}: in {path}\n    -{old}\n    +{new}\n" in said
    assert "make reseal ENTRY=" in said
    # Every later day holds the same change; it is told once.
    assert said.count(f"    +{new}\n") == 1
    later = [name for name in ENTRIES if name > entry]
    assert said.count("  it differs as the day before does\n") == len(later)


def test_taken_away_and_added_files_are_named(copy: Copy) -> None:
    copy.change("2026-01-01-one", '<<boot/grub.cfg>>=\nmenuentry "one" {\n}\n@\n', "<<boot/other.cfg>>=\nx\n@\n")
    status, said = copy.seals("check")
    assert status == 1
    assert "  boot/grub.cfg is not there any more\n" in said
    assert "  boot/other.cfg was not there\n" in said


def test_a_change_that_was_committed_is_still_shown(copy: Copy) -> None:
    copy.change("2026-01-01-one", "return 1;", "return 7;")
    copy.change("2026-01-03-three", "return 1;", "return 7;")
    copy.commit()
    status, said = copy.seals("check")
    assert status == 1 and "    -return 1;\n    +return 7;\n" in said


def test_without_history_the_files_are_named(copy: Copy) -> None:
    shutil.rmtree(copy.folder / ".git")
    copy.change("2026-01-02-two", "int second();", "int third();")
    status, said = copy.seals("check")
    assert status == 1
    assert "  tangled/kernel/main.cpp\n" in said and "its lines cannot be shown" in said


def test_entries_are_not_renamed_or_slipped_in(copy: Copy) -> None:
    journal = copy.folder / "journal"
    (journal / "2026-01-02-two.nw").rename(journal / "2026-01-02-zwei.nw")
    status, said = copy.seals("check")
    assert status == 1
    assert "journal/SEALS: 2026-01-02-two is sealed and there is no such entry" in said
    assert "journal/2026-01-02-zwei.nw:1: this entry is not sealed and stands before 2026-01-03-three" in said


def test_a_new_entry_waits_for_its_seal(copy: Copy) -> None:
    copy.write("2026-01-04-four", "<<kernel/main.cpp>>=\nint fourth();\n@\n")
    status, said = copy.seals("check")
    assert status == 0 and "not sealed yet: 2026-01-04-four; once it has landed: make reseal" in said


def test_reseal_takes_the_later_days_along(copy: Copy) -> None:
    copy.change("2026-01-02-two", "int second();", "int other();")
    assert copy.seals("reseal", "2026-01-02-two", "the name\n was wrong") == (
        0,
        "seals: sealed 2026-01-02-two, and 1 later ones\n",
    )
    assert copy.seals("check")[0] == 0
    text = (copy.folder / "journal/SEALS").read_text()
    assert re.search(r"^2026-01-01-one \w{32} \S+ as landed$", text, re.MULTILINE)
    assert re.search(r"^2026-01-02-two \w{32} \d{4}-\d\d-\d\d the name was wrong$", text, re.MULTILINE)
    assert re.search(r"^2026-01-03-three \w{32} \S+ follows the change of 2026-01-02-two$", text, re.MULTILINE)


def test_reseal_refuses_what_makes_no_sense(copy: Copy) -> None:
    seals = (copy.folder / "journal/SEALS").read_text()
    assert copy.seals("reseal", "2026-01-02-two", "why not") == (1, "seals: 2026-01-02-two is sealed as it is\n")
    assert copy.seals("reseal", "2026-01-02-two", "  ")[1].startswith("seals: say why")
    assert copy.seals("reseal", "2026-01-09-nine", "x") == (1, "seals: there is no entry 2026-01-09-nine\n")
    copy.change("2026-01-01-one", "int first()", "int firsT()")
    assert copy.seals("reseal", "2026-01-02-two", "x")[1].startswith("seals: 2026-01-01-one is not what was sealed")
    assert (copy.folder / "journal/SEALS").read_text() == seals


def test_without_seals_nothing_is_sound(copy: Copy) -> None:
    (copy.folder / "journal/SEALS").unlink()
    status, said = copy.seals("check")
    assert status == 1 and "journal/SEALS: there is no seal in it" in said


def test_a_damaged_list_of_seals_is_an_error(copy: Copy) -> None:
    file = copy.folder / "journal/SEALS"
    file.write_text(file.read_text() + "nonsense\n")
    number = len(file.read_text().splitlines())
    assert copy.seals("check") == (
        1,
        f"seals: journal/SEALS:{number}: neither ENTRY DIGEST DATE REASON of another entry nor a file and its digest\n",
    )
