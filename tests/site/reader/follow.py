"""Does what the chunks of an entry say: what each chunk holds once the entry is read.

A chunk without a line of words adds to the end of its chunk. Otherwise the words say what becomes of what
earlier entries wrote:

    instead of what was here, now               the one piece that there is makes way
    instead of everything that was here, now    every piece does
    instead of what ENTRY wrote, now            that entry's pieces do, where they stand
    change OLD to NEW, change OLD to nothing
    after OLD add NEW, before OLD add NEW       OLD stands in the chunk exactly once, however far indented
    from here on, this chunk is gone
    from here on, the file OLD has this name    all that OLD was is this chunk, and OLD is gone
"""

import re
from dataclasses import dataclass, field

from reader.book import PREVIOUS, Chunk, Entry, Line, Reference, Shown

_INSTEAD = re.compile(r"instead of (?:what was here|(everything) that was here|what (\S+) wrote), (?:now|nothing)")
_GONE = "from here on, this chunk is gone"
_RENAMED = re.compile(r"from here on, the file (\S+) has this name")
# The words that come second, by those that come first, and how the lines below each are marked.
_SECOND = {"change": ("to", "to nothing"), "after": ("add",), "before": ("add",)}
_MARK_BELOW = {"change": "old", "after": "plain", "before": "plain", "to": "new", "to nothing": "new", "add": "new"}


class FollowError(Exception):
    """What a page says cannot be done; the text names the page and the chunk."""


@dataclass(frozen=True)
class Piece:
    """Lines that stand together in a chunk, and the entry that they count as.

    What an edit puts there is indented like its place; `written` has the same lines as the page shows them.
    """

    entry: str
    lines: tuple[Line, ...]
    written: tuple[Line, ...]


@dataclass
class Kernel:
    """Every chunk as of an entry: its pieces in order, and which chunks are files."""

    chunks: dict[str, list[Piece]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)

    def follow(self, entry: Entry) -> None:
        """Does what every chunk of `entry` says. A FollowError where that is not clear."""
        for chunk in entry.chunks:
            self.follow_chunk(entry, chunk)

    def follow_chunk(self, entry: Entry, chunk: Chunk) -> None:
        """Does what one chunk of it says."""
        if chunk.is_exhibit:
            return
        try:
            self._follow_chunk(entry.name, chunk)
        except FollowError as error:
            raise FollowError(f"{entry.page}: ⟨{chunk.name}⟩: {error}") from None

    def _follow_chunk(self, entry: str, chunk: Chunk) -> None:
        name, lines = chunk.name, chunk.lines
        words = lines[0].words if lines and lines[0].mark == "verb" else ""
        if not words:
            code = _code(lines, "plain")
            self.chunks.setdefault(name, []).append(Piece(entry, code, code))
        elif match := _RENAMED.fullmatch(words):
            if name in self.chunks or match[1] not in self.files:
                raise FollowError(f"“{words}”, but that is no file, or there is such a chunk already")
            self.chunks[name] = self.chunks.pop(match[1])
        elif name not in self.chunks:
            raise FollowError(f"“{words}”, but there is no such chunk yet")
        elif words == _GONE:
            del self.chunks[name]
        elif match := _INSTEAD.fullmatch(words):
            first, last = _which(self.chunks[name], *match.groups())
            code, before = _code(lines[1:], "plain"), self.chunks[name][first:last]
            body = _with_previous(code, [line for piece in before for line in piece.lines])
            written = _with_previous(code, [line for piece in before for line in piece.written], indents=False)
            self.chunks[name][first:last] = [Piece(entry, body, written)]
        else:
            for edit in _edits(lines):
                _apply(self.chunks[name], *edit)
        if chunk.is_file:
            self.files.add(name)
        self.files &= self.chunks.keys()


def _code(lines: tuple[Shown, ...], mark: str) -> tuple[Line, ...]:
    for shown in lines:
        if shown.mark != mark:
            raise FollowError(f"“{shown.words}” is marked as {shown.mark}, not as {mark}")
    return tuple(shown.line for shown in lines)


def _which(pieces: list[Piece], everything: str | None, entry: str | None) -> tuple[int, int]:
    """The pieces that make way, from the first up to the one behind the last."""
    if everything:
        return 0, len(pieces)
    if not entry:
        if len(pieces) != 1:
            raise FollowError(f"“what was here” are {len(pieces)} pieces")
        return 0, 1
    whole = [i for i, piece in enumerate(pieces) if piece.entry == entry]
    found = whole or [i for i, piece in enumerate(pieces) if piece.entry.startswith(entry)]
    if not found or len({pieces[i].entry for i in found}) > 1 or found[-1] - found[0] >= len(found):
        raise FollowError(f"“what {entry} wrote” is not one stretch of the chunk")
    return found[0], found[-1] + 1


