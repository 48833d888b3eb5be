"""The index of identifiers: a name leads to what its scope makes it, in C++, NASM and the linker script."""

import re
import subprocess
from pathlib import Path

import pytest
from clang import cindex
from clang.cindex import CursorKind

from identifiers import IdentifierError, Index, Symbol, index
from identifiers.cpp_text import summary as cpp_summary
from woven import JOURNAL, TOP

NOWEB = Path("/usr/lib/noweb")
Files = dict[str, str]
NOTHING = Symbol("", "", "", "", "", None, [])


def symbol_at(found: Index, files: Files, file: str, context: str) -> Symbol:
    """What the word between « and » names; the rest of `context` says where it stands."""
    before, word, after = re.split("[«»]", context)
    offset = files[file].index(before + word + after) + len(before)
    line = files[file].count("\n", 0, offset) + 1
    column = offset - files[file].rfind("\n", 0, offset)
    for use in found.uses.get(file, []):
        if (use.line, use.column) == (line, column):
            assert use.length == len(word)
            return found.symbols[use.symbol]
    return NOTHING


def named(found: Index, name: str) -> list[Symbol]:
    return [symbol for symbol in found.symbols if symbol.name == name]


def the(found: Index, name: str) -> Symbol:
    symbols = named(found, name)
    assert len(symbols) == 1, symbols
    return symbols[0]


def entry_files(entry: Path, folder: Path) -> Files:
    """The kernel's source as of an entry, without line directives."""
    entries = [file for file in sorted(JOURNAL.glob("*.nw")) if file.name <= entry.name]
    stream = subprocess.run([NOWEB / "markup", "-t", *entries], capture_output=True, check=True).stdout
    amend: list[str | Path] = [TOP / "build/amend", "--at", entry.stem]
    roots_file = folder / "roots"
    subprocess.run([*amend, "--roots", roots_file], input=stream, stdout=subprocess.DEVNULL, check=True)
    plain = subprocess.run(amend, input=stream, capture_output=True, check=True).stdout  # unmarked for directives
    roots = roots_file.read_text().split()
    tree = folder / "tree"
    for root in roots:
        (tree / root).parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([NOWEB / "mnt", *roots], cwd=tree, input=plain, check=True)
    return {root: (tree / root).read_text() for root in roots}


@pytest.fixture(scope="module")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return entry_files(sorted(JOURNAL.glob("*.nw"))[-1], tmp_path_factory.mktemp("newest"))


@pytest.fixture(scope="module")
def newest_index(newest: Files) -> Index:
    return index(newest, None)


# C++

TWO_SCOPES = {
    "a/pool.hpp": """\
#pragma once
namespace a {
/// The first. Not the other.
int size();
struct pool { int size; };
}
""",
    "b/pool.cpp": """\
#include "a/pool.hpp"
namespace b {
static int size() { return 1; }
int sum(a::pool* from) { return size() + a::size() + from->size; }
}
""",
    "c/pool.cpp": """\
namespace b {
static int size() { return 2; }
int twice() { return 2 * size(); }
}
""",
}


def test_a_name_in_two_scopes_and_two_files() -> None:
    found = index(TWO_SCOPES)
    at = [symbol_at(found, TWO_SCOPES, "b/pool.cpp", text) for text in ("return «size»()", "a::«size»()", "->«size»;")]
    assert [(symbol.name, symbol.kind) for symbol in at] == [("b::size", "function"), ("a::size", "function"), ("a::pool::size", "member")]
    other = symbol_at(found, TWO_SCOPES, "c/pool.cpp", "2 * «size»()")
    assert at[0].definition == ("b/pool.cpp", 3, 12)
    assert other.name == "b::size" and other.definition == ("c/pool.cpp", 2, 12)
    assert at[1].summary == "The first." and at[1].definition is None and at[1].declarations == [("a/pool.hpp", 4, 5)]
    assert symbol_at(found, TWO_SCOPES, "b/pool.cpp", "«a»::size").kind == "namespace"
    assert symbol_at(found, TWO_SCOPES, "b/pool.cpp", "a::«pool»*").kind == "struct"


def test_overloads_are_told_apart() -> None:
    files = {
        "x.cpp": """\
void write(int);
void write(const char*);
void f() { write(1); write("a"); }
void write(const char* text) {}
"""
    }
    found = index(files)
    assert symbol_at(found, files, "x.cpp", "«write»(1)").declarations == [("x.cpp", 1, 6)]
    text = symbol_at(found, files, "x.cpp", '«write»("a")')
    assert text.definition == ("x.cpp", 4, 6) and text.declarations == [("x.cpp", 2, 6)]
    assert len(named(found, "write")) == 2


