"""The small mistakes that can be made in a C++ file: found in its syntax, as libclang sees it, not in its letters."""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from clang.cindex import Cursor, CursorKind as Kind, Diagnostic, Index, TokenKind, TypeKind

from directives import code
from machine.tangled import tangled_file

OTHERS = {
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="],
    "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"], "<<": [">>"], ">>": ["<<"], "&": ["|"], "|": ["&"], "^": ["&"],
    "&&": ["||"], "||": ["&&"],
    "+=": ["-="], "-=": ["+="], "*=": ["/="], "/=": ["*="], "|=": ["&="], "&=": ["|="], "^=": ["|="], "<<=": [">>="], ">>=": ["<<="],
    "++": ["--"], "--": ["++"],
}  # fmt: skip
RELATIONS = {"<", "<=", ">", ">=", "==", "!="}
FUNCTIONS = {Kind.FUNCTION_DECL, Kind.CXX_METHOD, Kind.CONSTRUCTOR, Kind.DESTRUCTOR, Kind.FUNCTION_TEMPLATE}
VARIABLES = {Kind.VAR_DECL, Kind.FIELD_DECL}
NAMED = FUNCTIONS | {Kind.VAR_DECL, Kind.FIELD_DECL, Kind.ENUM_CONSTANT_DECL, Kind.STRUCT_DECL, Kind.CLASS_DECL, Kind.CLASS_TEMPLATE}


@dataclass(frozen=True)
class Mutant:
    """In `file`, the bytes [start, end) become `new`. At run time it can be chosen for the whole of `around`: an
    expression, or a statement with its semicolon; None if the compiler has to know it."""

    file: str
    function: str
    old_line: str
    new_line: str
    number: int  # of several that read the same, from 1
    start: int
    end: int
    new: str
    around: tuple[int, int] | None
    is_statement: bool
    may_be_constant: bool  # what the compiler makes of it cannot be chosen at run time, either

    @property
    def name(self) -> tuple[str, str, str, str, int]:
        return self.file, self.function, self.old_line, self.new_line, self.number

    def applied(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]

    def journal(self, tree: Path) -> str:
        """FILE:LINE of the journal, of the first of its bytes."""
        return tangled_file(tree / self.file).source(read(tree / self.file).count("\n", 0, self.start) + 1)


def read(path: Path) -> str:
    """The bytes as letters, one for each, so that libclang's offsets are theirs."""
    return path.read_bytes().decode("latin-1")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("latin-1"))


def one_line(text: str) -> str:
    """Without line directives and comments, and each white space as one blank."""
    text = text.encode("latin-1").decode()
    return " ".join(word for _, line in code(text) for word in re.sub(r"//.*$", "", line).split())


def integer(spelling: str, change: int) -> str:
    number = int(spelling.replace("'", ""), 0) + change
    return hex(number) if spelling.startswith(("0x", "0X")) else str(number)


