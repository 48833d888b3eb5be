"""The source pages and the archives hold every file as of every entry, and each line knows who wrote it."""

import hashlib

from noweb_files import CLOSE, OPEN
from pages import Element
from tangled_trees import differences, tangled
from reader.tree import place
from woven import Site, unpacked

INDEX = "source/index.html"


def files(site: Site) -> dict[str, list[Element]]:
    """The runs of lines on each file's page."""
    found = {}
    for row in site.pages[INDEX].one("tbody").all("tr"):
        link = row.one("a")
        page = site.target(INDEX, link.attributes["href"]).page
        found[link.text] = list(site.pages[page].one("figure", class_="source").all("span", class_="origin"))
    return found


def text_at(runs: list[Element], entry: int) -> str:
    """What the page shows with its slider at `entry`, which counts from 1."""
    there = [run for run in runs if lives(run, entry)]
    return "".join(line.text for run in there for line in run.all(class_="l"))


def lives(run: Element, entry: int) -> bool:
    born, died = int(run.attributes["data-b"]), int(run.attributes.get("data-d", 1 << 30))
    return born <= entry < died


def test_the_pages_hold_every_file_as_of_every_entry(journal: Site) -> None:
    pages = files(journal)
    for number, entry in enumerate(journal.entries, start=1):
        texts = {place(path): text_at(runs, number) for path, runs in pages.items()}
        assert differences({path: text for path, text in texts.items() if text}, tangled(entry.stem)) == []


def test_the_archives_hold_every_file_and_its_sum(journal: Site) -> None:
    for entry in journal.entries:
        contents = unpacked(journal, entry.stem)
        sums = contents.pop("SHA256SUMS").decode()
        said = {path: digest for digest, path in (line.split("  ") for line in sums.splitlines())}
        assert said == {path: hashlib.sha256(data).hexdigest() for path, data in contents.items()}
        texts = {path: data.decode() for path, data in contents.items()}
        assert differences(texts, tangled(entry.stem)) == []


def test_every_run_of_lines_leads_to_the_chunk_that_wrote_it(site: Site) -> None:
    for path, runs in files(site).items():
        page = f"source/{path}.html"
        for run in runs:
            link = run.one("a", class_="from")
            piece, figure = site.pieces[site.target(page, link.attributes["href"])]
            first = "".join(next(run.all(class_="l")).text.split())
            written = "".join(piece.body.replace(OPEN, "").replace(CLOSE, "").split())
            assert first[:3] in written, (path, first)
            # and back: the chunk leads to its file, at these lines where it says some
            back = next(figure.all(class_="place")).all("a")
            assert any(site.target("x/y.html", a.attributes["href"]).page.startswith("source/") for a in back)