def test_a_member_through_a_pointer_and_out_of_its_class() -> None:
    files = {
        "port.hpp": """\
#pragma once
class port {
public:
    void drain() const;
    int base_;
};
""",
        "port.cpp": """\
#include "port.hpp"
void port::drain() const { (void)base_; }
void f(port* p) { p->drain(); }
""",
    }
    found = index(files)
    drain = symbol_at(found, files, "port.cpp", "p->«drain»")
    assert (drain.name, drain.signature) == ("port::drain", "void drain() const")
    assert drain.definition == ("port.cpp", 2, 12) and drain.declarations == [("port.hpp", 4, 10)]
    assert symbol_at(found, files, "port.cpp", "(void)«base_»").name == "port::base_"


def test_locals_are_not_linked() -> None:
    files = {
        "x.cpp": """\
int value;
struct pair { int one, two; };
int f(int value) { struct { int one; } mine{1}; return value + mine.one; }
int g(pair p)
{
    auto [one, value] = p;
    int third = one;
    auto h = [third](int two) { return third + two; };
    return h(1) + value;
}
int k() { { int value = 1; (void)value; } return value; }
"""
    }
    found = index(files)
    for text in ("f(int «value»)", "return «value» +", "mine.«one»", "«value»] = p", "h(1) + «value»", "third = «one»"):
        assert symbol_at(found, files, "x.cpp", text) is NOTHING, text
    for text in ("«h»(1)", "[«third»](", "(void)«value»"):
        assert symbol_at(found, files, "x.cpp", text) is NOTHING, text
    assert symbol_at(found, files, "x.cpp", "} return «value»").name == "value"


def test_macros_and_what_their_bodies_name() -> None:
    files = {
        "t.hpp": """\
#pragma once
namespace k { struct test { int (*run)(); }; }
/// Enters a test.
#define TEST(name) static int name(); k::test name##_entry{name}; static int name()
#define LIMIT 4
#ifdef LIMIT
#endif
""",
        "t.cpp": """\
#include "t.hpp"
TEST(holds) { return LIMIT; }
int other() { return holds(); }
""",
    }
    found = index(files)
    macro = symbol_at(found, files, "t.cpp", "«TEST»(")
    assert (macro.kind, macro.signature, macro.summary) == ("macro", "#define TEST(name)", "Enters a test.")
    assert symbol_at(found, files, "t.cpp", "return «LIMIT»").signature == "#define LIMIT 4"
    assert symbol_at(found, files, "t.hpp", "#ifdef «LIMIT»").name == "LIMIT"
    assert symbol_at(found, files, "t.cpp", "return «holds»").definition == ("t.cpp", 2, 6)
    assert symbol_at(found, files, "t.hpp", "k::«test» name").name == "k::test"
    assert symbol_at(found, files, "t.hpp", "static int «name»(); k") is NOTHING


def test_templates_enumerators_and_what_libclang_does_not_enter() -> None:
    files = {
        "x.cpp": """\
namespace n {
constexpr int size = 8;
enum class fault { none, some };
struct alignas(size) line { int first; };
template <typename T> struct pool { T first; T take() { return first; } };
}
n::pool<n::line> lines;
int f() noexcept(n::size > 1) { return lines.take().first; }
n::fault g() { return n::fault::some; }
n::line h() { return {.first = 1}; }
"""
    }
    found = index(files)
    expected = {
        "alignas(«size»)": "n::size",
        "noexcept(n::«size»": "n::size",
        "n::«pool»<": "n::pool",
        "lines.«take»": "n::pool::take",
        "take().«first»": "n::line::first",
        "return «first»": "n::pool::first",
        "fault::«some»": "n::fault::some",
        "{.«first» =": "n::line::first",
    }
    assert {text: symbol_at(found, files, "x.cpp", text).name for text in expected} == expected


