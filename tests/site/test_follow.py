"""Who has nothing but the pages builds, boots and checks every day: the code and the commands are taken from them alone."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

import store
from conftest import weave
from machine import verdicts
from machine.slots import slot
from reader.book import Entry, read_book
from reader.follow import Kernel
from reader.typed import Stop, stops, try_out
from woven import EVIDENCE, JOURNAL, TOP, Site

ENTRIES = sorted(JOURNAL.glob("*.nw"))
FIRST_CPP = 4  # the day of the first line of C++, which a newcomer's tests follow along to


@pytest.fixture(scope="session")
def first_days(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return weave(tmp_path_factory.mktemp("woven") / "first", ENTRIES[:FIRST_CPP], EVIDENCE, DAYBOOK_PREVIEW="1")


@cache
def read_stops(site: Path) -> dict[str, tuple[Entry, list[Stop]]]:
    """Every entry, with the places where something is typed."""
    kernel = Kernel()
    return {entry.name: (entry, list(stops(kernel, entry))) for entry in read_book(site)}


def follow(site: Site, name: str, folder: Path) -> None:
    """Does what the entry's page says; what came of it is kept."""
    entry, places = read_stops(site.root)[name]
    scripts = [site.root / script for script in entry.scripts]
    assert scripts and len(places[-1].blocks) >= 6, "the page has no commands"
    typed = [[stop.files, [(block.kind, block.text) for block in stop.blocks]] for stop in places]
    checks = [re.sub("https?://[^\"]*", "", script.read_text()) for script in scripts]
    makers = [Path(__file__), *sorted((TOP / "tests/site/reader").glob("*.py"))]
    key = store.key("follow", typed=typed, checks=checks, tools=[verdicts.toolchain(), verdicts.qemu()], makers=makers)
    if store.known(key) is not None:
        return
    with slot():
        complaints = [f"{entry.page}: {said}" for stop in places for said in try_out(stop, folder, scripts)]
    assert complaints == []
    store.keep(key, {"stops": len(places)})


@pytest.mark.parametrize("name", [ENTRIES[0].stem, ENTRIES[FIRST_CPP - 1].stem])
def test_a_newcomer_can_follow_along(first_days: Site, tmp_path: Path, name: str) -> None:
    follow(first_days, name, tmp_path / "daybook")


@pytest.mark.parametrize("name", [entry.stem for entry in ENTRIES])
def test_every_day_can_be_followed(journal: Site, tmp_path: Path, name: str) -> None:
    follow(journal, name, tmp_path / "daybook")


def test_the_page_on_what_is_needed_names_every_package(journal: Site) -> None:
    asked = {word for line in re.findall("apt-get install (.*)", journal.pages["need.html"].text) for word in line.split()}
    needed = [element.text.split() for entry in read_book(journal.root) for element in list(journal.pages[entry.page].one(id="_follow").all("code"))[:1]]
    assert len(needed) == len(ENTRIES) and {package for each in needed for package in each} | {"python3"} == asked


def test_long_entries_can_be_tried_in_between(first_days: Site) -> None:
    counts = {name[:10]: len(places) for name, (_, places) in read_stops(first_days.root).items()}
    assert counts[ENTRIES[0].stem[:10]] >= 3 and counts[ENTRIES[FIRST_CPP - 1].stem[:10]] >= 3


MISTAKES = {
    "a character": ("boot/serial.asm", "0xAE", "0xAF", r"boot/serial.asm:\d+: differs .*it belongs to ⟨send a byte round the loop⟩"),
    "a line less": ("boot/entry.asm", "        call    serial_init\n", "", r"boot/entry.asm:\d+: missing lines: 1, .*it belongs to ⟨boot/entry.asm⟩"),
    "a line too many": ("boot/exit.asm", "        hlt\n", "        hlt\n        nop\n", r"boot/exit.asm:\d+: too many lines: 1; .*⟨boot/exit.asm⟩"),
    "a blank": ("linker.ld", "    . = 1M;", "  . = 1M;", r"linker.ld: only blanks .*files: (\d+) of \1 are"),
    "a word": ("boot/entry.asm", "Daybook: first light", "Daybook: first night", r"image: after GRUB, no line .*printed by ⟨boot/entry.asm⟩"),
    "a number": ("boot/exit.inc", "EXIT_SUCCESS     equ 0x10", "EXIT_SUCCESS     equ 0x12", "image: it must end with status 33, not 37"),
}


# What has printed a line is known once the runs are recorded, and `make test` does not wait for that.
@pytest.mark.parametrize("what", [pytest.param(what, marks=[pytest.mark.all] * (what == "a word")) for what in MISTAKES])
def test_check_mine_says_which_line_and_which_paragraph(first_days: Site, tmp_path: Path, what: str) -> None:
    path, old, new, said = MISTAKES[what]
    entry, (*_, last) = read_stops(first_days.root)[ENTRIES[0].stem]
    files = dict(last.files)
    assert old in files[path]
    files[path] = files[path].replace(old, new)
    script = first_days.root / entry.scripts[0]
    list(try_out(Stop(files, last.blocks[:2]), tmp_path / "daybook", [script]))
    done = subprocess.run(["python3", script.name], cwd=tmp_path / "daybook", capture_output=True, text=True)
    assert re.search(said, done.stdout, re.DOTALL), done.stdout
    assert (done.returncode == 0) == (what == "a blank"), done.stdout
