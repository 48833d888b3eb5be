"""Reads one translation unit with libclang: which tokens name which symbol."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from clang import cindex
from clang.cindex import Cursor, CursorKind, Diagnostic, LinkageKind, TranslationUnit

from identifiers import cpp_lookup, cpp_text
from identifiers.clang_calls import Locations, clang, walk
from identifiers.model import Draft, Fragment, IdentifierError, Place, Role, linkage_key

_KINDS = {
    CursorKind.NAMESPACE: "namespace",
    CursorKind.NAMESPACE_ALIAS: "namespace",
    CursorKind.STRUCT_DECL: "struct",
    CursorKind.CLASS_DECL: "class",
    CursorKind.UNION_DECL: "union",
    CursorKind.ENUM_DECL: "enum",
    CursorKind.ENUM_CONSTANT_DECL: "enumerator",
    CursorKind.FIELD_DECL: "member",
    CursorKind.VAR_DECL: "variable",
    CursorKind.FUNCTION_DECL: "function",
    CursorKind.CXX_METHOD: "function",
    CursorKind.CONSTRUCTOR: "function",
    CursorKind.DESTRUCTOR: "function",
    CursorKind.CONVERSION_FUNCTION: "function",
    CursorKind.FUNCTION_TEMPLATE: "function",
    CursorKind.CLASS_TEMPLATE: "class",
    CursorKind.CLASS_TEMPLATE_PARTIAL_SPECIALIZATION: "class",
    CursorKind.TYPEDEF_DECL: "type",
    CursorKind.TYPE_ALIAS_DECL: "type",
    CursorKind.TYPE_ALIAS_TEMPLATE_DECL: "type",
}
_DECLARATIONS = {kind.value: name for kind, name in _KINDS.items()}
_REFERENCES = {
    kind.value
    for kind in (
        CursorKind.TYPE_REF,
        CursorKind.TEMPLATE_REF,
        CursorKind.NAMESPACE_REF,
        CursorKind.MEMBER_REF,
        CursorKind.VARIABLE_REF,
        CursorKind.OVERLOADED_DECL_REF,
        CursorKind.DECL_REF_EXPR,
        CursorKind.MEMBER_REF_EXPR,
    )
}
_FUNCTIONS = {kind.value for kind, name in _KINDS.items() if name == "function"}
_CLASSES = {kind.value for kind, name in _KINDS.items() if name in ("struct", "class", "union")}
_TEMPLATES = {CursorKind.CLASS_TEMPLATE.value, CursorKind.CLASS_TEMPLATE_PARTIAL_SPECIALIZATION.value, CursorKind.FUNCTION_TEMPLATE.value}
_MANGLED = {CursorKind.FUNCTION_DECL.value, CursorKind.CXX_METHOD.value, CursorKind.VAR_DECL.value}
_NOT_AVAILABLE = 2  # CXAvailability_NotAvailable: `= delete`, which defines it
_NAMESPACES = {CursorKind.NAMESPACE.value, CursorKind.NAMESPACE_ALIAS.value}
_OVERLOADED = CursorKind.OVERLOADED_DECL_REF.value
_VARIABLE = CursorKind.VAR_DECL.value
_UNEXPOSED = CursorKind.UNEXPOSED_DECL.value
_USING = CursorKind.USING_DECLARATION.value
_LAST_DECLARATION = CursorKind.CXX_ACCESS_SPEC_DECL.value
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(?=(\w+))((?:[^\n\\]|\\.|\\\n)*)", re.MULTILINE)
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif|undef)\b(.*)$", re.MULTILINE)

# C++20 needs no `typename` where only a type can stand (P0634); the kernel's compiler knows that, clang only from 16 on.
_ALLOWED = "missing 'typename' prior to dependent type name"
_TOP = "/daybook"  # the folder that libclang is told the sources are in

_Spot = tuple[str, int]  # a file and an offset in bytes
_Token = tuple[int, str, Role]  # length, key, role


class _Source:
    """A file of the project."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.data = text.encode()

    @cached_property
    def text_lines(self) -> list[str]:
        return self.data.decode().split("\n")

    @cached_property
    def code(self) -> str:
        """The text with a character for each byte, so that offsets in it are those that libclang tells."""
        return self.data.decode("latin-1")

    @cached_property
    def _starts(self) -> list[int]:
        return [0] + [match.end() for match in re.finditer(rb"\n", self.data)]

    def place(self, offset: int) -> Place:
        line = bisect_right(self._starts, offset)
        return Place(self.name, line, len(self.data[self._starts[line - 1] : offset].decode()) + 1)

    def has(self, offset: int, name: str) -> int:
        """The length of the token by which `name` is written at the offset, or 0 if it is not."""
        if name.startswith("operator"):
            name = "operator"
        word = name.encode()
        behind = self.data[offset + len(word) : offset + len(word) + 1]
        whole = not (behind.isalnum() or behind == b"_")
        return len(name) if whole and self.data.startswith(word, offset) else 0

    def word(self, offset: int) -> str:
        return next(re.compile(r"\w*", re.ASCII).finditer(self.code, offset))[0]

    def cut(self, start: int, end: int) -> str:
        return self.data[start:end].decode(errors="replace")


