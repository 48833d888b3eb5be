"""Every file over all entries as one listing, each row with the entry that brought it and the one that took it away."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from .expand import Segment, Tangled, tangle
from .journal import Journal, Version


@dataclass
class Row:
    """A line of a file, there from entry `born` on and until `gone`, which is none while it is there."""

    segments: list[Segment]
    born: int
    gone: int | None = None


@dataclass
class File:
    """A file over all entries."""

    rows: list[Row]
    versions: dict[int, Tangled | None]  # by the entry that changed it; None where it went

    @property
    def gone(self) -> int | None:
        """The entry that took the file away; None if it is there."""
        last = max(self.versions)
        return last if self.versions[last] is None else None

    def at(self, entry: int) -> Tangled | None:
        """The file as of `entry`; None while it is not there."""
        entries = [k for k in self.versions if k <= entry]
        return self.versions[max(entries)] if entries else None


def list_files(journal: Journal) -> dict[str, File]:
    """All files that there ever were, by path."""
    changed: dict[int, set[str]] = {}
    for name, versions in journal.chunks.items():
        for each in versions:
            changed.setdefault(each.entry, set()).add(name)
    files: dict[str, File] = {}
    for entry in range(len(journal.entries)):
        for root in sorted(journal.files):
            version = journal.version(root, entry)
            if not version or version.deleted and version.entry < entry:
                continue
            latest = files[root].at(entry) if root in files else None
            if not latest or latest.chunks & changed.get(entry, set()):
                _follow(files, journal, root, version, entry)
    return files


def _follow(files: dict[str, File], journal: Journal, root: str, version: Version, entry: int) -> None:
    file = files.setdefault(root, File([], {}))
    tangled = None if version.deleted else tangle(journal, root, entry)
    file.versions[entry] = tangled
    _merge(file, tangled.rows if tangled else [], entry)


def _key(row: list[Segment]) -> Any:
    return tuple((segment.text, id(segment.line), segment.slot) for segment in row)


def _merge(file: File, new: list[list[Segment]], entry: int) -> None:
    alive = [row for row in file.rows if row.gone is None]
    matcher = SequenceMatcher(None, [_key(row.segments) for row in alive], [_key(row) for row in new], autojunk=False)
    added: dict[int | None, list[Row]] = {}  # by the identity of the row that they stand behind
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        for row in alive[a:b]:
            row.gone = entry
        behind = id(alive[b - 1]) if b > 0 else None
        added.setdefault(behind, []).extend(Row(row, entry) for row in new[c:d])
    rows = added.get(None, [])
    for row in file.rows:
        rows.append(row)
        rows.extend(added.get(id(row), []))
    file.rows = rows
