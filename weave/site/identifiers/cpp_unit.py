"""Reads one translation unit with libclang: which tokens name which symbol."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

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
        CursorKind.MACRO_INSTANTIATION,
    )
}
_FUNCTIONS = {kind.value for kind, name in _KINDS.items() if name == "function"}
_CLASSES = {kind.value for kind, name in _KINDS.items() if name in ("struct", "class", "union")}
_TEMPLATES = {
    CursorKind.CLASS_TEMPLATE.value,
    CursorKind.CLASS_TEMPLATE_PARTIAL_SPECIALIZATION.value,
    CursorKind.FUNCTION_TEMPLATE.value,
}
_MANGLED = {CursorKind.FUNCTION_DECL.value, CursorKind.CXX_METHOD.value, CursorKind.VAR_DECL.value}
_NAMESPACES = {CursorKind.NAMESPACE.value, CursorKind.NAMESPACE_ALIAS.value}
_MACRO = CursorKind.MACRO_DEFINITION.value
_EXPANSION = CursorKind.MACRO_INSTANTIATION.value
_OVERLOADED = CursorKind.OVERLOADED_DECL_REF.value
_VARIABLE = CursorKind.VAR_DECL.value
_UNEXPOSED = CursorKind.UNEXPOSED_DECL.value
_USING = CursorKind.USING_DECLARATION.value
_LAST_DECLARATION = CursorKind.CXX_ACCESS_SPEC_DECL.value
_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef|elif|undef)\b(.*)$", re.MULTILINE)

_TOP = "/daybook"  # the folder that libclang is told the sources are in

_Spot = tuple[str, int]  # a file and an offset in bytes


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
        return re.compile(r"\w*", re.ASCII).match(self.code, offset)[0]

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
    spot: _Spot
    words: list[tuple[int, str]]  # the offsets and names in its body, without those of its parameters


class _Unit:
    """One walk through a translation unit."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._prefix = f"{_TOP}/"
        self._sources = {f"{_TOP}/{name}": _Source(name, text) for name, text in sources.items()}
        self._locations = Locations()
        self._drafts: dict[str, Draft] = {}
        self._declared: dict[_Spot, tuple[str, str, Role]] = {}  # key, name as written, role
        self._references: list[tuple[_Spot, _Spot]] = []  # from where to which declaration
        self._macros: dict[_Spot, _MacroBody] = {}
        self._expansions: dict[_Spot, _Spot] = {}
        self._scopes: dict[str, list[cpp_lookup.Scope]] = {}  # by file
        self._local: dict[str, set[str]] = {}  # the names of what is no symbol, by file
        self._first_declarator: dict[_Spot, int] = {}  # by the start of a declaration

    def visit(self, cursor: Cursor, at_top: bool) -> bool:
        kind = cursor._kind_id
        spot = self._locations.of_cursor(cursor)
        if spot[0] not in self._sources:
            return not at_top
        if kind in _DECLARATIONS:
            self._declare(cursor, _DECLARATIONS[kind], spot)
        elif kind in _REFERENCES:
            self._refer(cursor, kind, spot)
        elif kind == _MACRO:
            self._define_macro(cursor, spot)
        elif kind == _UNEXPOSED and self._is_concept(cursor, spot):
            self._declare(cursor, "concept", spot)
        elif kind <= _LAST_DECLARATION and kind != _USING:
            self._local.setdefault(spot[0], set()).add(clang.clang_getCursorSpelling(cursor))
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
        is_linked = (
            linkage == LinkageKind.EXTERNAL.value and cursor._kind_id in _MANGLED and not scope.is_template
        )
        if scope.is_local and not (is_linked and kind in ("function", "variable")):
            self._local.setdefault(spot[0], set()).add(name)
            return
        self._note_scope(cursor, scope, name, spot)
        key = linkage_key(cursor.mangled_name) if is_linked else self._key(cursor, linkage)
        is_definition = bool(clang.clang_isCursorDefinition(cursor)) or cursor._kind_id in _NAMESPACES
        self._declared[spot] = (key, name, "definition" if is_definition else "declaration")
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
        has_members = (
            cursor._kind_id in _NAMESPACES | _CLASSES | _TEMPLATES and cursor._kind_id not in _FUNCTIONS
        )
        names = tuple([*scope.names, name] if has_members else scope.names)
        if start[0] == end[0] == spot[0]:
            self._scopes.setdefault(spot[0], []).append(cpp_lookup.Scope(start[1], end[1], names))

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

    def _define_macro(self, cursor: Cursor, spot: _Spot) -> None:
        name = clang.clang_getCursorSpelling(cursor)
        source = self._sources[spot[0]]
        end = self._locations.of(clang.clang_getCursorExtent(cursor).end)[1]
        code = source.cut(spot[1], end)
        place = source.place(spot[1])
        key = f"macro:{place.file}:{place.line}:{name}"
        above = cpp_text.comment_above(source.text_lines, place.line)
        self._drafts[key] = Draft(name, "macro", "C++", cpp_text.macro(code), cpp_text.summary(above))
        self._declared[spot] = (key, name, "definition")
        parameters = re.match(r"\w+\(([^)]*)\)", code)
        hidden = set(re.findall(r"\w+", parameters[1])) if parameters else set()
        words = cpp_text.words(source.code[spot[1] : end])
        body = [(spot[1] + offset, word) for offset, word in words if offset and word not in hidden]
        self._macros[spot] = _MacroBody(key, spot, body)

    # References

    def _refer(self, cursor: Cursor, kind: int, spot: _Spot) -> None:
        target = clang.clang_getCursorReferenced(cursor)
        if target is not None and target._kind_id == _OVERLOADED:
            # In a template, which one it is turns on the arguments: the first stands for all.
            target = clang.clang_getOverloadedDecl(target, 0)
        if target is None:
            return
        target_spot = self._locations.of_cursor(target)
        if target_spot[0] in self._sources:
            if kind == _EXPANSION:
                self._expansions.setdefault(spot, target_spot)
            self._references.append((spot, target_spot))

    # The result

    def fragment(self) -> Fragment:
        tokens: dict[_Spot, tuple[int, str, Role]] = {}
        in_bodies: dict[
            _Spot, dict[str, set[str]]
        ] = {}  # what the body of an expanded macro named, by macro and name
        for spot, (key, name, role) in self._declared.items():
            tokens[spot] = (self._sources[spot[0]].has(spot[1], name), key, role)
        for spot, target in self._references:
            if target not in self._declared:
                self._local.setdefault(spot[0], set()).add(self._sources[spot[0]].word(spot[1]))
                continue
            key, name, _ = self._declared[target]
            if length := self._sources[spot[0]].has(spot[1], name):
                tokens.setdefault(spot, (length, key, "use"))
            elif macro := self._expansions.get(spot):
                in_bodies.setdefault(macro, {}).setdefault(name, set()).add(key)
        self._look_into_bodies(tokens, in_bodies)
        self._look_at_directives(tokens)
        self._look_up_the_rest(tokens)

        result = Fragment()
        for spot, (length, key, role) in tokens.items():
            result.see(self._sources[spot[0]].place(spot[1]), length, key, role)
        seen = {sighting.key for sightings in result.sightings.values() for sighting in sightings}
        result.drafts = {key: draft for key, draft in self._drafts.items() if key in seen}
        return result

    def _look_into_bodies(
        self, tokens: dict[_Spot, tuple[int, str, Role]], in_bodies: dict[_Spot, dict[str, set[str]]]
    ) -> None:
        """Gives the words in the bodies of macros their symbols.

        libclang tells what a body names only where the macro is used. If that is the same everywhere, the
        body's own words are known, and so are those of the macros that the body uses.
        """
        by_name = {self._declared[spot][1]: macro for spot, macro in self._macros.items()}
        for spot, named in in_bodies.items():
            waiting, done = [self._macros[spot]], set()
            while waiting:
                macro = waiting.pop()
                done.add(macro.spot)
                for offset, word in macro.words:
                    if len(named.get(word, ())) == 1:
                        tokens.setdefault(
                            (macro.spot[0], offset), (len(word), next(iter(named[word])), "use")
                        )
                    if word in by_name and by_name[word].spot not in done:
                        waiting.append(by_name[word])
        for macro in self._macros.values():
            for offset, word in macro.words:
                if word in by_name:
                    tokens.setdefault((macro.spot[0], offset), (len(word), by_name[word].key, "use"))

    def _look_at_directives(self, tokens: dict[_Spot, tuple[int, str, Role]]) -> None:
        """#ifdef and its like name macros, which libclang does not tell."""
        by_name = {self._declared[spot][1]: macro for spot, macro in self._macros.items()}
        for path in self._scopes if by_name else ():
            code = self._sources[path].code
            for directive in _DIRECTIVE.finditer(code):
                for offset, word in cpp_text.words(directive[1]):
                    if word in by_name:
                        spot = (path, directive.start(1) + offset)
                        tokens.setdefault(spot, (len(word), by_name[word].key, "use"))

    def _look_up_the_rest(self, tokens: dict[_Spot, tuple[int, str, Role]]) -> None:
        names: dict[str, set[str]] = {}
        for key, draft in self._drafts.items():
            names.setdefault(draft.name, set()).add(key)
        for path, scopes in self._scopes.items():
            known = {offset for file, offset in tokens if file == path}
            local = self._local.get(path, set())
            for offset, word, key in cpp_lookup.look_up(
                self._sources[path].code, known, scopes, names, local
            ):
                tokens[path, offset] = (len(word), key, "use")


def read_unit(name: str, sources: dict[str, str], flags: list[str]) -> Fragment:
    """What the file `name` of the sources says, and what it includes. The sources need not be on a disk."""
    unit = cindex.Index.create().parse(
        f"{_TOP}/{name}",
        [*flags, f"-I{_TOP}"],
        unsaved_files=[(f"{_TOP}/{path}", text) for path, text in sources.items()],
        options=TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD,
    )
    for diagnostic in unit.diagnostics:
        if diagnostic.severity >= Diagnostic.Error:
            place = diagnostic.location
            file = place.file.name.removeprefix(f"{_TOP}/") if place.file else name
            raise IdentifierError(f"{file}:{place.line}: {diagnostic.spelling}")
    walked = _Unit(sources)
    walk(unit, walked.visit)
    return walked.fragment()