@pytest.mark.parametrize(
    ("declaration", "kind", "signature"),
    [
        ("[[nodiscard]] static int «f»(int a,\n      int b) { return a + b; }", "function", "static int f(int a, int b)"),
        ("constexpr unsigned a = 8, «b» = 16;", "constant", "constexpr unsigned b = 16"),
        ("struct x { int one, «two»; };", "member", "int two"),
        ("struct x { int one; «x»(int a) : one(a) {} };", "function", "x(int a)"),
        ("using «word» = unsigned long;", "type", "using word = unsigned long"),
        ("enum class «code» : unsigned char { one = 1 };", "enum", "enum class code : unsigned char"),
        ("enum class code : unsigned char { «one» = 1 };", "enumerator", "one = 1"),
        ("template <typename T> concept «small» = sizeof(T) < 8;", "concept", "template <typename T> concept small"),
        ("static const char* const «names»[] = {" + '"a name", ' * 20 + "};", "variable", "static const char* const names[]"),
    ],
)
def test_kinds_and_signatures(declaration: str, kind: str, signature: str) -> None:
    files = {"x.cpp": re.sub("[«»]", "", declaration) + "\n"}
    symbol = symbol_at(index(files), files, "x.cpp", declaration)
    assert symbol.kind == kind and symbol.signature.startswith(signature)
    assert kind == "concept" or symbol.signature == signature


def test_columns_are_characters() -> None:
    files = {"x.cpp": 'const char* a = "…"; int b; int c = b;\n'}
    assert symbol_at(index(files), files, "x.cpp", "= «b»;").definition == ("x.cpp", 1, 26)


def test_what_a_using_declaration_brings() -> None:
    files = {
        "a.hpp": "namespace a { enum class kind { one }; struct box { int size; }; }\n",
        "a.cpp": """\
#include "a.hpp"
using a::kind, a::box;
static int size_of(kind what, const box& it)
{
    return what == kind::one ? it.size : 0;
}
""",
    }
    found = index(files)
    assert symbol_at(found, files, "a.cpp", "size_of(«kind» what") == the(found, "a::kind")
    assert symbol_at(found, files, "a.cpp", "const «box»&") == the(found, "a::box")
    assert symbol_at(found, files, "a.cpp", "kind::«one»") == the(found, "a::kind::one")


def test_what_only_another_build_has() -> None:
    """Whoever reads the page reads both sides of a condition."""
    files = {
        "a.hpp": "#ifdef CAREFUL\nint both();\n#else\ninline int both() { return 1; }\n#endif\n",
        "a.cpp": '#include "a.hpp"\n#ifdef CAREFUL\nint both() { return 2; }\nint twice() { return 2 * both(); }\n#endif\n',
        "b.cpp": '#include "a.hpp"\nint user() { return both(); }\n',
    }
    found = index(files)
    assert symbol_at(found, files, "a.cpp", "2 * «both»()") == the(found, "both")
    assert symbol_at(found, files, "b.cpp", "return «both»()") == the(found, "both")
    assert symbol_at(found, files, "a.hpp", "\nint «both»") == the(found, "both")
    assert symbol_at(found, files, "a.cpp", "int «twice»") == the(found, "twice")


def test_a_header_of_macros_and_one_that_is_included_on_condition() -> None:
    files = {
        "macros.hpp": "#define SIZE 4\n",
        "rare.hpp": "inline int rare() { return 1; }\n",
        "never.hpp": "inline int never() { return 1; }\n",
        "a.cpp": '#include "macros.hpp"\n#if SIZE > 4\n#include "rare.hpp"\n#include "never.hpp"\n#endif\nint a = SIZE;\n',
        "b.cpp": '#include "rare.hpp"\nint b = rare();\n',
    }
    found = index(files)
    assert symbol_at(found, files, "a.cpp", "= «SIZE»") == the(found, "SIZE")
    assert symbol_at(found, files, "b.cpp", "= «rare»()") == the(found, "rare")
    assert the(found, "rare").definition == ("rare.hpp", 1, 12)
    assert the(found, "never").definition == ("never.hpp", 1, 12)


def test_a_header_that_nobody_includes() -> None:
    files = {"x.hpp": "inline int f() { return 1; }\n"}
    assert the(index(files), "f").definition == ("x.hpp", 1, 12)


def test_the_first_sentence() -> None:
    assert cpp_summary("/// Reads CR0 (Intel SDM vol. 3A §2.5).\n/// Never fails.") == "Reads CR0 (Intel SDM vol. 3A §2.5)."
    assert cpp_summary("///< bytes") == "bytes"
    assert cpp_summary(None) == ""


def test_an_error_is_reported() -> None:
    files = {"a/x.hpp": "#pragma once\n\nint broken = nothing;\n", "b/x.cpp": '#include "a/x.hpp"\n'}
    with pytest.raises(IdentifierError, match=r"^a/x\.hpp:3: use of undeclared identifier 'nothing'$"):
        index(files)


