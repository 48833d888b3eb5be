"""Puts the fragments of a day's files together."""

from collections.abc import Container
from pathlib import Path

from identifiers import cpp, linker, nasm
from identifiers.model import Draft, Fragment, Index, Place, Role, Symbol, Use

_LINKER_SCRIPT = "linker.ld"


class _Merged:
    """A symbol that is being put together."""

    def __init__(self) -> None:
        self.draft: Draft | None = None
        self.defined = False
        self.summary = ""
        self.cpp_signature = ""
        self.places: dict[Role, list[Place]] = {"definition": [], "declaration": [], "use": []}

    def add(self, draft: Draft, defines: bool) -> None:
        """What the fragment that defines the symbol says counts, else what the first one says."""
        if self.draft is None or (defines and not self.defined):
            self.draft = draft
            self.summary = draft.summary or self.summary
            self.defined = defines
        self.summary = self.summary or draft.summary
        if draft.language == "C++":
            self.cpp_signature = self.cpp_signature or draft.signature

    def symbol(self) -> Symbol:
        assert self.draft  # it has been added
        name, kind, language, signature, _ = self.draft
        if kind == "label" and self.cpp_signature:
            signature = self.cpp_signature
        definitions = self.places["definition"]
        return Symbol(
            name,
            kind,
            language,
            signature,
            self.summary,
            definitions[0] if definitions else None,
            sorted(definitions[1:] + self.places["declaration"]),
        )


def index(files: dict[str, str], cache: Path | None = None, wanted: Container[str] | None = None) -> Index:
    """The index of one day's files, from their names (as the journal's roots have them) to their plain texts.

    `cache` is a folder for what was found in each C++ file, shared by any number of days and processes.
    `wanted` are the files whose tokens are asked for, if not all.
    Raises IdentifierError if the C++ is not sound.
    """
    fragments = cpp.fragments(files, cache) + nasm.fragments(files)
    if _LINKER_SCRIPT in files:
        linked = {key.partition(":")[2] for part in fragments for key in part.drafts if key.startswith("link:")}
        fragments.append(linker.read_linker_script(_LINKER_SCRIPT, files[_LINKER_SCRIPT], linked))
    return _merge(fragments, wanted)


def _merge(fragments: list[Fragment], wanted: Container[str] | None) -> Index:
    """A token that several fragments saw means what the first one says."""
    symbols: dict[str, _Merged] = {}
    tokens: dict[str, dict[tuple[int, int], tuple[int, str, Role]]] = {}
    for fragment in fragments:
        defines = {s.key for seen in fragment.sightings.values() for s in seen if s.role == "definition"}
        for key, draft in fragment.drafts.items():
            symbols.setdefault(key, _Merged()).add(draft, key in defines)
        for file, sightings in fragment.sightings.items():
            known = tokens.setdefault(file, {})
            for line, column, length, key, role in sightings:
                known.setdefault((line, column), (length, key, role))
    for file, known in sorted(tokens.items()):
        for (line, column), (_, key, role) in sorted(known.items()):
            if role != "use":
                symbols[key].places[role].append(Place(file, line, column))
    finished = {key: merged.symbol() for key, merged in symbols.items()}
    order = sorted(finished, key=lambda key: (finished[key].name, finished[key].definition or Place("", 0, 0), key))
    number = {key: position for position, key in enumerate(order)}
    return Index(
        [finished[key] for key in order],
        {
            file: [Use(line, column, length, number[key], role) for (line, column), (length, key, role) in sorted(known.items())]
            for file, known in sorted(tokens.items())
            if wanted is None or file in wanted
        },
    )
