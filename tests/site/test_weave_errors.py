"""Whatever is wrong with the journal, the weave says it in a sentence and leaves the old site alone."""

import re
import shutil
from pathlib import Path

import pytest

from woven import SAMPLE, run_weave, trees_for

FIRST = "2024-01-30-a-start"
SECOND = "2024-01-31b-a-second-thought"


class Copy:
    """A copy of the sample to break."""

    def __init__(self, folder: Path) -> None:
        shutil.copytree(SAMPLE, folder)
        self.folder = folder
        self.evidence = folder / "evidence"

    def entry(self, name: str) -> Path:
        return self.folder / f"journal/{name}.nw"

    def edit(self, name: str, pattern: str, replacement: str) -> None:
        text = self.entry(name).read_text()
        changed = re.sub(pattern, replacement, text, count=1, flags=re.MULTILINE)
        assert changed != text
        self.entry(name).write_text(changed)


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "copy")


def refused(copy: Copy) -> str:
    """Weaves over an old site, which must stay as it is; returns what the weave said."""
    out = copy.folder / "out/site"
    out.mkdir(parents=True)
    (out / ".nojekyll").touch()
    (out / "old.html").write_text("old")
    entries = sorted((copy.folder / "journal").glob("*.nw"))
    result = run_weave(out, entries, copy.evidence, **trees_for(entries, copy.folder))
    assert result.returncode != 0
    assert "traceback" not in result.stderr
    assert sorted(file.name for file in out.iterdir()) == [".nojekyll", "old.html"]
    assert [file.name for file in out.parent.iterdir()] == ["site"], "something half-written is left"
    return result.stderr


@pytest.mark.parametrize("heading", ["Goal", "Why", "The change", "Proof", "What this does not do yet"])
def test_a_missing_heading(copy: Copy, heading: str) -> None:
    copy.edit(SECOND, f"^## {heading}$", "## Something else")
    assert refused(copy) == f'{copy.entry(SECOND)}:1: the heading "{heading}" is missing\n'


def test_headings_out_of_order(copy: Copy) -> None:
    copy.edit(SECOND, "^## Proof$", "## Later")
    copy.edit(SECOND, "^## Why$", "## Proof\n\n## Why")
    assert f'{copy.entry(SECOND)}:1: the heading "Proof" must come after "The change"' in refused(copy)


@pytest.mark.parametrize("key", ["title", "summary"])
def test_a_missing_key(copy: Copy, key: str) -> None:
    copy.edit(FIRST, f"^{key}: .*\n", "")
    assert refused(copy) == f'{copy.entry(FIRST)}:1: the front matter has no "{key}"\n'


@pytest.mark.parametrize("part", ["", "part: Whatever\n"])
def test_a_part_that_there_is_not(copy: Copy, part: str) -> None:
    copy.edit(FIRST, "^part: .*\n", part)
    said = part.removeprefix("part: ").strip()
    assert refused(copy) == f'{copy.entry(FIRST)}:1: the front matter\'s "part" is "{said}", which is none of those in weave/site/parts.md\n'


def test_an_entry_that_needs_what_is_not_before_it(copy: Copy) -> None:
    copy.edit(SECOND, "^needs: .*", "needs: The entry 2024-02-01.")
    assert refused(copy) == f'{copy.entry(SECOND)}:1: "needs" names 2024-02-01, which is no entry before this one\n'


def test_the_core_path_needs_no_aside(copy: Copy) -> None:
    copy.edit(FIRST, "^part: .*", "part: Trust\naside: true")
    copy.edit(SECOND, "^needs: .*", "needs: The entry 2024-01-30.")
    assert refused(copy) == f"{copy.entry(SECOND)}:1: the core path must not need 2024-01-30, which is an aside\n"


def test_a_figure_that_cannot_be_drawn(copy: Copy) -> None:
    copy.edit(FIRST, "^At the end", '``` {.pic alt="x" caption="y"}\\nbox nonsense(\\n```\\n\\nAt the end')
    assert f"{copy.entry(FIRST)}:1: dpic does not draw the figure" in refused(copy)


def test_front_matter_that_is_no_yaml(copy: Copy) -> None:
    copy.edit(FIRST, "^title: ", "title: [")
    assert f"{copy.entry(FIRST)}:1: the front matter cannot be read" in refused(copy)


def test_all_problems_are_said_together(copy: Copy) -> None:
    copy.edit(FIRST, "^## Goal$", "## Goals")
    copy.edit(SECOND, "^## Why$", "## Whence")
    shutil.rmtree(copy.evidence / "2024-02-01-undone")
    assert len(refused(copy).splitlines()) == 3