@dataclass(frozen=True)
class _Scope:
    """What a declaration is in."""

    names: list[str]
    is_local: bool  # in a function: no symbol
    is_template: bool


@dataclass(frozen=True)
class _MacroBody:
    """A macro of the project."""

    key: str
    name: str
    spot: _Spot
    words: list[tuple[int, str]]  # the offsets and names in its body, without those of its parameters


@dataclass
class Facts:
    """What the walk through a file found. It holds wherever the same text is included."""

    declared: dict[int, tuple[str, str, Role]] = field(default_factory=dict)  # key, name as written, role
    references: list[tuple[int, _Spot]] = field(default_factory=list)  # from where to which declaration
    macros: list[_MacroBody] = field(default_factory=list)
    scopes: list[cpp_lookup.Scope] = field(default_factory=list)
    local: set[str] = field(default_factory=set)  # the names of what is no symbol
    drafts: dict[str, Draft] = field(default_factory=dict)  # by the key of what it declares


class _Unit:
    """One walk through a translation unit, which passes by the files that are `known` from another."""

    def __init__(self, sources: dict[str, str], known: dict[str, Facts]) -> None:
        self._sources = {f"{_TOP}/{name}": _Source(name, text) for name, text in sources.items()}
        self._prefix = f"{_TOP}/"
        self._locations = Locations()
        self._passed = {f"{_TOP}/{name}": facts for name, facts in known.items()}
        self._facts = dict(self._passed)
        self._drafts: dict[str, Draft] = {}
        for facts in known.values():
            self._drafts.update(facts.drafts)
        self._first_declarator: dict[_Spot, int] = {}  # by the start of a declaration

    def _of(self, path: str) -> Facts:
        if path not in self._facts:
            self._facts[path] = Facts()
            self._facts[path].macros = [*self._find_macros(path)]
        return self._facts[path]

    def visit(self, cursor: Cursor, at_top: bool) -> bool:
        kind = cursor._kind_id
        spot = self._locations.of_cursor(cursor)
        if spot[0] not in self._sources:
            return not at_top
        if spot[0] in self._passed:
            return False
        if kind in _DECLARATIONS:
            self._declare(cursor, _DECLARATIONS[kind], spot)
        elif kind in _REFERENCES:
            self._refer(cursor, spot)
        elif kind == _UNEXPOSED and self._is_concept(cursor, spot):
            self._declare(cursor, "concept", spot)
        elif kind <= _LAST_DECLARATION and kind != _USING:
            self._of(spot[0]).local.add(clang.clang_getCursorSpelling(cursor))
        return True

    # Declarations

    def _declare(self, cursor: Cursor, kind: str, spot: _Spot) -> None:
        name = clang.clang_getCursorSpelling(cursor)
        if kind == "function" and not name.startswith("operator"):
            name = name.partition("<")[0]  # the constructor of a class template
        source = self._sources[spot[0]]
        if not name or not source.has(spot[1], name):
            return
        linkage = clang.clang_getCursorLinkage(cursor)
        scope = self._scope(cursor)
        is_linked = linkage == LinkageKind.EXTERNAL.value and cursor._kind_id in _MANGLED and not scope.is_template
        if scope.is_local and not (is_linked and kind in ("function", "variable")):
            self._of(spot[0]).local.add(name)
            return
        self._note_scope(cursor, scope, name, spot)
        key = linkage_key(cursor.mangled_name) if is_linked else self._key(cursor, linkage)
        is_definition = bool(clang.clang_isCursorDefinition(cursor)) or cursor._kind_id in _NAMESPACES
        is_definition |= kind == "function" and clang.clang_getCursorAvailability(cursor) == _NOT_AVAILABLE
        self._of(spot[0]).declared[spot[1]] = (key, name, "definition" if is_definition else "declaration")
        known = self._drafts.get(key)
        if known and not (is_definition and kind != "function"):
            if not known.summary:
                self._drafts[key] = known._replace(summary=cpp_text.summary(cursor.raw_comment))
            return
        signature = self._signature(cursor, kind, name, spot)
        if kind == "variable" and ("constexpr" in signature.split() or cursor.type.is_const_qualified()):
            kind = "constant"
        if cursor._kind_id in _TEMPLATES and kind == "class" and re.search(r"\bstruct \S*$", signature):
            kind = "struct"
        summary = cpp_text.summary(cursor.raw_comment) or (known.summary if known else "")
        self._drafts[key] = Draft("::".join([*scope.names, name]), kind, "C++", signature, summary)

    def _scope(self, cursor: Cursor) -> _Scope:
        names: list[str] = []
        is_local, is_template = False, cursor._kind_id in _TEMPLATES
        parent = clang.clang_getCursorSemanticParent(cursor)
        while parent is not None and parent.kind != CursorKind.TRANSLATION_UNIT:
            kind = parent._kind_id
            is_local = is_local or kind in _FUNCTIONS
            is_template = is_template or kind in _TEMPLATES
            if (kind in _NAMESPACES or kind in _CLASSES or kind == CursorKind.CLASS_TEMPLATE.value) or (
                kind == CursorKind.ENUM_DECL.value and parent.is_scoped_enum()
            ):
                names.append(clang.clang_getCursorSpelling(parent))
            parent = clang.clang_getCursorSemanticParent(parent)
        return _Scope([name for name in reversed(names) if name and "(" not in name], is_local, is_template)

    def _note_scope(self, cursor: Cursor, scope: _Scope, name: str, spot: _Spot) -> None:
        """Names are looked up in the class or namespace around them; in a function, where it is a member."""
        extent = clang.clang_getCursorExtent(cursor)
        start, end = self._locations.of(extent.start), self._locations.of(extent.end)
        has_members = cursor._kind_id in _NAMESPACES | _CLASSES | _TEMPLATES and cursor._kind_id not in _FUNCTIONS
        names = tuple([*scope.names, name] if has_members else scope.names)
        if start[0] == end[0] == spot[0]:
            self._of(spot[0]).scopes.append(cpp_lookup.Scope(start[1], end[1], names))

    def _key(self, cursor: Cursor, linkage: int) -> str:
        """The same in every translation unit for the same thing, and another for every other thing."""
        usr = clang.clang_getCursorUSR(cursor)
        kind = cursor._kind_id
        if kind in _NAMESPACES or (linkage == LinkageKind.EXTERNAL.value and kind in _FUNCTIONS):
            return usr
        # Two files may each have their own: a static function, or a class that no header tells of.
        home = clang.clang_getCursorDefinition(cursor) or clang.clang_getCanonicalCursor(cursor)
        file = self._locations.of_cursor(home)[0].removeprefix(self._prefix)
        if linkage == LinkageKind.EXTERNAL.value and not file.endswith(".cpp"):
            return usr
        return f"{usr}@{file}"

    def _signature(self, cursor: Cursor, kind: str, name: str, spot: _Spot) -> str:
        extent = clang.clang_getCursorExtent(cursor)
        start, end = self._locations.of(extent.start), self._locations.of(extent.end)
        source = self._sources.get(start[0])
        if source is None or start[0] != end[0]:
            return name
        if kind not in ("variable", "member"):
            return cpp_text.head(source.cut(start[1], end[1]))
        # int a = 1, b = 2: the type is written before the first name.
        first = self._first_declarator.setdefault(start, spot[1])
        before = source.cut(start[1], first)
        if "{" in before:
            return f"{cursor.type.spelling} {name}"
        return cpp_text.with_value(before + source.cut(spot[1], end[1]))

    def _is_concept(self, cursor: Cursor, spot: _Spot) -> bool:
        """libclang 14 does not tell concepts from other things that it has no name for."""
        name = clang.clang_getCursorSpelling(cursor)
        source = self._sources[spot[0]]
        return bool(name) and bool(re.search(rb"\bconcept\s+$", source.data[max(0, spot[1] - 40) : spot[1]]))

    def _find_macros(self, path: str) -> Iterator[_MacroBody]:
        """libclang would tell of them only together with the thousands in the compiler's own headers."""
        source = self._sources[path]
        for definition in _DEFINE.finditer(source.code):
            name, start = definition[1], definition.start(1)
            code = source.cut(start, definition.end())
            place = source.place(start)
            key = f"macro:{place.file}:{place.line}:{name}"
            above = cpp_text.comment_above(source.text_lines, place.line)
            self._drafts[key] = Draft(name, "macro", "C++", cpp_text.macro(code), cpp_text.summary(above))
            parameters = re.match(r"\w+\(([^)]*)\)", code)
            hidden = set(re.findall(r"\w+", parameters[1])) if parameters else set()
            words = cpp_text.words(definition[2])
            body = [(start + offset, word) for offset, word in words if offset and word not in hidden]
            yield _MacroBody(key, name, (path, start), body)

    # References

    def _refer(self, cursor: Cursor, spot: _Spot) -> None:
        target = clang.clang_getCursorReferenced(cursor)
        if target is not None and target._kind_id == _OVERLOADED:
            # In a template, which one it is turns on the arguments: the first stands for all.
            target = clang.clang_getOverloadedDecl(target, 0)
        if target is None:
            return
        target_spot = self._locations.of_cursor(target)
        if target_spot[0] in self._sources:
            self._of(spot[0]).references.append((spot[1], target_spot))

    # The result

    def results(self, name: str, included: set[str]) -> dict[str, tuple[Fragment, Facts]]:
        """Of every file that was walked through. What it found in other files' macros is with the file `name`."""
        for path in self._sources:
            if path in included:
                self._of(path)  # there may be nothing in it but macros
        self._macros = {macro.name: macro for facts in self._facts.values() for macro in facts.macros}
        tokens: dict[str, dict[int, _Token]] = {}
        in_bodies: dict[str, dict[str, set[str]]] = {}  # what the body of a macro named, by macro and name
        walked = {path: facts for path, facts in self._facts.items() if path not in self._passed}
        for path, facts in walked.items():
            tokens[path] = self._own_tokens(path, facts, in_bodies)
        elsewhere = self._tokens_in_bodies(in_bodies)
        for path in walked:
            for offset, token in elsewhere.pop(path, {}).items():
                tokens[path].setdefault(offset, token)
        self._look_up_the_rest(tokens)

        found = {}
        for path, facts in walked.items():
            file = self._sources[path].name
            facts.drafts = {key: self._drafts[key] for key, _, _ in facts.declared.values()}
            facts.drafts |= {macro.key: self._drafts[macro.key] for macro in facts.macros}
            found[file] = (self._fragment({path: tokens[path]} | (elsewhere if file == name else {})), facts)
        return found

    def _fragment(self, tokens: dict[str, dict[int, _Token]]) -> Fragment:
        result = Fragment()
        for path, there in tokens.items():
            for offset, (length, key, role) in there.items():
                result.see(self._sources[path].place(offset), length, key, role)
        seen = {sighting.key for sightings in result.sightings.values() for sighting in sightings}
        result.drafts = {key: draft for key, draft in self._drafts.items() if key in seen}
        return result

    def _own_tokens(self, path: str, facts: Facts, in_bodies: dict[str, dict[str, set[str]]]) -> dict[int, _Token]:
        source = self._sources[path]
        tokens: dict[int, _Token] = {}
        for offset, (key, name, role) in facts.declared.items():
            tokens[offset] = (source.has(offset, name), key, role)
        for macro in facts.macros:
            tokens[macro.spot[1]] = (len(macro.name), macro.key, "definition")
        expansions = {offset: macro for offset, macro in self._expansions(source)}
        for offset, (file, at) in facts.references:
            declared = self._facts[file].declared.get(at) if file in self._facts else None
            if declared is None:
                facts.local.add(source.word(offset))
                continue
            key, name, _ = declared
            if length := source.has(offset, name):
                tokens.setdefault(offset, (length, key, "use"))
            elif used := expansions.get(offset):
                in_bodies.setdefault(used.name, {}).setdefault(name, set()).add(key)
        for offset, macro in expansions.items():
            tokens.setdefault(offset, (len(macro.name), macro.key, "use"))
        return tokens

    def _expansions(self, source: _Source) -> Iterator[tuple[int, _MacroBody]]:
        """Where macros are used, and where #ifdef and its like ask for them."""
        if not self._macros:
            return
        for offset, word in cpp_lookup.words_of_code(source.code):
            if macro := self._macros.get(word):
                yield offset, macro
        for directive in _DIRECTIVE.finditer(source.code):
            for offset, word in cpp_text.words(directive[1]):
                if macro := self._macros.get(word):
                    yield directive.start(1) + offset, macro

    def _tokens_in_bodies(self, in_bodies: dict[str, dict[str, set[str]]]) -> dict[str, dict[int, _Token]]:
        """The words in the bodies of macros that have a symbol, by file.

        libclang tells what a body names only where the macro is used. If that is the same everywhere, the
        body's own words are known, and so are those of the macros that the body uses.
        """
        tokens: dict[str, dict[int, _Token]] = {}
        for used, named in in_bodies.items():
            waiting, done = [self._macros[used]], set()
            while waiting:
                macro = waiting.pop()
                done.add(macro.name)
                there = tokens.setdefault(macro.spot[0], {})
                for offset, word in macro.words:
                    if len(named.get(word, ())) == 1:
                        there.setdefault(offset, (len(word), next(iter(named[word])), "use"))
                    if word in self._macros and word not in done:
                        waiting.append(self._macros[word])
        for macro in self._macros.values():
            for offset, word in macro.words:
                if word in self._macros:
                    there = tokens.setdefault(macro.spot[0], {})
                    there.setdefault(offset, (len(word), self._macros[word].key, "use"))
        return tokens

    def _look_up_the_rest(self, tokens: dict[str, dict[int, _Token]]) -> None:
        names: dict[str, set[str]] = {}
        for key, draft in self._drafts.items():
            names.setdefault(draft.name, set()).add(key)
        for path, there in tokens.items():
            facts = self._facts[path]
            if not facts.scopes:
                continue  # all of it may be of another build
            code = self._sources[path].code
            for offset, word, key in cpp_lookup.look_up(code, set(there), facts.scopes, names, facts.local):
                there[offset] = (len(word), key, "use")


