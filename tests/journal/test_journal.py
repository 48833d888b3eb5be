"""The journal itself: stock noweb agrees with our pipeline, and every compiler error names the line that has it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = sorted((ROOT / "journal").glob("*.nw"))
CHUNK = re.compile(r"^<<(.*)>>=\s*$")
END_OF_CHUNK = re.compile(r"^@( |$)")


def tangled_files() -> list[Path]:
    return [ROOT / "linker.ld", *(p for d in ("boot", "tangled") for p in sorted((ROOT / d).rglob("*")) if p.is_file())]


def root_name(path: Path) -> str:
    return str(path.relative_to(ROOT)).removeprefix("tangled/")


@pytest.fixture(scope="module", autouse=True)
def fresh_tangle():
    subprocess.run(["make", "tangle"], cwd=ROOT, check=True, capture_output=True)


LINE_DIRECTIVE = {".cpp": '#line %L "%F"%N', ".hpp": '#line %L "%F"%N', ".asm": "%%line %-1L+1 %F%N", ".inc": "%%line %-1L+1 %F%N"}


def test_stock_notangle_makes_the_same_files():
    """notangle reads the same entries through the same filter, one root at a time, with noweb's other back end."""
    names = [str(p.relative_to(ROOT)) for p in ENTRIES]
    for path in tangled_files():
        directive = LINE_DIRECTIVE.get(path.suffix)
        options = [f"-R{root_name(path)}", *([f"-L{directive}"] if directive else [])]
        oracle = subprocess.run(
            ["notangle", "-filter", "build/amend", *options, *names], cwd=ROOT, capture_output=True, text=True
        )
        assert oracle.returncode == 0, oracle.stderr
        assert oracle.stdout == path.read_text(), path


def test_every_root_is_a_file():
    there = {}
    for entry in ENTRIES:
        for name, first in re.findall(r"^<<([^\s<>]*[./][^\s<>]*)>>=\n(.*)$", entry.read_text(), re.M):
            there[name] = first != "<<[delete]>>"
            if renamed := re.fullmatch(r"<<\[rename (.*)\]>>", first):
                there[renamed[1]] = False
    assert {name for name, is_there in there.items() if is_there} == {root_name(p) for p in tangled_files()}


# --- an error planted in every chunk ---

PROBE = "daybook-probe"
LANGUAGES = {".cpp": f"#error {PROBE}", ".hpp": f"#error {PROBE}", ".asm": f"%error {PROBE}", ".inc": f"%error {PROBE}"}


def bodies(text: str):
    """Each line of an entry with the name of the chunk that it is in, or None; a chunk's end has its name, too."""
    name = None
    for line in text.splitlines():
        ends = name is not None and END_OF_CHUNK.match(line)
        yield line, name, bool(ends)
        if ends:
            name = None
        if match := CHUNK.match(line):
            name = match[1]


def languages() -> dict[str, str]:
    """Which language each chunk is in: that of the file that it ends up in. Exhibits end up in none."""
    uses: dict[str, set[str]] = {}
    for entry in ENTRIES:
        for line, name, ends in bodies(entry.read_text()):
            if name and not ends:
                uses.setdefault(name, set()).update(re.findall(r"(?<!@)<<([^\[<>][^<>]*)>>", line))
    found: dict[str, str] = {}

    def flow(chunk: str, suffix: str):
        if chunk not in found:
            found[chunk] = suffix
            for used in uses.get(chunk, ()):
                flow(used, suffix)

    for chunk in uses:
        if re.fullmatch(r"\S*[./]\S*", chunk):
            flow(chunk, Path(chunk).suffix)
    return found


def edits() -> list[str]:
    """The chunk that each amendment of lines changes, in order."""
    text = "\n".join(entry.read_text() for entry in ENTRIES)
    return re.findall(r"^<<(.*)>>=\n<<\[(?:change|before|after)\]>>$", text, re.M)


def plant(entry: Path, language_of: dict[str, str], edits_left: list[str]) -> set[tuple[str, int]]:
    """Makes an error the last line of every chunk in C++ or NASM. Returns where they are.

    Not of an amendment whose lines are amended again: there it would be in between what belongs together.
    """
    lines: list[str] = []
    planted, is_edit = set(), False
    for line, name, ends in bodies(entry.read_text()):
        if name and not ends and lines[-1] == f"<<{name}>>=":
            is_edit = bool(re.match(r"<<\[(change|before|after)\]>>$", line))
            if is_edit:
                edits_left.remove(name)
        plantable = lines and not lines[-1].startswith(("<<[delete]>>", "<<[rename ")) and not (is_edit and name in edits_left)
        if ends and plantable and (error := LANGUAGES.get(language_of.get(name, ""))):
            lines.append(error)
            planted.add((f"journal/{entry.name}", len(lines)))
        lines.append(line)
    entry.write_text("\n".join(lines) + "\n")
    return planted


def superseded_later(entry: Path, line: int) -> bool:
    """Whether a verb replaced or deleted the piece of the chunk that this line is in: then it is in no file any more."""
    name = next(m[1] for text in reversed(entry.read_text().splitlines()[:line]) if (m := CHUNK.match(text)))
    later = "\n".join(p.read_text() for p in sorted(entry.parent.glob("*.nw")) if p.name >= entry.name)
    return bool(re.search(rf"^<<{re.escape(name)}>>=\n<<\[(replace|delete)\b.*\]>>$", later, re.M))


def test_an_error_in_any_chunk_is_reported_at_its_line_of_the_journal(tmp_path: Path):
    shutil.copytree(ROOT / "journal", tmp_path / "journal")
    language_of = languages()
    edits_left = edits()
    copies = sorted((tmp_path / "journal").glob("*.nw"))
    planted = set().union(*(plant(entry, language_of, edits_left) for entry in copies))
    assert not edits_left
    (tmp_path / "build").mkdir()
    for needed in ("amend", "font.psf"):
        shutil.copy(ROOT / "build" / needed, tmp_path / "build")
    subprocess.run([ROOT / "weave/tangle", "", "build/"], cwd=tmp_path, check=True)

    # NASM removes its output when it fails: never let that be /dev/null.
    nasm = ["nasm", "-f", "elf64", "-Ibuild/", "-Itangled/proof/", "-o", "probe.o"]
    product = ["g++", "-std=c++20", "-fsyntax-only", "-ffreestanding", "-fmax-errors=0", "-Itangled"]
    second = [*product, "-iquote", "tangled/proof"]
    reported = set()
    for pattern, compiler in (("boot/*.asm", nasm), ("tangled/**/*.asm", nasm), ("tangled/**/*.cpp", product), ("tangled/**/*.cpp", second)):
        for path in tmp_path.glob(pattern):
            # A file that is for another build is compiled as for that one: what is skipped has no lines.
            switches = ["-DSHADOW_MEMORY"] if "SHADOW_MEMORY" in path.read_text() else []
            command: list[str | Path] = [*compiler, *switches, path.relative_to(tmp_path)]
            errors = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stderr
            reported |= {(m[1], int(m[2])) for m in re.finditer(rf"^(\S+?):(\d+):.* error: .*{PROBE}", errors, re.M)}

    gone = {(entry, line) for entry, line in planted - reported if superseded_later(tmp_path / entry, line)}
    assert reported == planted - gone
    assert len(reported) > 150
