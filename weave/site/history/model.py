"""All that the weave must know about the code beyond noweb's tokens, as one Lua table.

Entries and symbols count from 1 here, as Lua does. A *place* is {entry, line}, a line of the journal; a *slice*
{text, entry, line, slot} is a part of a tangled line: text behind the first `slot` uses of that line of the journal,
or an indent, which has no place.

    files    {[path] = {born, gone, versions = {entry…}, rows = {{born, gone or false, {slice…}}…}}}
    counts   {{[path] = lines}…}: the files of each entry
    numbers  {{[line] = {path, number, times}}…}: for each entry where its lines of code are in its day's files
    chunks   {[name] = {{entry, deleted, {{sign, text, entry, line}…}}…}}: every version of a chunk, as the last one's
             lines that went ("-"), came ("+") or stayed (" ")
    old      {{[line of a verb] = {place…}}…}: for each entry the lines that the verb took away
    symbols  {{name, kind, language, signature, summary, entry, line, slot, column}…}
    uses     {{[line] = {{slot, column, length, symbol}…}}…}: for each entry the names in its lines of code; the column
             counts bytes from the first that is not blank
"""

from difflib import SequenceMatcher
from typing import Any

from identifiers import Index

from .expand import Segment
from .fold import Journal, Line
from .listing import File


def model(journal: Journal, files: dict[str, File], indexes: list[Index]) -> dict[str, Any]:
    """The table for `journal`, whose entries have these indexes of identifiers."""
    number = {file: index for index, file in enumerate(journal.files)}
    symbols = _Symbols(number, files)
    uses = [symbols.uses(entry, index) for entry, index in enumerate(indexes)]
    return {
        "files": {path: _file(file, number) for path, file in files.items()},
        "counts": [_counts(files, entry) for entry in range(len(journal.entries))],
        "numbers": _numbers(journal, files, number),
        "chunks": {name: _versions(journal, name, number) for name in journal.chunks},
        "old": _old(journal, number),
        "symbols": symbols.table,
        "uses": uses,
    }


def _place(line: Line, number: dict[str, int]) -> list[int]:
    return [number[line.file] + 1, line.number]


def _slice(segment: Segment, number: dict[str, int]) -> list[Any]:
    return [segment.text, *(_place(segment.line, number) + [segment.slot] if segment.line else [])]


def _file(file: File, number: dict[str, int]) -> dict[str, Any]:
    return {
        "born": min(file.versions) + 1,
        "gone": file.gone + 1 if file.gone is not None else None,
        "versions": [entry + 1 for entry in sorted(file.versions)],
        "rows": [
            [row.born + 1, False if row.gone is None else row.gone + 1, [_slice(each, number) for each in row.segments]]
            for row in file.rows
        ],
    }


def _counts(files: dict[str, File], entry: int) -> dict[str, int]:
    there = {path: file.at(entry) for path, file in files.items()}
    return {path: len(tangled.rows) for path, tangled in there.items() if tangled}


def _numbers(journal: Journal, files: dict[str, File], number: dict[str, int]) -> list[dict[int, list[Any]]]:
    found: list[dict[int, list[Any]]] = [{} for _ in journal.entries]
    for path, file in files.items():
        for entry, tangled in file.versions.items():
            for at, row in enumerate(tangled.rows if tangled else [], start=1):
                own = {segment.line.number for segment in row if segment.line and number[segment.line.file] == entry}
                for line in own:
                    found[entry].setdefault(line, [path, at, 0])[2] += 1
    return found


def _versions(journal: Journal, name: str, number: dict[str, int]) -> list[list[Any]]:
    out: list[list[Any]] = []
    before: list[Line] = []
    for version in journal.chunks[name]:
        rows: list[list[Any]] = []
        matcher = SequenceMatcher(None, before, version.lines, autojunk=False)
        for _, a, b, c, d in matcher.get_opcodes():
            same = before[a:b] == version.lines[c:d]
            pairs = [(" ", version.lines[c:d])] if same else [("-", before[a:b]), ("+", version.lines[c:d])]
            rows += [[sign, line.text, *_place(line, number)] for sign, lines in pairs for line in lines]
        out.append([version.entry + 1, version.deleted, rows])
        before = version.lines
    return out


def _old(journal: Journal, number: dict[str, int]) -> list[dict[int, list[list[int]]]]:
    out: list[dict[int, list[list[int]]]] = [{} for _ in journal.entries]
    for edit in journal.edits:
        out[edit.entry][edit.at] = [_place(line, number) for line in edit.old]
    return out


class _Symbols:
    """The symbols of all days, each once for each form that it had."""

    def __init__(self, number: dict[str, int], files: dict[str, File]) -> None:
        self._number, self._files = number, files
        self._known: dict[tuple[Any, ...], int] = {}
        self.table: list[list[Any]] = []

    def uses(self, entry: int, index: Index) -> dict[int, list[list[int]]]:
        """The names in the lines that this entry wrote."""
        found: dict[int, dict[tuple[int, int], list[int]]] = {}
        for path, uses in index.uses.items():
            for use in uses:
                at = self._origin(path, entry, use.line, use.column)
                if at and at[0] == entry:
                    _, line, slot, column = at
                    symbol = self._symbol(entry, index, use.symbol)
                    if symbol:
                        found.setdefault(line, {})[slot, column] = [slot, column, use.length, symbol]
        return {line: [names[at] for at in sorted(names)] for line, names in found.items()}

    def _origin(self, path: str, entry: int, line: int, column: int) -> tuple[int, int, int, int] | None:
        """Entry, line, slot and column of what stands at `line` and `column` (characters, from 1) of a file."""
        tangled = self._files[path].at(entry)
        start = 1
        for segment in tangled.rows[line - 1] if tangled else []:
            end = start + len(segment.text)
            if start <= column < end and segment.line:
                before = segment.text[: column - start].lstrip()
                return self._number[segment.line.file], segment.line.number, segment.slot, len(before.encode())
            start = end
        return None

    def _symbol(self, entry: int, index: Index, at: int) -> int | None:
        symbol = index.symbols[at]
        named = symbol.definition or next(iter(symbol.declarations), None)
        place = named and self._origin(named.file, entry, named.line, named.column)
        if not place:
            return None
        key = (symbol.name, symbol.kind, symbol.language, symbol.signature, symbol.summary, *place)
        if key not in self._known:
            self.table.append([*key[:5], place[0] + 1, *place[1:]])
            self._known[key] = len(self.table)
        return self._known[key]