def _with_previous(body: tuple[Line, ...], before: list[Line], indents: bool = True) -> tuple[Line, ...]:
    """The body with the lines that make way, `before`, where it says ⟨what was here before⟩."""
    result: list[Line] = []
    for line in body:
        if Reference(PREVIOUS) not in line:
            result.append(line)
            continue
        pasted: list[Line] = [()]
        for part in line:
            if part == Reference(PREVIOUS):
                pad = " " * width(pasted[-1]) if indents else ""
                if not indents and is_blank(pasted[-1]):
                    pasted[-1] = ()
                first, *rest = before or [()]
                pasted[-1] = _joined(pasted[-1], first)
                pasted += [_joined((pad,), further) if further and pad else further for further in rest]
            else:
                pasted[-1] = _joined(pasted[-1], (part,))
        result += pasted if before or not is_blank(pasted[0]) else []
    return tuple(result)


def _joined(head: Line, tail: Line) -> Line:
    if head and tail and isinstance(head[-1], str) and isinstance(tail[0], str):
        return (*head[:-1], head[-1] + tail[0], *tail[1:])
    return head + tail


def width(line: Line) -> int:
    """Columns as noweb counts them: bytes, and a name with two brackets on each side."""
    return sum(len(part.encode()) if isinstance(part, str) else len(part.name.encode()) + 4 for part in line)


def is_blank(line: Line) -> bool:
    return all(isinstance(part, str) and not part.strip() for part in line)


def _edits(lines: tuple[Shown, ...]) -> list[tuple[str, tuple[Line, ...], tuple[Line, ...]]]:
    """What to look for and what to put there, with the words (change, after or before) that say where."""
    sections: list[tuple[str, list[Shown]]] = []
    for shown in lines:
        if shown.mark == "verb":
            sections.append((shown.words, []))
        else:
            sections[-1][1].append(shown)
    edits = []
    while sections:
        (words, old), (second, new) = sections.pop(0), sections.pop(0) if sections else ("", [])
        if second not in _SECOND.get(words, ()) or bool(new) == (second == "to nothing"):
            raise FollowError(f"“{words}” is not followed by what it needs")
        edits.append((words, _code(tuple(old), _MARK_BELOW[words]), _code(tuple(new), _MARK_BELOW[second])))
    return edits


def _apply(pieces: list[Piece], words: str, old: tuple[Line, ...], new: tuple[Line, ...]) -> None:
    wanted = _shifted(old, -_indent(old))
    places = [
        (number, start)
        for number, piece in enumerate(pieces)
        for start in range(len(piece.lines) - len(old) + 1)
        if _matches(piece.lines[start : start + len(old)], wanted)
    ]
    if not old or len(places) != 1:
        shown = Shown("", old[0]).words.strip() if old else ""
        raise FollowError(f"the lines to find, “{shown}” …, stand in {len(places)} places")
    number, start = places[0]
    piece, end = pieces[number], start + len(old)
    there = piece.lines[start:end]
    there_written = piece.written[start:end]
    put, written = _shifted(new, _indent(there) - _indent(old)), new
    if words == "after":
        put, written = there + put, there_written + written
    elif words == "before":
        put, written = put + there, written + there_written
    pieces[number] = Piece(
        piece.entry, piece.lines[:start] + put + piece.lines[end:], piece.written[:start] + written + piece.written[end:]
    )


def _matches(there: tuple[Line, ...], wanted: tuple[Line, ...]) -> bool:
    return _shifted(there, -_indent(there)) == wanted


def _split(line: Line) -> tuple[str, Line]:
    """The blanks that a line begins with, and what stands behind them."""
    first = line[0] if line else ""
    if not isinstance(first, str):
        return "", line
    text = first.lstrip()
    return first.removesuffix(text), (*([text] if text else []), *line[1:])


def _indent(lines: tuple[Line, ...]) -> int:
    """The indentation that all lines share that are not blank."""
    return min((len(_split(line)[0]) for line in lines if not is_blank(line)), default=0)


def _shifted(lines: tuple[Line, ...], by: int) -> tuple[Line, ...]:
    """The lines moved to the right, or to the left as far as each one goes; blank lines stay."""

    def shift(line: Line) -> Line:
        if is_blank(line):
            return line
        blanks, rest = _split(line)
        blanks = " " * by + blanks if by >= 0 else blanks[-by:]
        return _joined((blanks,), rest) if blanks else rest

    return tuple(shift(line) for line in lines)
