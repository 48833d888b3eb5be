"""All that the weave must know about the code beyond noweb's tokens, as one Lua table.

Entries, pieces (over all entries) and symbols count from 1 here, as Lua does. A *place* is {piece, line}, a line of the
journal's code; a *slice* {text, piece, line, slot} is a part of a tangled line: text behind the first `slot` uses of that
line, or an indent, which has no place.

    files    {[path] = {born, gone, versions = {entry…}, rows = {{born, gone or false, {slice…}}…}}}
    counts   {{[path] = lines}…}: the files of each entry
    numbers  {[piece] = {[line] = {path, number, times}}}: where the lines of code are in their day's files
    pieces   {{chunk, exhibit or false, before, verb, roles, {piece…}}…}: see weave/amend/history_json.hpp
    entry_of {entry…}: of each piece
    languages {[path] = language or false}
    chunks   {[name] = {{entry, deleted, {{sign, text, piece, line}…}}…}}: every version of a chunk, as the last one's
             lines that went ("-"), came ("+") or stayed (" ")
    old      {[piece] = {[line of a verb] = {place…}}}: the lines that the verb took away
    symbols  {{name, kind, language, signature, summary, piece, line, slot, column}…}
    follow   {[entry] = {packages, second, build, image, machine, qemu, command, blocks}}: what a follower types; see follow.py
    uses     {[piece] = {[line] = {{slot, column, length, symbol}…}}}: the names in the lines of code; the column
             counts bytes from the first that is not blank
"""

from difflib import SequenceMatcher
from typing import Any

from identifiers import Index

from .expand import Segment
from .follow import follow
from .journal import Journal, Line, Version
from .listing import File


def model(journal: Journal, files: dict[str, File], indexes: list[Index]) -> dict[str, Any]:
    """The table for `journal`, whose entries have these indexes of identifiers."""
    symbols = _Symbols(journal, files)
    for entry, index in enumerate(indexes):
        symbols.add_uses(entry, index)
    return {
        "files": {path: _file(file) for path, file in files.items()},
        "counts": [_counts(files, entry) for entry in range(len(journal.entries))],
        "numbers": _numbers(journal, files),
        "pieces": [
            [chunk, exhibit or False, before, verb, roles, [other + 1 for other in amends]]
            for _, chunk, exhibit, before, verb, roles, amends in journal.pieces
        ],
        "entry_of": [piece[0] + 1 for piece in journal.pieces],
        "languages": {path: language or False for path, (language, _) in journal.files.items()},
        "chunks": {name: _versions(versions) for name, versions in journal.chunks.items()},
        "old": _old(journal),
        "follow": _follow(journal, files),
        "symbols": symbols.table,
        "uses": {
            piece: {line: [names[at] for at in sorted(names)] for line, names in lines.items()}
            for piece, lines in symbols.found.items()
        },
    }


def _place(line: Line) -> list[int]:
    return [line.piece, line.number]


def _slice(segment: Segment) -> list[Any]:
    return [segment.text, *(_place(segment.line) + [segment.slot] if segment.line else [])]


def _file(file: File) -> dict[str, Any]:
    return {
        "born": min(file.versions) + 1,
        "gone": file.gone + 1 if file.gone is not None else None,
        "versions": [entry + 1 for entry in sorted(file.versions)],
        "rows": [
            [row.born + 1, False if row.gone is None else row.gone + 1, [_slice(each) for each in row.segments]]
            for row in file.rows
        ],
    }


def _counts(files: dict[str, File], entry: int) -> dict[str, int]:
    there = {path: file.at(entry) for path, file in files.items()}
    return {path: len(tangled.rows) for path, tangled in there.items() if tangled}


def _follow(journal: Journal, files: dict[str, File]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for number, name in enumerate(journal.entries):
        there = {path: file.at(number) for path, file in files.items()}
        if typed := follow(name, {path: tangled.text for path, tangled in there.items() if tangled}):
            found[number + 1] = typed
    return found


def _numbers(journal: Journal, files: dict[str, File]) -> dict[int, dict[int, list[Any]]]:
    found: dict[int, dict[int, list[Any]]] = {}
    for path, file in files.items():
        for entry, tangled in file.versions.items():
            for at, row in enumerate(tangled.rows if tangled else [], start=1):
                own = {(line.piece, line.number) for line in (each.line for each in row) if line and journal.entry_of(line) == entry}
                for piece, number in own:
                    found.setdefault(piece, {}).setdefault(number, [path, at, 0])[2] += 1
    return found


def _versions(versions: list[Version]) -> list[list[Any]]:
    out: list[list[Any]] = []
    before: list[Line] = []
    for version in versions:
        rows: list[list[Any]] = []
        matcher = SequenceMatcher(None, before, version.lines, autojunk=False)
        for _, a, b, c, d in matcher.get_opcodes():
            same = before[a:b] == version.lines[c:d]
            pairs = [(" ", version.lines[c:d])] if same else [("-", before[a:b]), ("+", version.lines[c:d])]
            rows += [[sign, line.text, *_place(line)] for sign, lines in pairs for line in lines]
        out.append([version.entry + 1, version.deleted, rows])
        before = version.lines
    return out


def _old(journal: Journal) -> dict[int, dict[int, list[list[int]]]]:
    out: dict[int, dict[int, list[list[int]]]] = {}
    for edit in journal.edits:
        out.setdefault(edit.piece, {})[edit.at] = [_place(line) for line in edit.old]
    return out


class _Symbols:
    """The symbols of all days, each once for each form that it had, and their uses."""

    def __init__(self, journal: Journal, files: dict[str, File]) -> None:
        self._journal, self._files = journal, files
        self._known: dict[tuple[Any, ...], int] = {}
        self.table: list[list[Any]] = []
        self.found: dict[int, dict[int, dict[tuple[int, int], list[int]]]] = {}  # by piece, line, slot and column

    def add_uses(self, entry: int, index: Index) -> None:
        """Finds the names in the lines that this entry wrote."""
        for path, uses in index.uses.items():
            for use in uses:
                at = self._origin(path, entry, use.line, use.column)
                if at and self._journal.entry_of(at[0]) == entry:
                    line, slot, column = at
                    symbol = self._symbol(entry, index, use.symbol)
                    if symbol:
                        names = self.found.setdefault(line.piece, {}).setdefault(line.number, {})
                        names[slot, column] = [slot, column, use.length, symbol]

    def _origin(self, path: str, entry: int, line: int, column: int) -> tuple[Line, int, int] | None:
        """Line, slot and column of what stands at `line` and `column` (characters, from 1) of a file."""
        tangled = self._files[path].at(entry)
        start = 1
        for segment in tangled.rows[line - 1] if tangled else []:
            end = start + len(segment.text)
            if start <= column < end and segment.line:
                before = segment.text[: column - start].lstrip()
                return segment.line, segment.slot, len(before.encode())
            start = end
        return None

    def _symbol(self, entry: int, index: Index, at: int) -> int | None:
        symbol = index.symbols[at]
        named = symbol.definition or next(iter(symbol.declarations), None)
        place = named and self._origin(named.file, entry, named.line, named.column)
        if not place:
            return None
        line, slot, column = place
        fields = [symbol.name, symbol.kind, symbol.language, symbol.signature, symbol.summary, *_place(line), slot, column]
        if tuple(fields) not in self._known:
            self.table.append(fields)
            self._known[tuple(fields)] = len(self.table)
        return self._known[tuple(fields)]
