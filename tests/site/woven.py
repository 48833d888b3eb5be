"""A site woven from some entries and evidence, and the way from a piece in the journal to its figure."""

import os
import subprocess
import tarfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from noweb_files import Piece, read_pieces
from pages import Element, chunk_name, read_page

TOP = Path(__file__).parents[2]
WEAVE = TOP / "weave/site/weave"
JOURNAL = TOP / os.environ.get("JOURNAL", "journal")
EVIDENCE = TOP / os.environ.get("DAYBOOK_EVIDENCE", "build/evidence")
SAMPLE = Path(__file__).parent / "sample"


def trees_for(entries: list[Path], folder: Path) -> dict[str, str]:
    """What weave needs beside entries that no kernel was built of: files that stand for images and kernels, and
    no emulator, for these do not boot."""
    for entry in entries:
        tree = folder / "trees" / entry.stem
        tree.mkdir(parents=True, exist_ok=True)
        (tree / "daybook.iso").write_text("an image")
        (tree / "daybook.elf").write_text("a kernel")
    (folder / "daybook.iso").write_text("all images")
    return {
        "DAYBOOK_TREES": str(folder / "trees"),
        "DAYBOOK_IMAGE": str(folder / "daybook.iso"),
        "DAYBOOK_CACHE": str(folder / "cache"),
        "XDG_CACHE_HOME": str(folder / "no-emulator"),
    }


def run_weave(
    out: Path, entries: list[Path], evidence: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [WEAVE, out, *entries],
        cwd=TOP,
        env={**os.environ, "DAYBOOK_EVIDENCE": str(evidence), **environment},
        capture_output=True,
        text=True,
    )


def files_of(site: Path) -> dict[str, bytes]:
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def page_of(entry: str) -> str:
    """The path of an entry's page below the site's top."""
    return f"{entry[:7]}/{entry[8:]}.html"


def runs_of(entry: str) -> str:
    """That of its recorded runs."""
    return f"runs/{entry}.html"


def unpacked(site: "Site", entry: str) -> dict[str, bytes]:
    """What is in the archive of the entry's tree."""
    with tarfile.open(site.root / entry[:7] / f"daybook-{entry}.tar.gz") as archive:
        return {member.name.partition("/")[2]: b"".join(archive.extractfile(member) or ()) for member in archive.getmembers()}


@dataclass(frozen=True)
class Anchor:
    """A place on the site."""

    page: str
    id: str


@dataclass
class Site:
    root: Path
    entries: list[Path]
    evidence: Path

    @cached_property
    def pages(self) -> dict[str, Element]:
        files = sorted(self.root.rglob("*.html"))
        return {str(file.relative_to(self.root)): read_page(file) for file in files}

    @cached_property
    def pieces(self) -> dict[Anchor, tuple[Piece, Element]]:
        """Every piece of the journal with its figure: the n-th of an entry is the n-th on its page."""
        result = {}
        for entry in self.entries:
            page = page_of(entry.stem)
            figures = list(self.pages[page].all("figure", class_="chunk"))
            pieces = read_pieces(entry)
            assert [chunk_name(f) for f in figures] == [p.name for p in pieces]
            for piece, figure in zip(pieces, figures):
                result[Anchor(page, figure.attributes["id"])] = (piece, figure)
        return result

    def target(self, page: str, href: str) -> Anchor:
        """Where a relative link on `page` leads."""
        address, _, fragment = href.partition("#")
        path = address.partition("?")[0]
        where = os.path.normpath(os.path.join(os.path.dirname(page), path)) if path else page
        return Anchor(where, unquote(fragment))
