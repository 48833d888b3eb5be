"""The NASM of a day: labels, constants and macros, and which of them each word names.

A translation unit is an .asm with all that it includes. What it makes global is the linker's; everything
else is its own.
"""

import functools
import re
from typing import NamedTuple

from identifiers.model import Draft, Fragment, Place, Role, linkage_key
from identifiers.nasm_text import Line, Token, parse, summary
from identifiers.text import one_line, shorten

_SINGLE_LINE = {"%define", "%idefine", "%xdefine", "%ixdefine", "%assign", "%iassign", "%defstr", "%deftok"}
_MULTI_LINE = {"%macro", "%imacro", "%rmacro", "%irmacro"}
# Their operands are no names of ours.
_OPAQUE = {"section", "segment", "bits", "default", "cpu", "use16", "use32", "use64", "%include", "%pragma", "%use"}
_MACRO_NAMES = {"%undef", "%ifdef", "%ifndef", "%elifdef", "%elifndef", "%ifmacro", "%ifnmacro", "%unmacro"}
_ANY_NUMBER = 1 << 30


class _Here(NamedTuple):
    """A line and where it stands."""

    file: str
    number: int  # from 0
    line: Line


class _Macro(NamedTuple):
    key: str
    ignores_case: bool
    fewest: int  # parameters; of a single-line macro, -1
    most: int


def fragments(files: dict[str, str]) -> list[Fragment]:
    """What each .asm says, and each .inc that none of them includes; nobody may change it."""
    parsed = {name: parse(text) for name, text in files.items() if name.endswith((".asm", ".inc"))}
    units = sorted(name for name in parsed if name.endswith(".asm"))
    found, seen = [], set()
    for unit in [*units, *sorted(set(parsed) - set(units))]:
        if unit not in seen:
            read = {here.file for here in _flatten(unit, parsed, ())}
            seen |= read
            found.append(_read(unit, tuple((file, files[file]) for file in sorted(read))))
    return found


@functools.cache
def _read(unit: str, texts: tuple[tuple[str, str], ...]) -> Fragment:
    """What a unit says, given the texts of all files that it consists of."""
    parsed = {file: parse(text) for file, text in texts}
    lines = {file: text.split("\n") for file, text in texts}
    return _Unit(_flatten(unit, parsed, ()), parsed, lines).read()


def _flatten(name: str, parsed: dict[str, list[Line]], around: tuple[str, ...]) -> list[_Here]:
    """The lines of a file, each include followed by the lines of what it includes."""
    result = []
    for number, line in enumerate(parsed[name]):
        result.append(_Here(name, number, line))
        if line.verb == "%include" and line.operands:
            named = line.operands[0].text.strip("\"'`")
            included = next((each for each in (named, f"proof/{named}") if each in parsed), named)
            if included in parsed and included not in (*around, name):
                result += _flatten(included, parsed, (*around, name))
    return result