# NASM

TWO_ROUTINES = {
    "a.asm": """\
; a.asm: two routines

COUNT equ 3                 ; how many
%define SHIFT(x) (x << COUNT)
%macro REPORT 1
        mov     esi, %1
        call    print
%endmacro
extern print
section .rodata
shared: db 0
section .text
; ecx: how long
global first
first:
.next:  dec     ecx
        jnz     .next
        ret
second: mov     ecx, COUNT
.next:  loop    .next       ; of the second
        mov     eax, SHIFT(1)
        REPORT  shared
        jmp     first.next
""",
    "b.asm": """\
%include "b.inc"
section .text
global print
print:  mov     ecx, SIZE
shared: ret
        jmp     shared
""",
    "b.inc": """\
; b.inc: sizes
SIZE equ 4
""",
}


def test_local_labels_belong_to_their_routine() -> None:
    found = index(TWO_ROUTINES)
    assert symbol_at(found, TWO_ROUTINES, "a.asm", "jnz     «.next»").name == "first.next"
    assert symbol_at(found, TWO_ROUTINES, "a.asm", "loop    «.next»").name == "second.next"
    assert symbol_at(found, TWO_ROUTINES, "a.asm", "jmp     «first.next»").definition == ("a.asm", 16, 1)
    assert symbol_at(found, TWO_ROUTINES, "a.asm", "section «.text»") is NOTHING


def test_constants_and_macros_of_nasm() -> None:
    found = index(TWO_ROUTINES)
    count = symbol_at(found, TWO_ROUTINES, "a.asm", "ecx, «COUNT»")
    assert (count.kind, count.signature, count.summary) == ("constant", "equ 3", "how many")
    assert symbol_at(found, TWO_ROUTINES, "a.asm", "(x << «COUNT»)") == count
    assert symbol_at(found, TWO_ROUTINES, "a.asm", "«SHIFT»(1)").signature == "%define SHIFT(x) (x << COUNT)"
    assert symbol_at(found, TWO_ROUTINES, "a.asm", "(«x» << COUNT)") is NOTHING
    assert symbol_at(found, TWO_ROUTINES, "a.asm", "«REPORT»  shared").signature == "%macro REPORT 1"
    assert symbol_at(found, TWO_ROUTINES, "b.asm", "ecx, «SIZE»").definition == ("b.inc", 2, 1)


def test_labels_across_files_only_where_they_are_global() -> None:
    found = index(TWO_ROUTINES)
    called = symbol_at(found, TWO_ROUTINES, "a.asm", "call    «print»")
    assert called.definition == ("b.asm", 4, 1) and called.declarations == [("a.asm", 9, 8), ("b.asm", 3, 8)]
    assert symbol_at(found, TWO_ROUTINES, "a.asm", "REPORT  «shared»").definition == ("a.asm", 11, 1)
    assert symbol_at(found, TWO_ROUTINES, "b.asm", "jmp     «shared»").definition == ("b.asm", 5, 1)
    assert the(found, "first").summary == "ecx: how long"


def test_macros_are_told_apart_by_their_arguments() -> None:
    files = {
        "x.asm": """\
%macro SAY 1
%endmacro
%macro SAY 2-3.nolist
%endmacro
        SAY {a, b}
        SAY 1, 2, 3
%assign n 0
%assign n n + 1
struc info
.size: resd 1
endstruc
        mov     eax, [ebx + info.size]
words   db      "words", 0
        mov     esi, words
"""
    }
    found = index(files)
    assert symbol_at(found, files, "x.asm", "«SAY» {").definition == ("x.asm", 1, 8)
    assert symbol_at(found, files, "x.asm", "«SAY» 1, 2").definition == ("x.asm", 3, 8)
    assert the(found, "n").declarations == [("x.asm", 8, 9)]
    assert symbol_at(found, files, "x.asm", "+ «info.size»").signature == "resd 1"
    assert symbol_at(found, files, "x.asm", "esi, «words»").definition == ("x.asm", 13, 1)


# Across languages

