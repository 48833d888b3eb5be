"""A weave over an older one makes only what has changed, and the same as a weave from nothing would."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from woven import EVIDENCE, JOURNAL, SAMPLE, TOP, files_of, page_of, runs_of, trees_for


class Copy:
    """A journal and its evidence, to change, and the site woven of it again and again."""

    def __init__(self, journal: Path, evidence: Path, folder: Path, cache: Path | None = None) -> None:
        shutil.copytree(journal, folder / "journal")
        shutil.copytree(evidence, folder / "evidence")
        self.folder, self.site = folder, folder / "site"
        self._environment = {
            **os.environ,
            **trees_for(self.entries, folder),
            "JOURNAL": str(folder / "journal"),
            "DAYBOOK_EVIDENCE": str(folder / "evidence"),
            "DAYBOOK_CACHE": str(cache or folder / "cache"),
        }
        self.weave(self.site)

    @property
    def entries(self) -> list[Path]:
        return sorted((self.folder / "journal").glob("*.nw"))

    def weave(self, site: Path) -> None:
        subprocess.run([TOP / "weave/site/weave", site], env=self._environment, cwd=TOP, check=True)

    def weave_again(self) -> set[str]:
        """The pages that were made; the site is what it would be from nothing."""
        before = {path: path.stat().st_ino for path in self.site.rglob("*.html")}
        self.weave(self.site)
        self.weave(self.folder / "fresh")
        again, fresh = files_of(self.site), files_of(self.folder / "fresh")
        assert [path for path in again.keys() | fresh.keys() if again.get(path) != fresh.get(path)] == []
        shutil.rmtree(self.folder / "fresh")
        made = {path for path in self.site.rglob("*.html") if before.get(path) != path.stat().st_ino}
        return {str(path.relative_to(self.site)) for path in made}


@pytest.fixture(scope="module")
def sample_copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(SAMPLE / "journal", SAMPLE / "evidence", tmp_path_factory.mktemp("sample"))


# What is made whatever has changed: it lists all entries, or their terms.
ALWAYS = {"index.html", "glossary.html"}


def always(copy: Copy) -> set[str]:
    return ALWAYS | {f"{entry.stem[:7]}/index.html" for entry in copy.entries}


def add_prose(entry: Path) -> None:
    """A paragraph of two lines below the first heading, so that all code moves down."""
    text = entry.read_text()
    heading_ends = text.index("\n", text.index("\n## ") + 1)
    entry.write_text(text[:heading_ends] + "\n\nA paragraph that was not there,\nin *two* lines." + text[heading_ends:])


def test_nothing_has_changed(sample_copy: Copy) -> None:
    assert sample_copy.weave_again() == always(sample_copy)


def pages_of(*entries: Path) -> set[str]:
    return {page for entry in entries for page in (page_of(entry.stem), runs_of(entry.stem))}


def test_an_entrys_prose_makes_its_pages_anew(sample_copy: Copy) -> None:
    add_prose(sample_copy.entries[-1])
    assert sample_copy.weave_again() - always(sample_copy) == pages_of(sample_copy.entries[-1])


def test_where_lines_of_a_log_lead_to_is_followed_when_code_moves(sample_copy: Copy) -> None:
    add_prose(sample_copy.entries[0])
    assert page_of(sample_copy.entries[-1].stem) in sample_copy.weave_again()


def test_a_record_makes_the_pages_anew_that_show_it(sample_copy: Copy) -> None:
    first, second, *_ = sample_copy.entries
    (sample_copy.folder / f"evidence/{first.stem}/run.json").write_text(
        (sample_copy.folder / f"evidence/{first.stem}/run.json").read_text().replace('"instructions": ', '"instructions":  ')
    )
    assert sample_copy.weave_again() - always(sample_copy) == pages_of(first, second)


CHANGES: dict[str, Callable[[Path], object]] = {
    "a title": lambda entry: entry.write_text(entry.read_text().replace("title: ", "title: Another ", 1)),
    "a line of code": lambda entry: entry.write_text(entry.read_text().replace("\n@\n", "\n; one more\n@\n", 1)),
    "a chunk's name": lambda entry: entry.write_text(entry.read_text().replace("say goodbye", "say good night")),
    "an entry that is gone": Path.unlink,
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_all_pages_share_makes_all_anew(tmp_path: Path, change: str) -> None:
    copy = Copy(SAMPLE / "journal", SAMPLE / "evidence", tmp_path)
    for entry in copy.entries if change == "a chunk's name" else copy.entries[-1:]:
        CHANGES[change](entry)
    pages = {str(path.relative_to(copy.site)) for path in copy.site.rglob("*.html")}
    made = copy.weave_again()
    assert made >= {path for path in pages if (copy.site / path).exists()}


@pytest.mark.all
def test_prose_of_the_journal(tmp_path: Path) -> None:
    """Of later entries: to where the first one's code stands, the logs of all days lead."""
    copy = Copy(JOURNAL, EVIDENCE, tmp_path, TOP / "build/site")
    for entry in copy.entries[len(copy.entries) // 2 :: 10]:
        add_prose(entry)
    assert len(copy.weave_again()) < 2 * len(copy.entries)
