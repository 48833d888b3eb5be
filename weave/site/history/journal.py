"""The chunks of the journal over all entries, as amend's history has them (weave/amend/history_json.hpp)."""

import re
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"@<<|@>>|<<(.*?)>>")


@dataclass(frozen=True)
class Part:
    """A part of a line of code: text, or a use of another chunk.

    A text's `at` is the number of uses before it in its line; that of a use is the column where noweb sees it.
    """

    text: str
    is_use: bool
    at: int


@dataclass(frozen=True, eq=False)
class Line:
    """A line of code, known by its identity: two lines of the same text are still two."""

    piece: int  # counts from 1 over all entries, as Lua does
    number: int  # in the piece, from 1
    text: str
    parts: list[Part]
    blanks: str  # that the line begins with in the journal; amended lines can be indented otherwise

    def as_written(self, part: Part) -> str:
        """The text of one of its parts as it stands in the journal."""
        return self.blanks + part.text.lstrip(" \t") if part is self.parts[0] else part.text


@dataclass(frozen=True)
class Version:
    """A chunk's lines from an entry on."""

    entry: int
    lines: list[Line]
    deleted: bool


@dataclass(frozen=True)
class Edit:
    """Lines that a piece's verb took away, for the page that quotes them."""

    piece: int
    at: int  # the line of the verb in the piece
    old: list[Line]


class Journal:
    """All chunks over all entries, which count from 0."""

    def __init__(self, history: dict[str, Any]) -> None:
        lines = [
            Line(piece + 1, number, text, _parts(text), blanks) for piece, number, text, blanks in history["lines"]
        ]

        def these(numbers: list[int] | None) -> list[Line]:
            return [lines[number] for number in numbers or ()]

        self.entries: list[str] = history["entries"]
        self.pieces: list[list[Any]] = history["definitions"]
        self.files: dict[str, list[Any]] = history["files"]  # by path: language, whether it has line directives
        self.chunks: dict[str, list[Version]] = {}
        for name, entry, numbers in history["versions"]:
            self.chunks.setdefault(name, []).append(Version(entry, these(numbers), numbers is None))
        self.edits = [Edit(piece + 1, at, these(old)) for piece, at, old in history["edits"]]
        self._superseded = {name: [Version(0, these(old), False)] for name, old in history["superseded"].items()}

    def entry_of(self, line: Line) -> int:
        return self.pieces[line.piece - 1][0]

    def version(self, chunk: str, entry: int) -> Version | None:
        """The chunk as of `entry`; None before its first."""
        found = None
        for version in self.chunks.get(chunk, self._superseded.get(chunk, [])):
            if version.entry > entry:
                break
            found = version
        return found


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