class _Unit:
    """Two passes over a translation unit's lines: what is defined, then what is named."""

    def __init__(self, lines: list[_Here], parsed: dict[str, list[Line]], texts: dict[str, list[str]]) -> None:
        self._lines = lines
        self._parsed = parsed
        self._texts = texts
        self._global = {name for here in lines if here.line.verb == "global" for _, name in _names(here.line.operands)}
        self._labels: dict[str, str] = {}  # keys by full name
        self._label_at: dict[tuple[str, int], tuple[str, str]] = {}  # key and full name of a line's label
        self._macros: dict[str, list[_Macro]] = {}  # those that are in force; the last of a kind counts
        self._fragment = Fragment()

    def read(self) -> Fragment:
        self._find_labels()
        self._find_names()
        return self._fragment

    # The first pass

    def _find_labels(self) -> None:
        base, in_macro, in_structure = "", False, False
        for here in self._lines:
            line = here.line
            if line.verb in _MULTI_LINE:
                in_macro = True
            elif line.verb == "%endmacro":
                in_macro = False
            elif in_macro:
                continue
            elif line.verb == "extern":
                for token, name in _names(line.operands):
                    self._labels[name] = linkage_key(name)
                    self._draft(linkage_key(name), Draft(name, "label", "NASM", "label", ""))
            elif line.verb == "struc" and line.operands:
                base, in_structure = line.operands[0].text, True
                self._define(here, base, "struct", f"struc {base}")
            elif line.verb == "endstruc":
                in_structure = False
            elif line.label and line.label.kind == "word" and not line.label.text.startswith(".."):
                name = line.label.text.removeprefix("$")
                is_local = name.startswith(".")
                full = base + name if is_local else name
                text = self._text(here, line.label.end).lstrip(": ")
                if line.verb == "equ":
                    self._define(here, full, "constant", shorten(text))
                    continue
                self._define(here, full, *(("member", shorten(text)) if in_structure else ("label", "label")))
                base = base if is_local else name

    def _define(self, here: _Here, name: str, kind: str, signature: str) -> None:
        key = linkage_key(name) if name in self._global else f"nasm:{here.file}:{name}"
        self._labels[name] = key
        self._label_at[here.file, here.number] = (key, name)
        about = summary(self._parsed[here.file], here.number)
        self._fragment.drafts[key] = Draft(name, kind, "NASM", signature, about)

    def _draft(self, key: str, draft: Draft) -> None:
        self._fragment.drafts.setdefault(key, draft)

    def _text(self, here: _Here, start: int) -> str:
        """The rest of a line without its comment, as one line."""
        raw = self._texts[here.file][here.number]
        return one_line(raw[start : len(raw) - len(here.line.comment)])

    # The second pass

    def _find_names(self) -> None:
        base, in_macro = "", False
        for here in self._lines:
            line = here.line
            at = self._label_at.get((here.file, here.number))
            if at and line.verb == "struc":
                self._see(here, line.operands[0], at[0], "definition")
                base = at[1]
                continue
            if at and line.label:
                self._see(here, line.label, at[0], "definition")
                if line.verb != "equ" and not line.label.text.startswith("."):
                    base = at[1]
            if line.verb in _MULTI_LINE:
                in_macro = True
                self._define_multi_line(here)
            elif line.verb == "%endmacro":
                in_macro = False
            elif line.verb in _SINGLE_LINE:
                self._define_single_line(here, base, in_macro)
            elif line.verb in _MACRO_NAMES:
                self._name_macros(here)
            elif line.verb in ("global", "extern", "common", "static"):
                for token, name in _names(line.operands):
                    if name in self._labels:
                        self._see(here, token, self._labels[name], "declaration")
            elif line.verb not in _OPAQUE:
                if line.operation:
                    self._call(here, line.operation)
                self._resolve(here, line.operands, base, in_macro, set())

    def _define_multi_line(self, here: _Here) -> None:
        if not (here.line.operation and here.line.operands):
            return
        token = here.line.operands[0]
        fewest, most = _parameters(self._text(here, token.end))
        self._define_macro(here, token, fewest, most, f"{here.line.operation.text} {self._text(here, token.start)}")

    def _define_single_line(self, here: _Here, base: str, in_macro: bool) -> None:
        if not (here.line.operation and here.line.operands):
            return
        token, *body = here.line.operands
        hidden: set[str] = set()
        if body and body[0].text == "(" and body[0].start == token.end:
            close = next((i for i, part in enumerate(body) if part.text == ")"), len(body) - 1)
            hidden, body = {part.text for part in body[:close]}, body[close + 1 :]
        self._resolve(here, body, base, in_macro, hidden)
        self._define_macro(here, token, -1, -1, f"{here.line.operation.text} {self._text(here, token.start)}")

    def _define_macro(self, here: _Here, token: Token, fewest: int, most: int, signature: str) -> None:
        ignores_case = here.line.verb.lstrip("%")[0] == "i" or here.line.verb == "%irmacro"
        known = [m for m in self._macros.get(token.text.lower(), []) if (m.fewest, m.most) == (fewest, most)]
        same = next((m for m in known if self._fragment.drafts[m.key].name == token.text), None)
        if same and fewest < 0:
            self._see(here, token, same.key, "declaration")  # %assign counts on
            return
        key = f"nasm:{here.file}:{here.number}:{token.text}"
        about = summary(self._parsed[here.file], here.number)
        self._draft(key, Draft(token.text, "macro", "NASM", shorten(signature), about))
        self._macros.setdefault(token.text.lower(), []).append(_Macro(key, ignores_case, fewest, most))
        self._see(here, token, key, "definition")

    def _name_macros(self, here: _Here) -> None:
        for token in here.line.operands:
            if token.kind == "word" and (found := self._macro(token.text, None)):
                self._see(here, token, found, "use")
        if here.line.verb in ("%undef", "%unmacro") and here.line.operands:
            self._macros.pop(here.line.operands[0].text.lower(), None)

    def _macro(self, name: str, arguments: int | None) -> str | None:
        """The key of the macro in force: a single-line one, or the multi-line one for so many arguments."""
        for macro in reversed(self._macros.get(name.lower(), [])):
            fits = macro.fewest < 0 or arguments is None or macro.fewest <= arguments <= macro.most
            if fits and (macro.ignores_case or self._fragment.drafts[macro.key].name == name):
                return macro.key
        return None

    def _call(self, here: _Here, operation: Token) -> None:
        """The operation may be a macro."""
        if operation.kind == "word" and (found := self._macro(operation.text, _arguments(here.line.operands))):
            self._see(here, operation, found, "use")

    def _resolve(self, here: _Here, tokens: list[Token], base: str, in_macro: bool, hidden: set[str]) -> None:
        for token in tokens:
            if token.kind != "word" or token.text in hidden:
                continue
            key = self._single_line_macro(token.text)
            name = token.text.removeprefix("$")
            if not key and not name.startswith("."):
                key = self._labels.get(name)
            elif not key and not in_macro and not name.startswith(".."):
                key = self._labels.get(base + name)
            if key:
                self._see(here, token, key, "use")

    def _single_line_macro(self, name: str) -> str | None:
        key = self._macro(name, -1)
        return key if key and any(m.key == key and m.fewest < 0 for m in self._macros[name.lower()]) else None

    def _see(self, here: _Here, token: Token, key: str, role: Role) -> None:
        shift = len(token.text) - len(token.text.removeprefix("$"))
        place = Place(here.file, here.number + 1, token.start + shift + 1)
        self._fragment.see(place, len(token.text) - shift, key, role)


def _names(operands: list[Token]) -> list[tuple[Token, str]]:
    """The names that global or extern lists; what follows a name's colon is about it."""
    result, is_name = [], True
    for token in operands:
        if token.text == ",":
            is_name = True
        elif is_name and token.kind == "word":
            result.append((token, token.text.removeprefix("$")))
            is_name = False
    return result


def _parameters(text: str) -> tuple[int, int]:
    """How many parameters a macro takes, at least and at most: "1", "1-2", "1-*", "2+", "1.nolist"."""
    count = re.match(r"\s*(\d+)(?:-(\d+|\*))?(\+)?", text)
    if not count:
        return 0, 0
    most = count[2] or count[1]
    return int(count[1]), _ANY_NUMBER if most == "*" or count[3] else int(most)


def _arguments(operands: list[Token]) -> int:
    """How many arguments a macro gets: those in braces count as one."""
    depth, count = 0, 1 if operands else 0
    for token in operands:
        depth += (token.text == "{") - (token.text == "}")
        count += token.text == "," and depth == 0
    return count
