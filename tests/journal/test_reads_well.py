"""The tangled files are to be read, too: as if somebody had written them by hand, and in one piece."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from history.expand import tangle
from history.journal import Journal

from directives import code

ROOT = Path(__file__).resolve().parents[2]
MAIN_LINES = 40
INCLUDE = re.compile(r'^\s*[#%]include\s+["<](.+)[">]')


def complaints(lines: list[str]) -> list[str]:
    """What a reader of this file would object to. `lines`: those that are neither directives nor blank."""
    found: list[str] = []
    seen: set[str] = set()
    for line in lines:
        if match := INCLUDE.match(line):
            if match[1] in seen:
                found.append(f"includes {match[1]} twice")
            seen.add(match[1])
    for start, line in enumerate(lines):
        if "kernel_main(" in line and lines[start + 1 : start + 2] == ["{"]:
            length = lines.index("}", start) - start - 2
            if length > MAIN_LINES:
                found.append(f"kernel_main has {length} lines")
    return found


def test_no_reader_objects() -> None:
    found_in = (path for folder in ("boot", "tangled") for path in sorted((ROOT / folder).rglob("*")))
    files = [path for path in found_in if path.suffix in (".cpp", ".hpp", ".asm")]
    assert len(files) > 50
    found = {str(path.relative_to(ROOT)): complaints([line for _, line in code(path.read_text())]) for path in files}
    assert {file: said for file, said in found.items() if said} == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('#include "a.hpp"\n#include <b>\n#include "a.hpp"\n', "includes a.hpp twice"),
        ("void kernel_main(int)\n{\n" + "    step();\n" * 41 + "}\n", "kernel_main has 41 lines"),
    ],
)
def test_what_a_reader_objects_to_is_said(text: str, complaint: str) -> None:
    assert complaints(text.splitlines()) == [complaint]


# What clang-format still finds, and why it is left: the lines of published days are not laid out anew for their own sake, so whoever
# changes such a chunk mends it. The list only gets shorter: a file of it that is clean fails the test, too.
MARGIN = "a chunk that stands inside a block is written at the margin"
ORDER = "an include stands where a day put it, not where the alphabet has it"
TABLE = "a table of several entries a line, or in columns"
LONG = "a long line, or one that is broken elsewhere"
BLANK = "where chunks meet, two blank lines do, or one is at the end"
FORM = "clang-format 14 does not know this form"
LEFT = {
    "boot/early_idt.asm": BLANK,
    "boot/segments.inc": BLANK,
    "console/print.cpp": ORDER,
    "cpu/block.cpp": LONG,
    "cpu/idt.cpp": ORDER,
    "cpu/pic.cpp": TABLE,
    "cpu/pic_test.cpp": ORDER,
    "cpu/registers.hpp": LONG,
    "kernel/exception.cpp": TABLE,
    "kernel/programs_test.cpp": LONG,
    "kernel/protection.cpp": FORM,
    "kernel/protection_test.cpp": ORDER,
    "kernel/set_up_memory.cpp": BLANK,
    "kernel/space_test.cpp": ORDER,
    "kernel/system_calls.cpp": TABLE,
    "kstruct/heap.hpp": MARGIN,
    "page/choose_pt_space_test.cpp": ORDER,
    "pmem/frame_allocator.hpp": MARGIN,
    "pmem/free_frames.hpp": MARGIN,
    "pmem/pmem.cpp": MARGIN,
    "pmem/pmem.hpp": ORDER,
    "pool/address_test.cpp": ORDER,
    "proof/kstruct/poison.hpp": FORM,
    "proof/user/calls/main.cpp": MARGIN,
    "proof/user/fuzz/main.cpp": MARGIN,
    "proof/user/places/main.cpp": MARGIN,
    "proof/user/tries/main.cpp": MARGIN,
    "user/figures/main.cpp": MARGIN,
}


def wrong_lines(folder: Path, style: str, files: list[str]) -> set[str]:
    """FILE:LINE:COLUMN: TEXT of what clang-format would lay out otherwise."""
    command = ["clang-format-14", f"--style={{BasedOnStyle: InheritParentConfig, {style}}}", "--dry-run", *files]
    said = subprocess.run(command, cwd=folder, stderr=subprocess.PIPE, text=True, check=True).stderr.splitlines()
    places = ((re.fullmatch(r"(.*?:\d+:\d+): warning: .*", line), text) for line, text in zip(said, said[1:]))
    return {f"{place[1]}: {text}" for place, text in places if place}


def badly_laid_out(folder: Path, texts: dict[str, str]) -> set[str]:
    """What is wrong by .clang-format however long a line may be: where a line ends, and how far off its comment is, its author knows."""
    (folder / ".clang-format").write_text((ROOT / ".clang-format").read_text())
    for file, text in texts.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        text = re.sub(r"(?<=\S) +//", "  //", text)
        (folder / file).write_text(re.sub(r" +\\$", r" \\", text, flags=re.MULTILINE))
    free = "AlignTrailingComments: false, AlignEscapedNewlines: DontAlign, AllowShortFunctionsOnASingleLine: All"
    return set.intersection(*(wrong_lines(folder, f"ColumnLimit: {limit}, {free}", [*texts]) for limit in (120, 0)))


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The newest kernel's files as a reader gets them: the pages' and the archives', without line directives."""
    history = tmp_path_factory.mktemp("journal") / "history.json"
    tokens = subprocess.check_output(["/usr/lib/noweb/markup", "-t", *sorted((ROOT / "journal").glob("*.nw"))])
    subprocess.run(
        [ROOT / "build/amend", "--history", history], input=tokens, stdout=subprocess.DEVNULL, check=True
    )
    journal = Journal(json.loads(history.read_text()))
    there = {file: tangle(journal, file, len(journal.entries) - 1).text for file in journal.files}
    return {file: text for file, text in there.items() if text.strip()}


def strays(text: str) -> list[str]:
    """Blanks at a line's end, and blank lines that part nothing."""
    return re.findall(r"[^\n]*[ \t]+(?=\n)|\n\n\n|\A\n|\n\n\Z", text)


def test_the_kernel_is_laid_out_as_if_written_in_one_piece(texts: dict[str, str], tmp_path: Path) -> None:
    cxx = {file: text for file, text in texts.items() if file.endswith((".cpp", ".hpp"))}
    found = badly_laid_out(tmp_path, cxx)
    found |= {f"{file}: {stray!r}" for file, text in texts.items() if not file.endswith(".expect") for stray in strays(text)}
    assert sorted(line for line in found if line.split(":")[0] not in LEFT) == []
    assert {*LEFT} == {line.split(":")[0] for line in found}


def test_what_is_stray_is_found() -> None:
    assert strays("a\n\nb\n") == []
    assert strays("\na \nb\n\n\nc\n\n") == ["\n", "a ", "\n\n\n", "\n\n"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('#include "b.hpp"\n#include "a.hpp"\n', 1),
        ("int f()\n{\n  return 1;\n}\n", 1),
        ("int  a;   // that far\nint b;     // or so\n", 1),
        ("enum class one { line };\nint f(int a,\n      int b);\n", 0),
    ],
)
def test_what_is_badly_laid_out_is_found(text: str, wrong: int, tmp_path: Path) -> None:
    assert len(badly_laid_out(tmp_path, {"x.cpp": text})) == wrong