class Finder:
    """Finds the mutants of one file."""

    def __init__(self, tree: Path, file: str, options: list[str]) -> None:
        self.file, self.path = file, str(tree / file)
        self.text = read(tree / file)
        unit = Index.create().parse(self.path, args=["-x", "c++", "-std=c++20", *found_in(tree), *options])
        wrong = [each for each in unit.diagnostics if each.severity >= Diagnostic.Error]
        if wrong:
            raise ValueError(f"{self.path} does not compile: {wrong[0].spelling}")
        self.tokens = [t for t in unit.get_tokens(extent=unit.cursor.extent) if t.kind != TokenKind.COMMENT]
        self.starts = [token.extent.start.offset for token in self.tokens]
        self.found: list[Mutant] = []
        self.names: Counter[tuple[str, str, str]] = Counter()
        for child in self.children(unit.cursor):
            if self.is_of_the_kernel(child):
                self.visit(child, [])

    def is_of_the_kernel(self, declaration: Cursor) -> bool:
        """The kernel's own code is in namespaces. What is not has to do with its tests, which run in the kernel."""
        return declaration.kind == Kind.NAMESPACE or declaration.semantic_parent.kind == Kind.NAMESPACE

    def children(self, cursor: Cursor) -> list[Cursor]:
        """Those that are written in this file."""
        found = [c for c in cursor.get_children() if c.extent.start.file and c.extent.start.file.name == self.path]
        declared = [self.span(c) for c in found if c.kind == Kind.VAR_DECL]  # `if (T* p = …)` has p as an expression, too
        return [c for c in found if not any(s < c.extent.start.offset < e and c.kind != Kind.VAR_DECL for s, e in declared)]

    def span(self, cursor: Cursor) -> tuple[int, int]:
        return cursor.extent.start.offset, cursor.extent.end.offset

    def tokens_in(self, start: int, end: int) -> list:
        return self.tokens[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def spelling(self, cursor: Cursor) -> str:
        return self.text[slice(*self.span(cursor))]

    def add(self, ways: list[Cursor], start: int, end: int, new: str, around: tuple[int, int], is_statement: bool = False) -> None:
        constant, may_be_constant = False, False
        for parent, child in zip(ways, [*ways[1:], None]):
            if parent.kind in FUNCTIONS:
                may_be_constant = "constexpr" in [t.spelling for t in self.tokens_in(parent.extent.start.offset, start)[:3]]
            if parent.kind in VARIABLES:
                constant = constant or self.is_constant(parent, child or parent)
            constant = constant or parent.kind in (Kind.ENUM_CONSTANT_DECL, Kind.ENUM_DECL)
        function = self.whole_name([p for p in ways if p.kind in FUNCTIONS or not any(w.kind in FUNCTIONS for w in ways) and p.kind in NAMED][-1])
        line_start = self.text.rfind("\n", 0, start) + 1
        line_end = self.text.find("\n", max(end, start + 1) - 1)
        old = one_line(self.text[line_start:line_end])
        changed = one_line(self.text[line_start:start] + new + self.text[end:line_end])
        self.names[function, old, changed] += 1
        number = self.names[function, old, changed]
        self.found.append(Mutant(self.file, function, old, changed, number, start, end, new,
                                 None if constant else around, is_statement, may_be_constant))  # fmt: skip

    def whole_name(self, declaration: Cursor) -> str:
        """Of the function, or else of the innermost thing, with its classes; without namespaces."""
        names: list[str] = []
        while declaration is not None and declaration.kind not in (Kind.NAMESPACE, Kind.TRANSLATION_UNIT, Kind.LINKAGE_SPEC):
            if declaration.spelling:
                names.insert(0, re.sub(r"<.*", "", declaration.spelling))
            declaration = declaration.semantic_parent
        return "::".join(names)

    def is_constant(self, variable: Cursor, part: Cursor) -> bool:
        """Whether this part of a declaration must be known to the compiler: all of a constant, a size, a width."""
        if "constexpr" in [t.spelling for t in self.tokens_in(*self.span(variable))[:3]]:
            return True
        before = self.text[: part.extent.start.offset].rstrip()
        return before.endswith(("[", ":")) and part.kind not in (Kind.VAR_DECL, Kind.FIELD_DECL)

    def visit(self, cursor: Cursor, ways: list[Cursor]) -> None:
        kind = cursor.kind
        if kind == Kind.STATIC_ASSERT or (kind in FUNCTIONS and cursor.result_type.spelling.endswith("verdict")):
            return  # an assertion, and a test that runs in the kernel, are no code of the kernel's
        ways = [*ways, cursor]
        children = self.children(cursor)
        if kind in (Kind.BINARY_OPERATOR, Kind.COMPOUND_ASSIGNMENT_OPERATOR) and len(children) == 2:
            self.operator(ways, children)
        elif kind == Kind.UNARY_OPERATOR:
            self.unary(ways, children)
        elif kind == Kind.INTEGER_LITERAL:
            start, end = self.span(cursor)
            for change in (-1, 1) if integer(self.text[start:end], 0) not in ("0", "0x0") else (1,):
                self.add(ways, start, end, integer(self.text[start:end], change), (start, end))
        elif kind == Kind.CXX_BOOL_LITERAL_EXPR:
            self.add(ways, *self.span(cursor), "false" if self.spelling(cursor) == "true" else "true", self.span(cursor))
        elif kind == Kind.DECL_REF_EXPR and any(w.kind == Kind.RETURN_STMT for w in ways):
            self.enumerator(ways)
        elif kind == Kind.RETURN_STMT and children:
            function = [w for w in ways if w.kind in FUNCTIONS][-1]
            if function.result_type.kind == TypeKind.BOOL:
                self.negation(ways, children[0])
        elif kind == Kind.COMPOUND_STMT:
            self.statements(ways, children)
        if kind in (Kind.IF_STMT, Kind.WHILE_STMT, Kind.FOR_STMT, Kind.CONDITIONAL_OPERATOR):
            children = self.conditions(ways, children)
        for child in children:
            self.visit(child, ways)

    def operator(self, ways: list[Cursor], operands: list[Cursor]) -> None:
        left, right = operands
        token = self.tokens_in(left.extent.end.offset, right.extent.start.offset)[0]
        if token.spelling == "-" and all(o.type.get_canonical().kind == TypeKind.POINTER for o in operands):
            return  # pointers have no sum
        start = token.extent.start.offset
        for other in OTHERS.get(token.spelling, []):
            self.add(ways, start, start + len(token.spelling), other, self.span(ways[-1]))

    def unary(self, ways: list[Cursor], operands: list[Cursor]) -> None:
        (start, end), (inner_start, inner_end) = self.span(ways[-1]), self.span(operands[0])
        symbol, at = (self.text[start:inner_start], start) if inner_start > start else (self.text[inner_end:end], inner_end)
        if symbol.strip() in ("!", "~", "-"):
            self.add(ways, start, inner_start, "", (start, end))
        for other in OTHERS.get(symbol, []) if len(symbol) == 2 else []:
            self.add(ways, at, at + 2, other, (start, end))

    def enumerator(self, ways: list[Cursor]) -> None:
        """The next one of its kind, or the first."""
        named = ways[-1].referenced
        if named is None or named.kind != Kind.ENUM_CONSTANT_DECL:
            return
        all_of_them = [c.spelling for c in named.semantic_parent.get_children() if c.kind == Kind.ENUM_CONSTANT_DECL]
        other = all_of_them[(all_of_them.index(named.spelling) + 1) % len(all_of_them)]
        start, end = self.span(ways[-1])
        self.add(ways, end - len(named.spelling), end, other, (start, end))

    def negation(self, ways: list[Cursor], condition: Cursor) -> None:
        while condition.kind == Kind.UNEXPOSED_EXPR and len(self.children(condition)) == 1:
            condition = self.children(condition)[0]
        if condition.kind == Kind.CXX_BOOL_LITERAL_EXPR or not condition.kind.is_expression():
            return
        if condition.kind == Kind.UNARY_OPERATOR and self.spelling(condition).startswith("!"):
            return
        if condition.kind == Kind.BINARY_OPERATOR:
            left, right = self.children(condition)
            if self.tokens_in(left.extent.end.offset, right.extent.start.offset)[0].spelling in RELATIONS:
                return  # its opposite is another mutant already
        span = self.span(condition)
        self.add([*ways, condition], *span, f"!({self.text[slice(*span)]})", span)

    def conditions(self, ways: list[Cursor], children: list[Cursor]) -> list[Cursor]:
        """Negates the condition, deletes a loop's step and a lone statement. Returns what there is to look into."""
        cursor = ways[-1]
        if cursor.kind == Kind.CONDITIONAL_OPERATOR:
            self.negation(ways, children[0])
            return children
        start, end = self.span(cursor)
        header = self.tokens_in(start, end)
        depth, semicolons, closing = 0, [], start
        for token in header:
            depth += (token.spelling in "([{") - (token.spelling in ")]}")
            if token.spelling == ";" and depth == 1:
                semicolons.append(token.extent.start.offset)
            if depth == 0 and token.spelling == ")":
                closing = token.extent.start.offset
                break
        is_constant = cursor.kind == Kind.IF_STMT and header[1].spelling == "constexpr"
        if cursor.kind == Kind.FOR_STMT:
            tested = [c for c in children if semicolons[0] < c.extent.start.offset < semicolons[1]]
            step = [c for c in children if semicolons[1] < c.extent.start.offset < closing]
            for each in step:
                if self.spelling(each):
                    self.add([*ways, each], *self.span(each), "(void)0", self.span(each), is_statement=False)
        else:
            tested = [c for c in children if c.extent.start.offset < closing][-1:]
        for each in tested if not is_constant else []:
            self.negation(ways, each)
        bodies = [c for c in children if c.extent.start.offset > closing]
        self.statements(ways, bodies)
        return [c for c in children if not (is_constant and c in tested)]

    def statements(self, ways: list[Cursor], children: list[Cursor]) -> None:
        for each in children:
            if not each.kind.is_expression():
                continue
            start, end = self.span(each)
            (semicolon, *_) = self.tokens_in(end, len(self.text))
            if semicolon.spelling == ";":
                end = semicolon.extent.end.offset
                self.add([*ways, each], start, end, ";", (start, end), is_statement=True)


def found_in(tree: Path) -> list[str]:
    """The compiler's options for headers in a tree: the second kernel's first."""
    return [f"-I{tree}/proof", f"-I{tree}"]


def mutants(tree: Path, file: str, options: list[str] = []) -> list[Mutant]:
    """In the order of the text."""
    return sorted(Finder(tree, file, options).found, key=lambda each: (each.start, each.end, each.new))