def test_no_evidence(copy: Copy) -> None:
    shutil.rmtree(copy.evidence / SECOND)
    sentence = 'there is no recorded evidence for this entry; "make evidence" records it'
    assert refused(copy) == f"{copy.entry(SECOND)}: {sentence}\n"


def test_a_recorded_log_is_gone(copy: Copy) -> None:
    (copy.evidence / FIRST / "uefi-q35-512M.log").unlink()
    assert 'uefi-q35-512M.log is missing; "make evidence" records it' in refused(copy)


def test_the_picture_of_the_screen_is_gone(copy: Copy) -> None:
    (copy.evidence / FIRST / "screen.png").unlink()
    assert 'the picture screen.png is missing; "make evidence" records it' in refused(copy)


def test_a_machine_without_a_recorded_run(copy: Copy) -> None:
    copy.edit(SECOND, r"^machines: \[", "machines: [uefi-q35-6G, ")
    sentence = 'there is no recorded run on uefi-q35-6G; "make evidence" records it'
    assert refused(copy) == f"{copy.entry(SECOND)}: {sentence}\n"


def test_evidence_that_is_no_json(copy: Copy) -> None:
    (copy.evidence / FIRST / "proof.json").write_text('{"machines": [')
    assert f"{copy.evidence / FIRST}/proof.json: " in refused(copy)


@pytest.mark.parametrize("text", ["        <<nobody>>\n", "see [[<<nobody>>]]"])
def test_an_undefined_chunk(copy: Copy, text: str) -> None:
    copy.edit(FIRST, "^        call    print$" if text[0] == " " else "^At the end", text)
    lines = copy.entry(FIRST).read_text().splitlines()
    line = next(number for number, line in enumerate(lines, start=1) if "nobody" in line)
    assert f"{copy.entry(FIRST)}:{line}: <<nobody>> is not defined\n" in refused(copy)


def test_an_open_quotation(copy: Copy) -> None:
    copy.edit(FIRST, "^Everything else.$", "Everything [[else.")
    assert re.search(rf"{copy.entry(FIRST)}:\d+: open quote", refused(copy))


def test_unescaped_angles_in_prose(copy: Copy) -> None:
    copy.edit(FIRST, "^Everything else.$", "1 << 2 >> 3")
    assert re.search(rf"{copy.entry(FIRST)}:\d+: unescaped <<", refused(copy))


def test_a_line_that_is_not_utf_8(copy: Copy) -> None:
    entry = copy.entry(SECOND)
    entry.write_bytes(entry.read_bytes().replace(b"Because.", b"Because\xe9."))
    line = entry.read_bytes().split(b"Because")[0].count(b"\n") + 1
    assert refused(copy) == f"{entry}:{line}: this line is not UTF-8\n"


def test_a_file_name_without_a_date(copy: Copy) -> None:
    copy.entry("2024-02-01-undone").rename(copy.entry("thoughts"))
    assert refused(copy) == f"{copy.entry('thoughts')}:1: an entry is named YYYY-MM-DD-slug.nw\n"


def test_a_folder_that_is_not_a_site_is_not_replaced(copy: Copy) -> None:
    out = copy.folder / "precious"
    out.mkdir()
    (out / "work.txt").write_text("mine")
    result = run_weave(out, [copy.entry(FIRST)], copy.evidence)
    assert result.returncode != 0 and f"{out} exists and is not a site" in result.stderr
    assert (out / "work.txt").read_text() == "mine"


def test_an_entry_that_cannot_be_read(copy: Copy) -> None:
    result = run_weave(copy.folder / "site", [copy.entry("2024-01-01-nothing")], copy.evidence)
    assert result.returncode != 0
    assert result.stderr == f"weave: cannot read {copy.entry('2024-01-01-nothing')}\n"


def test_a_site_is_replaced_as_a_whole(copy: Copy) -> None:
    out = copy.folder / "site"
    for entries in ([FIRST, SECOND], [FIRST]):
        files = [copy.entry(e) for e in entries]
        result = run_weave(out, files, copy.evidence, **trees_for(files, copy.folder))
        assert result.returncode == 0, result.stderr
    assert not (out / "2024-01/31b-a-second-thought.html").exists()
    assert [file.name for file in copy.folder.glob("site*")] == ["site"], "something half-written is left"


def test_the_run_in_full_is_gone(copy: Copy) -> None:
    (copy.evidence / FIRST / "run.json").unlink()
    assert refused(copy) == f"{copy.entry(FIRST)}: the run in full, run.json, is missing; \"make evidence\" records it\n"
