"""The code that a reader takes out of the pages is the kernel: the same files every day, and they boot."""

import os
import re
import shutil
from functools import cache
from pathlib import Path

import pytest

from reader.book import read_book
from reader.follow import FollowError, Kernel
from reader.kernel import build_kernel, image, prove
from reader.tree import assemble, place
from woven import TOP, Site

from elf import section_sizes  # isort: skip  (reader.kernel knows its folder)

AT = TOP / "build/at"
DIRECTIVE = re.compile(r'#line (\d+) "(.*)"|%line (\d+)\+1 (.*)')


@cache
def read_days(site: Path) -> dict[str, dict[str, str]]:
    """The files as of every entry, out of the pages."""
    kernel, days = Kernel(), {}
    for entry in read_book(site):
        kernel.follow(entry)
        days[entry.name] = assemble(kernel)
    return days


def tangled(entry: str) -> dict[str, str]:
    """The files that `make at ENTRY=… tangle` made, line directives aside, by their places."""
    folder = AT / entry
    assert folder.is_dir(), f'build/at/{entry} is missing; "make days" makes it'
    paths = [*folder.glob("boot/**/*"), *folder.glob("tangled/**/*"), *folder.glob("linker.ld")]
    return {str(path.relative_to(folder)): without_directives(path.read_text()) for path in paths if path.is_file()}


def without_directives(text: str) -> str:
    """The lines that are neither directives nor blank. A line of the journal that directives cut into two is one again;
    noweb has filled its second part with blanks, so its blanks are taken out here."""
    lines: list[str] = []
    cut: dict[tuple[str, int], int | None] = {}  # lines of the journal that a directive interrupted, and where they begin
    file, number, goes_on, began = "", 0, False, None
    for line in text.split("\n"):
        if match := DIRECTIVE.fullmatch(line):
            cut[file, number - 1] = began
            # %line names the line before the one that it stands before.
            file, number = match[2] or match[4], int(match[1] or 0) or int(match[3]) + 1
            goes_on = (file, number) in cut
            continue
        began = len(lines) if line.strip() else None
        if line.strip() and goes_on:
            start = cut[file, number]
            if start is not None:
                lines[start : start + 2] = [without_blanks("".join(lines[start : start + 2]))]
            lines[-1] = without_blanks(lines[-1] + line)
        elif line.strip():
            lines.append(line)
        goes_on = False
        number += 1
    return "".join(line + "\n" for line in lines)


def without_blanks(text: str) -> str:
    return "".join(text.split())


def compared(read: str, tangled: str) -> tuple[str, str]:
    """Both texts, without blank lines, and where the tangled one had to be put together, without blanks."""
    ours, theirs = [line for line in read.split("\n") if line.strip()], tangled.split("\n")[:-1]
    for at, line in enumerate(theirs[: len(ours)]):
        if line == without_blanks(ours[at]):
            ours[at] = line
    return "\n".join(ours), "\n".join(theirs)


def differences(read: dict[str, str], tangled: dict[str, str]) -> list[str]:
    """Where the two trees differ first, file by file."""
    found = [f"{name}: only one of them has it" for name in sorted(read.keys() ^ tangled.keys())]
    for name in sorted(read.keys() & tangled.keys()):
        ours, theirs = compared(read[name], tangled[name])
        if ours != theirs:
            same = len(os.path.commonprefix([ours, theirs]))
            line = ours.count("\n", 0, same) + 1
            ours, theirs = (text[max(same - 30, 0) : same + 30] for text in (ours, theirs))
            found.append(f"{name}: non-blank line {line}: the pages say …{ours!r}, the journal …{theirs!r}")
    return found


def test_the_pages_hold_the_tangled_trees(journal: Site) -> None:
    days = read_days(journal.root)
    assert list(days) == [entry.stem for entry in journal.entries]
    for entry, files in days.items():
        assert differences({place(name): text for name, text in files.items()}, tangled(entry)) == [], entry


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