_folder = TemporaryDirectory(prefix="daybook-headers-")


@cache
def _with_headers(headers: tuple[str, ...], flags: tuple[str, ...]) -> list[str]:
    """The flags for a unit, and one more if the compiler's own headers could be read before, once for all units."""
    file = Path(_folder.name) / f"{abs(hash((headers, flags)))}.pch"
    text = "".join(f"#include <{header}>\n" for header in headers)
    as_header = ["c++-header" if flag == "c++" else flag for flag in flags]
    name = f"{_TOP}/of the compiler.hpp"
    options = TranslationUnit.PARSE_INCOMPLETE
    unit = cindex.Index.create().parse(name, as_header, unsaved_files=[(name, text)], options=options)
    if not headers or any(diagnostic.severity >= Diagnostic.Error for diagnostic in unit.diagnostics):
        return [*flags]
    unit.save(file)
    return [*flags, "-include-pch", str(file)]


def read_unit(
    name: str, sources: dict[str, str], headers: tuple[str, ...], flags: list[str], known: dict[str, Facts]
) -> dict[str, tuple[Fragment, Facts]]:
    """What the file `name` and those that it includes say, but for those that are `known`.

    The `sources` are these files, by name, and need not be on a disk. `headers` are those of the compiler's that the day uses.
    """
    is_proof = name.startswith("proof/") or name.endswith("_test.cpp")  # as tools/building/trees.py has it
    unit = cindex.Index.create().parse(
        f"{_TOP}/{name}",
        [*_with_headers(headers, tuple(flags)), *(["-iquote", f"{_TOP}/proof"] if is_proof else []), f"-I{_TOP}"],
        unsaved_files=[(f"{_TOP}/{path}", text) for path, text in sources.items()],
    )
    for diagnostic in unit.diagnostics:
        if diagnostic.severity >= Diagnostic.Error and not diagnostic.spelling.startswith(_ALLOWED):
            place = diagnostic.location
            file = place.file.name.removeprefix(f"{_TOP}/") if place.file else name
            raise IdentifierError(f"{file}:{place.line}: {diagnostic.spelling}")
    walked = _Unit(sources, known)
    walk(unit, walked.visit)
    included = {f"{_TOP}/{name}", *(inclusion.include.name for inclusion in unit.get_includes())}
    return walked.results(name, included)
