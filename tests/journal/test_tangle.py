"""weave/tangle: what a journal becomes, and that a journal with a mistake becomes nothing but one clear error."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FRONT_MATTER = "---\ntitle: T\nsubtitle: S\nsummary: U\nneeds: N\nmachines:\n  - bios-pc-64M\n---\n\n"


class Journal:
    """A small journal in a folder of its own, and the tree that it is tangled to."""

    def __init__(self, folder: Path):
        self.entries, self.tree, self.build = folder / "journal", folder / "tree", folder / "build"
        self.entries.mkdir()

    def write(self, name: str, text: str, front_matter: str = FRONT_MATTER) -> Path:
        path = self.entries / f"{name}.nw"
        path.write_text(front_matter + text)
        return path

    def tangle(self, *arguments: str) -> subprocess.CompletedProcess:
        run = subprocess.Popen(
            ["weave/tangle", f"{self.tree}/", f"{self.build}/", *arguments],
            cwd=ROOT,
            env={**os.environ, "JOURNAL": str(self.entries)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        output, errors = run.communicate()
        assert not Path(f"/dev/shm/daybook.{run.pid}").exists() and not list(self.build.glob(".stage*"))
        return subprocess.CompletedProcess(run.args, run.returncode, output, errors)

    def files(self) -> dict[str, str]:
        return {str(p.relative_to(self.tree)): p.read_text() for p in sorted(self.tree.rglob("*")) if p.is_file()}


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


SOUND = """Prose.

<<boot/a.asm>>=
; a
<<step>>
@

<<kernel/b.cpp>>=
int b;
@

<<linker.ld>>=
SECTIONS { .text : { *(.text .text.*) } }
@

