"""Reads a site as a book: from the home page by its links to the months, the entries and their chunks."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator
from urllib.parse import unquote

from pages import Element, chunk_name, read_page, written

PREVIOUS = "what was here before"
_MONTH = re.compile(r"\d{4}-\d{2}/index\.html")
_REFERENCE = re.compile(r"⟨(.*)⟩")
_MARKS = {"span": "plain", "del": "old", "ins": "new"}


class PageError(Exception):
    """A page cannot be read as a reader would; the text begins with its path."""


@dataclass(frozen=True)
class Reference:
    """The name of a chunk where it stands inside code."""

    name: str


# A line of code: text and references in turn. An empty line has no parts.
Line = tuple[str | Reference, ...]


@dataclass(frozen=True)
class Shown:
    """One line of a chunk's box: how it is marked (plain, old, new, verb) and what stands in it."""

    mark: str
    line: Line

    @property
    def words(self) -> str:
        return "".join(part if isinstance(part, str) else f"⟨{part.name}⟩" for part in self.line)


@dataclass(frozen=True)
class Chunk:
    """One box of code on an entry's page."""

    name: str
    is_file: bool
    is_exhibit: bool
    lines: tuple[Shown, ...]


@dataclass(frozen=True)
class Block:
    """What is there for a follower: commands to type, a file to save, or what must appear: a regular expression a line."""

    kind: str  # type, file or shows
    text: str
    file: str = ""


@dataclass(frozen=True)
class Entry:
    """One entry's page, and the name that its address gives it: 2025-11/02-dark.html is 2025-11-02-dark."""

    page: str
    items: tuple[Chunk | Block, ...]  # as they come
    scripts: tuple[str, ...] = ()  # to download and run, by their addresses

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        return tuple(item for item in self.items if isinstance(item, Chunk))

    @property
    def name(self) -> str:
        return self.page.removesuffix(".html").replace("/", "-")


def read_book(site: Path) -> list[Entry]:
    """Every entry, in the order in which the months and their pages list them."""
    entries = []
    months = [page for page in _links(site, "index.html", "") if _MONTH.fullmatch(page)]
    for month in dict.fromkeys(months):
        for page in _links(site, month, "entries"):
            entries.append(_read_entry(page, read_page(site / page)))
    return entries


def _read_entry(page: str, top: Element) -> Entry:
    items: list[Chunk | Block] = []
    for element in top.all():
        classes = element.attributes.get("class", "").split()
        if element.tag == "figure" and "chunk" in classes:
            items.append(_read_chunk(page, element))
        elif "session" in classes and len(classes) > 1:
            items.append(Block(classes[1], element.one("code").text, element.attributes.get("data-file", "")))
    links = (link.attributes.get("href", "") for link in top.all("a") if "download" in link.attributes)
    return Entry(page, tuple(items), tuple(os.path.normpath(os.path.join(os.path.dirname(page), link)) for link in links if link.endswith(".py")))


def _links(site: Path, page: str, list_class: str) -> Iterator[str]:
    """Where the links in the text of `page` lead, or those in its lists of that class."""
    main = read_page(site / page).one("main")
    for part in main.all("ol", class_=list_class) if list_class else [main]:
        for link in part.all("a"):
            path = unquote(link.attributes["href"].partition("#")[0])
            yield os.path.normpath(os.path.join(os.path.dirname(page), path))


def _read_chunk(page: str, figure: Element) -> Chunk:
    caption = figure.one("figcaption")
    place = "".join(element.text for element in figure.all(class_="place"))
    is_exhibit = "not part of the kernel" in place
    name = chunk_name(figure)
    shown_name = name.partition(" [exhibit ")[0] if is_exhibit else name
    if f"⟨{shown_name}⟩" not in caption.text:
        raise PageError(f"{page}: the caption of ⟨{name}⟩ does not show that name")
    lines = tuple(_read_line(page, element) for element in written(figure).all(class_="l"))
    return Chunk(name, place.startswith("a file"), is_exhibit, lines)


def _read_line(page: str, element: Element) -> Shown:
    if "verb" in element.attributes["class"].split():
        return Shown("verb", (element.text,))
    if element.tag not in _MARKS:
        raise PageError(f"{page}: a line of code is a <{element.tag}>: “{element.text}”")
    return Shown(_MARKS[element.tag], tuple(_join(_parts(page, element))))


def _parts(page: str, element: Element) -> Iterator[str | Reference]:
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif "data-ref" in child.attributes:
            if not (shown := _REFERENCE.fullmatch(child.text)):
                raise PageError(f"{page}: a reference shows “{child.text}”, which is no name in ⟨⟩")
            yield Reference(shown[1])
        else:
            yield from _parts(page, child)


def _join(parts: Iterator[str | Reference]) -> list[str | Reference]:
    """Neighbouring texts as one: how a line is coloured does not matter."""
    joined: list[str | Reference] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return joined