LINKED = {
    "boot/a.asm": """\
extern kernel_main, _ZN1k4spinEi, image_end
global flag, _start
_start: call    kernel_main
        call    _ZN1k4spinEi
        mov     eax, image_end
flag:   dd      0
""",
    "k/main.cpp": """\
/// What boot/a.asm found.
extern "C" const unsigned flag;
extern "C" const char image_start[], image_end[];
namespace k { int spin(int n) { return n + flag; } }
extern "C" void kernel_main() { k::spin(image_end - image_start); }
""",
    "linker.ld": """\
/* linker.ld */
ENTRY(_start)
BASE = 1M;
SECTIONS
{
  . = BASE;
  image_start = .;
  .text : { *flag/*.o(.text) }
  image_end = .; /* exclusive */
}
""",
}


def test_one_symbol_for_both_languages() -> None:
    found = index(LINKED)
    main = symbol_at(found, LINKED, "boot/a.asm", "call    «kernel_main»")
    assert (main.kind, main.language, main.definition) == ("function", "C++", ("k/main.cpp", 5, 17))
    assert symbol_at(found, LINKED, "boot/a.asm", "call    «_ZN1k4spinEi»").name == "k::spin"
    flag = symbol_at(found, LINKED, "k/main.cpp", "n + «flag»")
    assert (flag.kind, flag.language, flag.definition) == ("label", "NASM", ("boot/a.asm", 6, 1))
    assert flag.signature == "const unsigned flag" and flag.summary == "What boot/a.asm found."


def test_symbols_of_the_linker_script() -> None:
    found = index(LINKED)
    end = symbol_at(found, LINKED, "k/main.cpp", "(«image_end» -")
    assert (end.kind, end.definition) == ("linker symbol", ("linker.ld", 9, 3))
    assert (end.signature, end.summary) == ("image_end = .", "exclusive")
    assert symbol_at(found, LINKED, "boot/a.asm", "eax, «image_end»") == end
    assert symbol_at(found, LINKED, "linker.ld", "(«_start»)").definition == ("boot/a.asm", 3, 1)
    assert symbol_at(found, LINKED, "linker.ld", ". = «BASE»;").definition == ("linker.ld", 3, 1)
    assert symbol_at(found, LINKED, "linker.ld", "*«flag»/") is NOTHING


# The cache