<<step>>=
nop
@
"""


def line_of(path: Path, text: str) -> int:
    return path.read_text().splitlines().index(text) + 1


def test_roots_land_where_the_layout_says(journal: Journal):
    journal.write("2024-01-01-a", SOUND)
    result = journal.tangle()
    assert result.returncode == 0, result.stderr
    assert set(journal.files()) == {"boot/a.asm", "linker.ld", "tangled/kernel/b.cpp"}


def test_line_directives_name_the_journal(journal: Journal):
    entry = journal.write("2024-01-01-a", SOUND)
    journal.tangle()
    assert f'#line {line_of(entry, "int b;")} "{entry}"\nint b;' in journal.files()["tangled/kernel/b.cpp"]
    assert f'%line {line_of(entry, "nop") - 1}+1 {entry}\nnop' in journal.files()["boot/a.asm"]
    assert journal.files()["linker.ld"] == "SECTIONS { .text : { *(.text .text.*) } }\n"


def test_what_did_not_change_keeps_its_time_stamp(journal: Journal):
    entry = journal.write("2024-01-01-a", SOUND)
    journal.tangle()
    before = {p: p.stat().st_mtime_ns for p in journal.tree.rglob("*") if p.is_file()}
    entry.write_text(entry.read_text().replace("int b;", "int c;"))
    assert journal.tangle().returncode == 0
    changed = {str(p.relative_to(journal.tree)) for p, t in before.items() if p.stat().st_mtime_ns != t}
    assert changed == {"tangled/kernel/b.cpp"}


def test_a_root_that_is_gone_takes_its_file_along(journal: Journal):
    journal.write("2024-01-01-a", SOUND)
    journal.tangle()
    journal.write("2024-01-02-b", "<<kernel/b.cpp>>=\n<<[delete]>>\n@\n<<kernel/c.cpp>>=\nint c;\n@\n")
    assert journal.tangle().returncode == 0
    assert set(journal.files()) == {"boot/a.asm", "linker.ld", "tangled/kernel/c.cpp"}


def test_an_older_day_does_not_see_a_newer_one(journal: Journal):
    journal.write("2024-01-01-a", SOUND)
    journal.write("2024-01-02-b", "<<step>>=\n<<[replace]>>\nhlt\n@\n")
    journal.tangle("2024-01-01-a")
    assert "nop" in journal.files()["boot/a.asm"]
    journal.tangle()
    assert "hlt" in journal.files()["boot/a.asm"] and "nop" not in journal.files()["boot/a.asm"]


# Each mistake: what is appended to a sound entry, the line that the error must name, and words that it must contain.
MISTAKES = {
    "an undefined chunk": ("<<kernel/x.cpp>>=\n<<nowhere>>\n@\n", "<<nowhere>>", "undefined"),
    "an unreached chunk": ("<<nobody asks for this>>=\nint x;\n@\n", "<<nobody asks for this>>=", "no file uses"),
    "a cycle": ("<<step>>=\n<<round>>\n@\n\n<<round>>=\n<<step>>\n@\n", "<<step>>", "itself|cycle"),
    "a path that climbs": ("<<../outside.cpp>>=\nint x;\n@\n", "<<../outside.cpp>>=", r"\.\."),
    "an absolute path": ("<</etc/outside.cpp>>=\nint x;\n@\n", "<</etc/outside.cpp>>=", "absolute|relative"),
    "an unescaped << in the prose": ("Prose with a << b.\n", "Prose with a << b.", "unescaped <<"),
    "a verb before any definition": ("<<kernel/x.cpp>>=\n<<[replace]>>\nint x;\n@\n", "<<[replace]>>", "before"),
    "a shift that reads as a reference": (
        "<<kernel/x.cpp>>=\nint x = a << 1 | b >> 2;\n@\n", "int x = a << 1 | b >> 2;", "@<<"
    ),
    "a chunk that was not ended": ("<<kernel/x.cpp>>=\nint x;\n\n### Why\n", "### Why", "end the chunk with a line `@` before it"),
    "a verb that does not open its chunk": (
        "<<kernel/x.cpp>>=\nint x;\n<<[change]>>\nint x;\n@\n", "<<[change]>>", "change"
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_clear_error_and_nothing_is_written(journal: Journal, mistake: str):
    text, line, words = MISTAKES[mistake]
    journal.write("2024-01-01-a", SOUND)
    journal.tangle()
    before = journal.files()
    bad = journal.write("2024-01-02-b", text)
    result = journal.tangle()
    assert result.returncode != 0
    errors = result.stderr.splitlines()
    assert [e for e in errors if e.startswith(f"{bad}:{line_of(bad, line)}: ") and re.search(words, e)], result.stderr
    assert journal.files() == before


@pytest.mark.parametrize("key", ["title", "subtitle", "summary", "needs", "machines"])
def test_a_missing_front_matter_key_is_an_error(journal: Journal, key: str):
    lines = [line for line in FRONT_MATTER.splitlines() if not line.startswith(key) and "bios" not in line]
    if key != "machines":
        lines.insert(1, "machines: [bios-pc-64M]")
        lines = [line for line in lines if line != "machines:"]
    bad = journal.write("2024-01-01-a", SOUND, "\n".join(lines) + "\n\n")
    result = journal.tangle()
    assert result.returncode != 0
    assert re.match(rf"{re.escape(str(bad))}:\d+: .*\b{key}\b", result.stderr), result.stderr
    assert not journal.tree.exists() or journal.files() == {}


def test_an_empty_journal_is_an_error(journal: Journal):
    result = journal.tangle()
    assert result.returncode != 0 and "no entry" in result.stderr


@pytest.mark.parametrize("prefix", ["2025-11-06", "2025-11-06-page-table-space.nw", "journal/2025-11-06-page-table-space.nw"])
def test_a_prefix_names_an_entry(prefix: str):
    result = subprocess.run(["weave/entry", prefix], cwd=ROOT, capture_output=True, text=True)
    assert result.stdout == "2025-11-06-page-table-space\n"


@pytest.mark.parametrize(
    "prefix, sentence",
    [
        ("2025-11-0", "'2025-11-0' names 6 entries, from 2025-11-01-first-light to 2025-11-06-page-table-space"),
        ("2025-11-6", "no entry's name begins with '2025-11-6'; the nearest is 2025-11-06-page-table-space"),
        ("higher-half", "no entry's name begins with 'higher-half'; the nearest is 2026-11-23b-the-higher-half"),
    ],
)
def test_a_prefix_of_several_or_none_is_told_in_a_sentence(prefix: str, sentence: str):
    result = subprocess.run(["weave/entry", prefix], cwd=ROOT, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (1, f"{sentence}\n")
