"""What the index consists of, and the fragments that it is put together from."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Role = Literal["definition", "declaration", "use"]


class IdentifierError(Exception):
    """The source cannot be indexed; the text is "file:line: sentence"."""


class Place(NamedTuple):
    """Where a name stands. Lines and columns count from 1; a column is one character, not one byte."""

    file: str
    line: int
    column: int


class Use(NamedTuple):
    """A token that names a symbol."""

    line: int
    column: int
    length: int  # characters
    symbol: int  # index into Index.symbols
    role: Role


@dataclass
class Symbol:
    """Something that has a name, of namespace or class scope, or of a NASM or linker file."""

    name: str  # as a reader would write it: memory::choose_pool, print.next
    kind: str  # what it is where it is defined: function, class, member, macro, label, linker symbol, …
    language: str  # of its definition: C++, NASM or linker
    signature: str  # one line; of a label that C++ declares, C++'s
    summary: str  # the first sentence of its comment, or ""
    definition: Place | None  # None: nobody here defines it
    declarations: list[Place]


@dataclass
class Index:
    """All symbols, by name, and all tokens that name one, by file and in order."""

    symbols: list[Symbol]
    uses: dict[str, list[Use]]


class Draft(NamedTuple):
    """What one translation unit knows of a symbol."""

    name: str
    kind: str
    language: str
    signature: str
    summary: str


class Sighting(NamedTuple):
    """A token that names a symbol, in one translation unit."""

    line: int
    column: int
    length: int
    key: str
    role: Role


@dataclass
class Fragment:
    """What one translation unit or the linker script says. A key means the same symbol in every fragment."""

    drafts: dict[str, Draft] = field(default_factory=dict)
    sightings: dict[str, list[Sighting]] = field(default_factory=dict)

    def see(self, place: Place, length: int, key: str, role: Role) -> None:
        self.sightings.setdefault(place.file, []).append(
            Sighting(place.line, place.column, length, key, role)
        )


def linkage_key(name: str) -> str:
    """The key of what the linker knows by this name, in whatever language."""
    return f"link:{name}"