def test_the_cache_gives_the_same_and_notices_a_changed_header(tmp_path: Path) -> None:
    cold = index(TWO_SCOPES, tmp_path)
    kept = {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert len(kept) == 3
    assert index(TWO_SCOPES, tmp_path) == cold == index(TWO_SCOPES)
    assert {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == kept

    header = TWO_SCOPES["a/pool.hpp"].replace("namespace a {", "\nnamespace a {")
    changed = index({**TWO_SCOPES, "a/pool.hpp": header}, tmp_path)
    assert the(changed, "a::size").declarations == [("a/pool.hpp", 5, 5)]
    assert len(list(tmp_path.iterdir())) == 5  # c/pool.cpp does not include it


def test_what_is_in_the_cache_is_used(tmp_path: Path) -> None:
    index({"x.cpp": "int f();\n"}, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text().replace("int f()", "int from_the_cache()"))
    assert the(index({"x.cpp": "int f();\n"}, tmp_path), "f").signature == "int from_the_cache()"


# The kernel


def test_every_token_of_the_kernel_has_its_symbols_name(newest: Files, newest_index: Index) -> None:
    for file, uses in newest_index.uses.items():
        lines = newest[file].split("\n")
        assert uses == sorted(uses)
        for use in uses:
            name = newest_index.symbols[use.symbol].name
            text = lines[use.line - 1][use.column - 1 : use.column - 1 + use.length]
            assert text and re.search(rf"(^|::|(?=\.)|\.){re.escape(text)}$", name), (file, use, name)


def test_every_symbol_of_the_kernel_has_its_places(newest: Files, newest_index: Index) -> None:
    roles = {(use.symbol, file, use.line, use.column): use.role for file, uses in newest_index.uses.items() for use in uses}
    for number, symbol in enumerate(newest_index.symbols):
        assert symbol.definition, f"{symbol.name} is defined nowhere"
        assert roles[number, *symbol.definition] == "definition"
        for place in symbol.declarations:
            assert roles[number, *place] != "use"
        assert "\n" not in symbol.signature + symbol.summary and len(symbol.signature) <= 100


def local_names(files: Files, folder: Path) -> dict[str, set[str]]:
    """The names that stand for something of a function or a template, by file."""
    local_kinds = {
        CursorKind.PARM_DECL,
        CursorKind.TEMPLATE_TYPE_PARAMETER,
        CursorKind.TEMPLATE_NON_TYPE_PARAMETER,
        CursorKind.UNEXPOSED_DECL,  # a structured binding
    }
    functions = {CursorKind.FUNCTION_DECL, CursorKind.CXX_METHOD, CursorKind.FUNCTION_TEMPLATE, CursorKind.CONSTRUCTOR}
    found: dict[str, set[str]] = {}

    def walk(cursor: cindex.Cursor, inside: bool) -> None:
        file = cursor.location.file
        if file and cursor.spelling and cursor.kind.is_declaration() and (inside or cursor.kind in local_kinds):
            found.setdefault(file.name.removeprefix(f"{folder}/"), set()).add(cursor.spelling)
        for child in cursor.get_children():
            walk(child, inside or cursor.kind in functions)

    for name, text in files.items():
        if name.endswith(".cpp"):
            macros = [f"-D{macro}" for macro in re.findall(r"^#ifdef (\w+)", text, re.MULTILINE)]
            unit = cindex.Index.create().parse(f"{folder}/{name}", ["-std=c++20", "-ffreestanding", f"-I{folder}", *macros])
            for top in unit.cursor.get_children():
                if top.location.file and top.location.file.name.startswith(f"{folder}/"):
                    walk(top, False)
    return found


KEYWORDS = set(
    """
    alignas alignof asm auto bool break case char class concept const const_cast constexpr constinit continue default do
    double else enum explicit extern false final for friend if inline int long namespace noexcept
    nullptr operator override private protected public reinterpret_cast requires return short signed
    sizeof static static_assert static_cast struct switch template this true typename union unsigned
    using virtual void volatile while
    """.split()
)
NOT_NAMES = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"\((?s:.*?)\)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\])\''
    r"|\[\[.*?\]\]|^[ \t]*#[^\n]*(?:\\\n[^\n]*)*"
    r"|__attribute__\(\(.*?\)\)\)?|\bstd::\w+|\b__builtin_\w+|\b\d(?:'?\w)*",
    re.MULTILINE,
)


def test_nearly_every_name_in_the_kernels_cpp_is_resolved(newest: Files, newest_index: Index, tmp_path: Path) -> None:
    for name, text in newest.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    local = local_names(newest, tmp_path)
    resolved, missed = 0, []
    for file, text in newest.items():
        if not file.endswith((".cpp", ".hpp")):
            continue
        known = {(use.line, use.column) for use in newest_index.uses.get(file, [])}
        code = NOT_NAMES.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
        for number, line in enumerate(code.split("\n"), start=1):
            for word in re.finditer(r"[A-Za-z_]\w*", line):
                if (number, word.start() + 1) in known:
                    resolved += 1
                elif word[0] not in KEYWORDS | local.get(file, set()):
                    missed.append(f"{file}:{number}: {word[0]}")
    assert resolved > 500
    assert resolved / (resolved + len(missed)) > 0.9, missed  # what depends on a template's parameter cannot be


def test_nasm_itself_knows_the_same_labels(newest: Files, newest_index: Index, tmp_path: Path) -> None:
    """The symbols in each object file are the labels and constants that the index has for its source."""
    for name, text in newest.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "font.psf").write_bytes(b"")
    defined: dict[str, set[str]] = {}
    for file, uses in newest_index.uses.items():
        symbols = [newest_index.symbols[use.symbol] for use in uses if use.role == "definition"]
        defined[file] = {symbol.name for symbol in symbols if symbol.kind != "macro"}
    sources = [name for name in newest if name.endswith(".asm")]
    assert sources
    for name in sources:
        included = re.findall(r'^%include "(.*)"', newest[name], re.MULTILINE)
        subprocess.run(["nasm", "-f", "elf64", "-I", "proof/", "-o", "x.o", name], cwd=tmp_path, check=True)
        listed = subprocess.run(["nm", "-P", "--defined-only", "x.o"], cwd=tmp_path, capture_output=True, text=True, check=True)
        labels = {line.split()[0] for line in listed.stdout.splitlines()}
        structures = {symbol.name for symbol in newest_index.symbols if symbol.signature.startswith("struc ")}
        labels = {label for label in labels if not label.startswith("..@")} - {f"{name}_size" for name in structures}
        assert labels == set().union(*(defined.get(file, set()) for file in [name, *included, *(f"proof/{file}" for file in included)])), name


def test_a_day_again_is_what_was_kept(newest: Files, tmp_path: Path) -> None:
    first = index(newest, tmp_path)
    written = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
    assert written and index(newest, tmp_path) == first
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")} == written, "it was made anew"
