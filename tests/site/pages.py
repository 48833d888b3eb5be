"""Reads published pages with Python's own HTML parser, as somebody would who has only the site."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Iterator

from noweb_files import CLOSE, OPEN

VOID = {"base", "meta", "link", "img", "br", "hr", "input", "col"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def all(self, tag: str = "", **wanted: str) -> Iterator[Element]:
        """The elements below this one, in order; `class_` asks for one class among several."""
        class_ = wanted.pop("class_", None)
        for child in self.children:
            if isinstance(child, str):
                continue
            attributes = child.attributes
            if (
                tag in ("", child.tag)
                and all(attributes.get(key) == value for key, value in wanted.items())
                and (class_ is None or class_ in attributes.get("class", "").split())
            ):
                yield child
            yield from child.all(tag, **wanted, **({"class_": class_} if class_ else {}))

    def one(self, tag: str = "", **wanted: str) -> Element:
        found = list(self.all(tag, **wanted))
        assert len(found) == 1, f"{len(found)} of <{tag} {wanted}>"
        return found[0]

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    @property
    def noweb(self) -> str:
        """The text as it stands in the journal: references and verbs by the names they bear there."""
        if "data-ref" in self.attributes:
            return OPEN + self.attributes["data-ref"] + CLOSE
        return "".join(c if isinstance(c, str) else c.noweb for c in self.children)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        opened = self.open.pop().tag
        assert opened == tag, f"<{opened}> is closed by </{tag}> at line {self.getpos()[0]}"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse_page(text: str) -> Element:
    """The page as a tree; fails where tags do not nest."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    assert builder.open == [builder.root], f"<{builder.open[-1].tag}> is never closed"
    return builder.root


def read_page(file: Path) -> Element:
    return parse_page(file.read_text())


def chunk_name(figure: Element) -> str:
    """What the journal calls the chunk that a figure shows: its caption says so, but for exhibits."""
    if (name := figure.attributes.get("data-chunk")) is not None:
        return name
    shown = figure.one("a", class_="name").text
    assert shown[:1] == "⟨" and shown[-1:] == "⟩", shown
    return shown[1:-1]


def written(figure: Element) -> Element:
    """The code of a chunk as it stands in the journal. What comes of a change is shown before it."""
    return list(figure.all("pre"))[-1]
