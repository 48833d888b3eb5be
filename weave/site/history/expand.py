"""Expands a file's chunks as `make tangle` does, and remembers which line of the journal each part came from.

noweb indents what a reference stands for by the column that the reference has in its own line, except in languages
with line directives: there a chunk's lines stand as they are written in the journal. Line directives themselves, and
the line breaks that they need around a reference inside a line, are left out.
"""

from dataclasses import dataclass, field

from .journal import Journal, Line, Part


@dataclass(frozen=True)
class Segment:
    """A part of a tangled line: `text` stands behind the first `slot` uses of `line`, or is an indent (no line)."""

    text: str
    line: Line | None
    slot: int


@dataclass
class Tangled:
    """A file as of an entry."""

    rows: list[list[Segment]]
    chunks: set[str] = field(default_factory=set)  # all that it is made of

    @property
    def text(self) -> str:
        return "".join("".join(segment.text for segment in row) + "\n" for row in self.rows)


def tangle(journal: Journal, root: str, entry: int) -> Tangled:
    """The file `root` as of `entry`."""
    maker = _Maker(journal, entry, indents=not journal.files[root][1])
    maker.chunk(root, 0)
    return Tangled(maker.rows, maker.chunks)


class _Maker:
    def __init__(self, journal: Journal, entry: int, indents: bool) -> None:
        self.journal, self.entry, self.indents = journal, entry, indents
        self.rows: list[list[Segment]] = [[]]
        self.chunks: set[str] = set()

    def chunk(self, name: str, indent: int) -> None:
        self.chunks.add(name)
        version = self.journal.version(name, self.entry)
        self._lines(version.lines if version else [], indent)

    def _lines(self, lines: list[Line], indent: int) -> None:
        for number, line in enumerate(lines):
            if number > 0:
                self.rows.append([])
            if not line.parts:  # nothing to write, but the row has its place in the journal
                self.rows[-1].append(Segment("", line, 0))
            for part in line.parts:
                if part.is_use:
                    self._use(part, line, indent)
                else:
                    self._put(part.text if self.indents else line.as_written(part), line, part.at, indent)

    def _use(self, part: Part, line: Line, indent: int) -> None:
        row = self.rows[-1]
        if self.indents:
            indent += part.at
            self._put("", line, 0, indent - part.at)
        elif all(segment.text.isspace() for segment in row):
            row.clear()
        self.chunk(part.text, indent)
        row = self.rows[-1]
        if not any(segment.line for segment in row):  # an empty chunk; the row still has its place in the journal
            row.append(Segment("", line, 0))

    def _put(self, text: str, line: Line, slot: int, indent: int) -> None:
        row = self.rows[-1]
        if indent and not row:
            row.append(Segment(" " * indent, None, 0))
        if text:
            row.append(Segment(text, line, slot))
