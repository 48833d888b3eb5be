"""Folds amend's list of events into the lines of every chunk as of every entry."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TOKEN = re.compile(r"@<<|@>>|<<(.*?)>>")
PREVIOUS = "[previous]"


@dataclass(frozen=True)
class Part:
    """A part of a line of code: text, or a use of another chunk.

    A text's `at` is the number of uses before it in its line; that of a use is the column where noweb sees it.
    """

    text: str
    is_use: bool
    at: int


@dataclass(eq=False)
class Line:
    """A line of code, known by its identity: two lines of the same text are still two."""

    text: str
    file: str
    number: int
    parts: list[Part]
    previous: "list[Line]"  # what a [previous] in the middle of this line stands for
    blanks: str  # that the line begins with in the journal; amended lines can be indented otherwise

    def as_written(self, part: Part) -> str:
        """The text of one of its parts as it stands in the journal."""
        return self.blanks + part.text.lstrip(" \t") if part is self.parts[0] else part.text


@dataclass
class Version:
    """A chunk's lines from an entry on."""

    entry: int
    lines: list[Line]
    deleted: bool = False


@dataclass
class Edit:
    """Lines that an entry's verb took away, for the page that quotes them."""

    entry: int
    at: int  # the line of the verb in the entry
    old: list[Line]


class Journal:
    """All chunks over all entries, which count from 0."""

    def __init__(self, events: dict[str, Any]) -> None:
        """`events`: amend's list; the entries' files that it names are read as well."""
        self.entries: list[str] = [entry["name"] for entry in events["entries"]]
        self.files: list[str] = [entry["file"] for entry in events["entries"]]
        self._sources = {file: Path(file).read_text().split("\n") for file in self.files}
        self.chunks: dict[str, list[Version]] = {}
        self.edits: list[Edit] = []
        number = {name: index for index, name in enumerate(self.entries)}
        for event in events["events"]:
            self._apply(number[event["entry"]], event)

    def version(self, chunk: str, entry: int) -> Version | None:
        """The chunk as of `entry`; None before its first."""
        found = None
        for version in self.chunks.get(chunk, []):
            if version.entry > entry:
                break
            found = version
        return found

    def _apply(self, entry: int, event: dict[str, Any]) -> None:
        versions = self.chunks.setdefault(event["chunk"], [])
        before = versions[-1].lines if versions else []
        position, count = event["position"], len(event["old"])
        old = before[position : position + count]
        assert [line.text for line in old] == [line["text"] for line in event["old"]]
        new = [self._line(line, old) for line in event["new"]]
        # A line that was there before and comes back by [previous] is the same line, indented or not.
        known = {(line.file, line.number, line.text): line for line in old}
        new = [known.get((line.file, line.number, line.text), line) for line in new]
        lines = before[:position] + new + before[position + count :]
        if old:
            self.edits.append(Edit(entry, event["line"], old))
        if versions and versions[-1].entry == entry:
            versions[-1].lines = lines
        else:
            versions.append(Version(entry, lines))
        versions[-1].deleted = event["verb"] == "delete"

    def _line(self, line: dict[str, Any], previous: list[Line]) -> Line:
        source = self._sources[line["file"]][line["line"] - 1]
        blanks = source[: len(source) - len(source.lstrip(" \t"))]
        return Line(line["text"], line["file"], line["line"], _parts(line["text"]), previous, blanks)


def _parts(line: str) -> list[Part]:
    parts: list[Part] = []
    before, uses, at = "", 0, 0
    for match in [*_TOKEN.finditer(line), None]:
        text = line[at : match.start() if match else None]
        if match:
            at = match.end()
            if match[0][0] == "@":
                text += match[0][1:]
        if text:
            parts.append(Part(text, False, uses))
            before += text
        if match and match[0][0] != "@":
            parts.append(Part(match[1], True, len(before.expandtabs().encode())))
            before += match[0]
            uses += 1
    return _joined(parts)


def _joined(parts: list[Part]) -> list[Part]:
    """Neighbouring texts as one."""
    out: list[Part] = []
    for part in parts:
        if out and not part.is_use and not out[-1].is_use:
            out[-1] = Part(out[-1].text + part.text, False, part.at)
        else:
            out.append(part)
    return out
