"""The amend filter between noweb's own markup and mnt: verbs, errors, and who wrote each line."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AMEND = ROOT / "build" / "amend"
NOWEB = Path("/usr/lib/noweb")
CPP_LINES = '-L#line %L "%F"%N'
NASM_LINES = "-L%%line %-1L+1 %F%N"


@dataclass
class Journal:
    """Entries in a directory of their own, where also the tangled files go."""

    directory: Path

    def write(self, **entries: str) -> None:
        """Writes `e01="…"` as 01.nw."""
        for name, text in entries.items():
            (self.directory / f"{name.removeprefix('e')}.nw").write_text(text)

    def markup(self) -> bytes:
        files = sorted(path.name for path in self.directory.glob("*.nw"))
        return subprocess.run([NOWEB / "markup", *files], cwd=self.directory, capture_output=True).stdout

    def amend(self, *options: str, stream: bytes | None = None) -> subprocess.CompletedProcess:
        return subprocess.run(
            [AMEND, *options], cwd=self.directory, input=self.markup() if stream is None else stream, capture_output=True, timeout=10
        )

    def mnt(self, stream: bytes, *arguments: str) -> None:
        subprocess.run([NOWEB / "mnt", *arguments], cwd=self.directory, input=stream, check=True)

    def tangled(self, root: str, *options: str) -> str:
        done = self.amend(*options)
        assert done.returncode == 0, done.stderr.decode()
        self.mnt(done.stdout, root)
        return (self.directory / root).read_text()

    def errors(self, *options: str) -> list[str]:
        """The lines that a failing amend writes; checks that it writes nothing else."""
        done = self.amend(*options)
        assert done.returncode == 1
        assert re.fullmatch(rb"@fatal [^\n]*\n", done.stdout)
        mnt = subprocess.run([NOWEB / "mnt", "never"], cwd=self.directory, input=done.stdout)
        assert mnt.returncode != 0
        assert not (self.directory / "never").exists()
        return done.stderr.decode().splitlines()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path)


# --- a small journal, and one amendment to it for each edge case ---

FIRST = "@ d\n<<m.c>>=\n<<x>>\n@\n<<x>>=\none\ndup\ndup\n@\n"
SECOND = "@ d\n<<x>>=\nfrom02\n@\n"


def chunk(body: str, name: str = "x") -> str:
    return f"@ d\n<<{name}>>=\n{body}@\n"


AMENDMENTS = {
    "replace by entry": (chunk("<<[replace 01]>>\nnew\n"), "new\nfrom02\n"),
    "replace all": (chunk("<<[replace all]>>\nnewall\n"), "newall\n"),
    "replace all, previous": (chunk("<<[replace all]>>\n<<[previous]>>\nv3\n"), "one\ndup\ndup\nfrom02\nv3\n"),
    "change made unique": (chunk("<<[change]>>\none\ndup\n<<[to]>>\nuno\ndup\n"), "uno\ndup\ndup\nfrom02\n"),
    "change to nothing": (chunk("<<[change]>>\none\n<<[to]>>\n"), "dup\ndup\nfrom02\n"),
    "after": (chunk("<<[after]>>\none\n<<[add]>>\n1.5\n"), "one\n1.5\ndup\ndup\nfrom02\n"),
    "before": (chunk("<<[before]>>\nfrom02\n<<[add]>>\n1.9\n"), "one\ndup\ndup\n1.9\nfrom02\n"),
    "rename": (chunk("<<[replace all]>>\n<<y>>\n") + chunk("renamed body\n", "y"), "renamed body\n"),
    "delete and rebirth": (chunk("<<[delete]>>\n") + chunk("reborn\n"), "reborn\n"),
}

REFUSED = {
    "replace of nothing": (chunk("<<[replace]>>\nq\n", "y"), 3, "<<y>>: before any definition"),
    "replace of two pieces": (chunk("<<[replace]>>\nnew\n"), 3, "<<x>>: [replace] of 2 live pieces"),
    "change of two places": (chunk("<<[change]>>\ndup\n<<[to]>>\nz\n"), 3, "<<x>>: [change] matches 2 places"),
    "delete of a used chunk": (chunk("<<[delete]>>\n"), 3, "<<x>>: [delete] of a chunk that is still used at 01.nw:3"),
    "verb that opens nothing": (chunk("trailing [replace] misuse\n<<[replace]>>\n"), 4, "<<x>>: [replace] must open its chunk"),
    "unknown verb": (chunk("<<[change all]>>\n"), 3, "<<x>>: unknown verb [change all]"),
    "reserved name": (chunk("one\n", "[replace]"), 2, "<<[replace]>>: a reserved name defined"),
    "undefined": (chunk("<<y>>\n"), 3, "<<y>>: undefined chunk used in <<x>>"),
    "unescaped <<": (chunk("a << b >> c\n"), 3, "<< b >>: undefined chunk used in <<x>>"),
    "unreached": (chunk("q\n", "y"), 2, "<<y>>: no file uses this chunk"),
    "cycle": (chunk("<<x>>\n"), 3, "<<x>>: a chunk that contains itself: <<x>> -> <<x>>"),
    "path with ..": (chunk("q\n", "../y"), 2, "<<../y>>: a path with .."),
    "absolute path": (chunk("q\n", "/y"), 2, "<</y>>: an absolute path"),
    "file used as a part": (chunk("<<m.c>>\n"), 3, "<<m.c>>: a file used as a part of <<x>>"),
    "bad exhibit name": (chunk("q\n", "x [exhibit NO]"), 2, "<<x [exhibit NO]>>: a bad name"),
    "unsound exhibit": (chunk("<<[replace]>>\n", "x [exhibit no]"), 3, "<<x [exhibit no]>>: [replace] of 2 live pieces"),
}


@pytest.mark.parametrize("third, expected", AMENDMENTS.values(), ids=AMENDMENTS)
def test_amendment(journal: Journal, third: str, expected: str) -> None:
    journal.write(e01=FIRST, e02=SECOND, e03=third)
    assert journal.tangled("m.c") == expected
    assert journal.tangled("m.c", "--at", "02") == "one\ndup\ndup\nfrom02\n"
    assert journal.tangled("m.c", "--at", "01") == "one\ndup\ndup\n"


@pytest.mark.parametrize("third, line, sentence", REFUSED.values(), ids=REFUSED)
def test_refused(journal: Journal, third: str, line: int, sentence: str) -> None:
    journal.write(e01=FIRST, e02=SECOND, e03=third)
    errors = journal.errors()
    assert any(error.startswith(f"03.nw:{line}: {sentence}") for error in errors), errors
    assert all(re.match(r"0\d\.nw:\d+: <<.*>>: .*; ", error) for error in errors), errors


def test_replace_of_one_piece(journal: Journal) -> None:
    journal.write(e01=FIRST, e02=chunk("<<[replace]>>\nnew\n"))
    assert journal.tangled("m.c") == "new\n"


def test_dos_line_ends_do_not_hide_a_verb(journal: Journal) -> None:
    journal.write(e01=FIRST, e02=chunk("<<[replace]>>\r\nnew\r\n<<[previous]>>\r\n"))
    assert journal.tangled("m.c").split() == ["new", "one", "dup", "dup"]


def test_all_errors_are_told_in_order_and_no_file_is_written(journal: Journal) -> None:
    apart = {"delete of a used chunk", "undefined", "unreached", "unsound exhibit"}  # the others would change these
    together = [case for name, case in REFUSED.items() if name not in apart]
    third = "".join(text for text, _, _ in together)
    journal.write(e01=FIRST, e02=SECOND, e03=third)
    errors = journal.errors("--roots", "r", "--history", "v", "--exhibits", "x")
    places = [tuple(error.split(":")[:2]) for error in errors]
    assert places == sorted(places, key=lambda place: (place[0], int(place[1])))
    for _, _, sentence in together:
        assert any(f": {sentence}" in error for error in errors), (sentence, errors)
    assert {path.name for path in journal.directory.iterdir()} == {"01.nw", "02.nw", "03.nw"}


# --- line directives ---

CPP = {
    "e01": "@ d\n<<m.cpp>>=\nint f() {\n    <<body>>\n}\n<<hooks>>\n@ %def f\n<<body>>=\nint a = 1;\n"
    "if (a) {\n    a = 2;\n}\nreturn a;\n@\n<<hooks>>=\n@\n",
    "e02": "@ d\ntext\n<<body>>=\n<<[change]>>\na = 2;\n<<[to]>>\na = 3;\na = 4;\n<<[before]>>\nreturn a;\n<<[add]>>\n"
    "a = 5;\n@\n<<hooks>>=\nint b;\n@\n",
    "e03": "@ d\n<<body>>=\n<<[replace]>>\nwhile (true) {\n    <<[previous]>>\n}\n@\n",
}


def cpp_source(journal: Journal) -> Path:
    """Tangles m.cpp with line directives."""
    done = journal.amend("--roots", "roots")
    assert done.returncode == 0, done.stderr.decode()
    journal.mnt(done.stdout, CPP_LINES, "m.cpp*")
    return journal.directory / "m.cpp"


def test_a_tangled_file_is_indented_as_it_reads(journal: Journal) -> None:
    journal.write(**CPP)
    assert journal.tangled("m.cpp") == (
        "int f() {\n    while (true) {\n        int a = 1;\n        if (a) {\n            a = 3;\n"
        "            a = 4;\n        }\n        a = 5;\n        return a;\n    }\n}\nint b;\n"
    )


@pytest.mark.parametrize(
    "entry, column, old, new",
    [
        ("01", 1, "int f()", "ont f()"),
        ("01", 1, "int a = 1;", "ont a = 1;"),
        ("01", 8, "return a;", "return o;"),
        ("02", 1, "a = 3;", "o = 3;"),
        ("02", 5, "a = 4;", "a = o;"),
        ("02", 1, "a = 5;", "o = 5;"),
        ("02", 1, "int b;", "ont b;"),
        ("03", 8, "while (true)", "while (o)"),
    ],
)
def test_gcc_names_line_and_column_of_the_entry_that_wrote_it(journal: Journal, entry: str, column: int, old: str, new: str) -> None:
    entries = dict(CPP)
    above, found, _ = entries[f"e{entry}"].partition(f"\n{old}")
    assert found
    line = above.count("\n") + 2
    entries[f"e{entry}"] = entries[f"e{entry}"].replace(f"\n{old}", f"\n{new}", 1)
    if old == "return a;":  # an anchor of the next entry
        entries["e02"] = entries["e02"].replace(old, new)
    journal.write(**entries)
    gcc = subprocess.run(
        ["g++", "-std=c++20", "-fsyntax-only", "-x", "c++", cpp_source(journal)], capture_output=True, text=True, cwd=journal.directory
    )
    first = next(text for text in gcc.stderr.splitlines() if " error: " in text)
    assert first.startswith(f"{entry}.nw:{line}:{column}: error: "), gcc.stderr


def test_gcc_takes_the_sound_source(journal: Journal) -> None:
    journal.write(**CPP)
    subprocess.run(["g++", "-std=c++20", "-fsyntax-only", cpp_source(journal)], check=True)


@pytest.mark.parametrize("entry, line", [("01", 3), ("01", 5), ("02", 6), ("02", 7), ("03", 6)])
def test_nasm_names_the_line_of_the_entry_that_wrote_it(journal: Journal, entry: str, line: int) -> None:
    entries = {
        "01": ["@ d", "<<m.asm>>=", "    mov eax, 1", "    mov eax, 2", "    mov eax, 3", "@", ""],
        "02": "@ d|<<m.asm>>=|<<[change]>>|mov eax, 2|<<[to]>>|mov ebx, 2|mov ebx, 3|@|".split("|"),
        "03": "@ d|<<m.asm>>=|<<[before]>>|mov ebx, 2|<<[add]>>|mov ecx, 2|@|".split("|"),
    }
    broken = entries[entry][line - 1].replace("mov", "movv")
    for lines in entries.values():
        for index, text in enumerate(lines):
            if text.strip() == entries[entry][line - 1].strip() and lines is not entries[entry]:
                lines[index] = text.replace("mov", "movv")  # an anchor elsewhere
    entries[entry][line - 1] = broken
    journal.write(**{f"e{name}": "\n".join(lines) for name, lines in entries.items()})
    done = journal.amend("--roots", "roots")
    assert done.returncode == 0, done.stderr.decode()
    journal.mnt(done.stdout, NASM_LINES, "m.asm*")
    nasm = subprocess.run(["nasm", "-f", "elf64", "-o", "m.o", "m.asm"], capture_output=True, text=True, cwd=journal.directory)
    assert nasm.stderr.startswith(f"{entry}.nw:{line}: error: "), nasm.stderr


# --- noweb itself as the oracle ---

PLAIN = (
    "---\ntitle: x\n---\nquoted [[code]] and [[<<body>>]], @<<escaped>>\n"
    "<<m.cpp>>=\n// @<<not a use>> and a << b\nint f() {\n  <<body>> // <<tail>> and <<tail>> more\n}\n"
    "@@ at the start\n\n<<body>>\n@ %def f g\nmore\n<<body>>=\n\n  g();\n\th();\n<<empty>>\n@ on the line\n"
    "<<tail>>=\ntail\ntail 2\n<<empty>>=\n@ @@ text\n<<m.asm>>=\n  nop\n<<body>>\n@ %def x\n<<p/q.ld>>=\n  <<tail>>\n"
)


def test_without_verbs_the_stream_is_noweb_s_own(journal: Journal) -> None:
    journal.write(e01=PLAIN, e02=chunk("a\n\nb\n", "body") + chunk("c", "m.cpp"))
    assert journal.amend().stdout == journal.markup()


@pytest.mark.parametrize("lines", [CPP_LINES, NASM_LINES])
def test_without_verbs_files_are_noweb_s_own(journal: Journal, lines: str) -> None:
    journal.write(e01=PLAIN, e02=chunk("a\n\nb\n", "body") + chunk("c\n", "m.cpp"))
    (journal.directory / "p").mkdir()
    stock = journal.markup().replace(b"@defn m.cpp\n", b"@defn m.cpp*\n").replace(b"@defn m.asm\n", b"@defn m.asm*\n")
    files = ["m.cpp", "m.asm", "p/q.ld"]
    roots = ["m.cpp*", "m.asm*", "p/q.ld"]
    journal.mnt(stock, lines, *roots)
    expected = [(journal.directory / file).read_bytes() for file in files]
    for file in files:
        (journal.directory / file).unlink()
    journal.mnt(journal.amend("--roots", "roots").stdout, lines, *roots)
    assert [(journal.directory / file).read_bytes() for file in files] == expected
    assert (journal.directory / "roots").read_text() == "m.asm\nm.cpp\np/q.ld\n"


def test_it_is_a_filter_of_notangle(journal: Journal) -> None:
    journal.write(e01=FIRST, e02=SECOND, e03=chunk("<<[replace all]>>\nnew\n"))
    notangle = ["notangle", "-filter", str(AMEND), "-Rm.c", "01.nw", "02.nw", "03.nw"]
    done = subprocess.run(notangle, cwd=journal.directory, capture_output=True, check=True)
    assert done.stdout == b"new\n"


def test_stock_notangle_fails_on_a_verb(journal: Journal) -> None:
    journal.write(e01=FIRST, e02=chunk("<<[replace]>>\nnew\n"))
    stock = subprocess.run(["notangle", "-Rm.c", "01.nw", "02.nw"], cwd=journal.directory, capture_output=True, text=True)
    assert "undefined chunk name: <<[replace]>>" in stock.stderr


# --- streams that cannot be trusted ---


def test_a_stream_cut_short_is_refused(journal: Journal) -> None:
    journal.write(e01=FIRST)
    whole = journal.markup()
    for length in range(len(whole)):
        cut = whole[:length]
        if not re.search(rb"@end .*\n\Z", cut):
            done = journal.amend(stream=cut)
            assert done.returncode == 1 and done.stdout.startswith(b"@fatal "), cut


def test_markup_that_gave_up_is_refused(journal: Journal) -> None:
    journal.write(e01="an unescaped << in prose\n" + FIRST)
    assert b"@fatal" in journal.markup()
    assert journal.errors() == ["amend: markup gave up (/usr/lib/noweb/markup an unspecified error occurred); mend what it complained of"]


def test_entries_out_of_order_are_refused(journal: Journal) -> None:
    journal.write(e01=FIRST, e02=SECOND)
    stream = subprocess.run([NOWEB / "markup", "02.nw", "01.nw"], cwd=journal.directory, capture_output=True).stdout
    done = journal.amend(stream=stream)
    assert done.returncode == 1
    assert done.stderr.startswith(b"01.nw:1: this entry comes after 02.nw")


# --- options ---


def test_front_matter_is_required_when_asked_for(journal: Journal) -> None:
    journal.write(e01=f"---\ntitle: x\nneeds:\n---\n{FIRST}", e02=f"---\ntitle: y\nneeds: z\n---\n{SECOND}", e03=SECOND)
    assert journal.amend().returncode == 0
    assert journal.errors("--require", "title,needs") == [
        "01.nw:3: needs is empty; write its value",
        "03.nw:1: no front matter; open the entry with a line --- and the keys title, subtitle, …",
    ]
    assert journal.amend("--require", "title", "--at", "02").returncode == 0


def test_exhibits(journal: Journal) -> None:
    journal.write(
        e01=FIRST + chunk("<<[replace]>>\n<<wrong>>\n", "x [exhibit no-dup]") + chunk("wrong\n", "wrong [exhibit no-dup]"), e02=SECOND
    )
    assert journal.tangled("m.c", "--exhibits", "list") == "one\ndup\ndup\nfrom02\n"
    assert (journal.directory / "list").read_text() == "01 no-dup\n"
    assert journal.tangled("m.c", "--at", "01", "--exhibit", "no-dup") == "wrong\n"
    assert journal.errors("--exhibit", "no-dup") == ["amend: 02 has no exhibit no-dup; it has none"]


def test_history(journal: Journal) -> None:
    journal.write(e01=FIRST, e02=SECOND, e03=AMENDMENTS["change made unique"][0])
    assert journal.amend("--history", "history.json").returncode == 0
    history = json.loads((journal.directory / "history.json").read_text())
    assert history["entries"] == ["01", "02", "03"]
    newest = {chunk: numbers for chunk, _, numbers in history["versions"]}
    lines = [history["lines"][number] for number in newest["x"]]
    entries = [history["entries"][history["definitions"][definition][0]] for definition, *_ in lines]
    assert [(entry, number, text) for entry, (_, number, text, _) in zip(entries, lines)] == [
        ("03", 5, "uno"),
        ("03", 6, "dup"),
        ("01", 3, "dup"),
        ("02", 1, "from02"),
    ]


@pytest.mark.parametrize("options", [["--nonsense"], ["--at"], ["word"]])
def test_a_bad_option_is_refused(journal: Journal, options: list[str]) -> None:
    journal.write(e01=FIRST)
    done = journal.amend(*options)
    assert done.returncode == 1 and done.stderr and done.stdout.startswith(b"@fatal ")


def test_help_lists_the_options(journal: Journal) -> None:
    done = journal.amend("--help")
    assert done.returncode == 0
    for option in ["--at", "--exhibit", "--roots", "--history", "--exhibits", "--require"]:
        assert option.encode() in done.stdout


def test_a_file_that_cannot_be_written_is_an_error(journal: Journal) -> None:
    journal.write(e01=FIRST)
    done = journal.amend("--roots", "roots", "--history", "no/such/directory")
    assert done.returncode == 1
    assert done.stdout.startswith(b"@fatal ")
    assert b"no/such/directory: No such file or directory" in done.stderr
    assert not (journal.directory / "roots").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_an_error(journal: Journal) -> None:
    journal.write(e01=FIRST)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([AMEND], input=journal.markup(), stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert b"cannot write the stream" in done.stderr


def test_ten_seconds_of_fuzzing_find_nothing() -> None:
    """Arbitrary token streams: no crash, no hang, no leak. (fuzz/run goes on for as long as one likes.)"""
    run = subprocess.run([ROOT / "tests/journal/amend/fuzz/run", "10"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    assert "without a crash, a hang or a leak" in run.stdout
