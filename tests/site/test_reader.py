"""The code that a reader takes out of the pages is the kernel: the same files every day, and they boot."""

import re
import shutil
from functools import cache
from pathlib import Path

import pytest

from machine.elf import section_sizes
from reader.book import read_book
from reader.follow import FollowError, Kernel
from reader.kernel import build_kernel, image, prove
from reader.tree import assemble, place
from tangled_trees import AT, differences, tangled
from woven import Site, unpacked



@cache
def read_days(site: Path) -> dict[str, dict[str, str]]:
    """The files as of every entry, out of the pages."""
    kernel, days = Kernel(), {}
    for entry in read_book(site):
        kernel.follow(entry)
        days[entry.name] = assemble(kernel)
    return days


def test_the_pages_hold_the_tangled_trees(journal: Site) -> None:
    days = read_days(journal.root)
    assert list(days) == [entry.stem for entry in journal.entries]
    for entry, files in days.items():
        assert differences({place(name): text for name, text in files.items()}, tangled(entry)) == [], entry


def test_each_blank_is_where_the_page_on_what_is_needed_says(journal: Site) -> None:
    """The rules that need.html gives are those of reader/tree.py; check-mine and the archives go by them, too."""
    for entry, files in read_days(journal.root).items():
        archive = unpacked(journal, entry)
        del archive["SHA256SUMS"]
        assert {place(name): text.encode() for name, text in files.items()} == archive, entry


def names_lines(entry: str) -> bool:
    """Whether the kernel can say where in the journal it panics: then it depends on line directives."""
    return b"journal/" in image(AT / entry / "daybook.elf")


@pytest.mark.parametrize("which", ["the newest", "the newest that names no line of the journal"])
def test_what_the_pages_hold_builds_and_boots(journal: Site, tmp_path: Path, which: str) -> None:
    days = read_days(journal.root)
    entry = max(day for day in days if which == "the newest" or not names_lines(day))
    elf, original = build_kernel(days[entry], entry, tmp_path / "tree"), AT / entry / "daybook.elf"
    if names_lines(entry):
        # The names of files in a panic's message lie in .rodata, and are shorter.
        sizes = [{**section_sizes(kernel), ".rodata": 0} for kernel in (elf, original)]
        assert sizes[0] == sizes[1]
    else:
        assert image(elf) == image(original)
    assert (failure := prove(elf, entry)) == "", failure


ALTERATIONS = {
    "a character": ("2024-01/30-a-start.html", r"(?<=; twice, for )g", "G"),
    "a blank": ("2024-01/30-a-start.html", "(?<=; twice, for) ", ""),
    "a chunk": ("2024-01/30-a-start.html", r'<figure class="chunk" id="print-the-text".*?</figure>', ""),
    "the order": ("2024-01/index.html", r'(<ol class="entries">)(<li>.*?</li>)(<li>.*?</li>)', r"\1\3\2"),
    "a verb": ("2024-01/31b-a-second-thought.html", "everything that was here", "what was here"),
}


@pytest.mark.parametrize("what", ALTERATIONS)
def test_another_page_is_another_kernel(sample: Site, tmp_path: Path, what: str) -> None:
    page, pattern, replacement = ALTERATIONS[what]
    copy = tmp_path / "site"
    shutil.copytree(sample.root, copy)
    altered, count = re.subn(pattern, replacement, (copy / page).read_text(), count=1, flags=re.DOTALL)
    assert count == 1
    (copy / page).write_text(altered)
    try:
        assert read_days(copy) != read_days(sample.root)
    except FollowError as error:
        assert "⟨" in str(error)
