"""tools/build: what is made again when something changes and what is not, and that lines of the journal stay true."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from building import compiler, objects
from building.trees import Tree
from machine.elf import source_line, symbols
from machine.trees import entries

TOP = Path(__file__).resolve().parents[2]
DAY = "2026-11-23b-the-higher-half"  # the first that calls panic in C++
FIRST_CXX = "2025-11-04-long-mode"  # which declares it


def build(top: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([top / "tools/build", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project with the journal up to DAY, and that day's kernel built."""
    (tmp_path / "journal").mkdir()
    for entry in entries():
        if entry <= DAY:
            shutil.copy(TOP / f"journal/{entry}.nw", tmp_path / "journal")
    shutil.copytree(TOP / "tools", tmp_path / "tools")
    (tmp_path / "weave").symlink_to(TOP / "weave")
    (tmp_path / "build").mkdir()
    for name in ("amend", "font.psf"):
        shutil.copy(TOP / "build" / name, tmp_path / "build")
    made = build(tmp_path, "--kernel", f"build/at/{DAY}")
    assert made.returncode == 0, made.stderr
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) >= 1
    file.write_text(text.replace(old, new, 1))


def panics(elf: Path) -> list[tuple[str, int]]:
    """The place in the journal of each call of panic, by debug information; and the line that the call hands over."""
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", elf], capture_output=True, text=True, check=True).stdout
    calls = re.findall(r"mov +\$0x([0-9a-f]+),%edx\n(?:.*\n){0,3}? *([0-9a-f]+):\s+(?:call|jmp) +\w+ <_ZN6kernel5panic", code)
    return [(str(source_line(elf, int(address, 16))), int(line, 16)) for line, address in calls]


def test_nothing_changed_and_nothing_is_done(project: Path) -> None:
    again = build(project, "--kernel", f"build/at/{DAY}")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_a_word_of_prose_makes_nothing_again(project: Path) -> None:
    edit(project / f"journal/{DAY}.nw", "\n## Goal\n\n", "\n## Goal\n\nOnce more: ")
    again = build(project, "--kernel", f"build/at/{DAY}")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_a_line_of_prose_compiles_nothing_and_moves_every_line(project: Path) -> None:
    elf = project / f"build/at/{DAY}/daybook.elf"
    compiled, before = sorted((project / "build/objects").glob("*.s")), panics(elf)
    edit(project / f"journal/{DAY}.nw", "\n## Goal\n\n", "\n## Goal\n\nA line.\n")
    again = build(project, "--kernel", f"build/at/{DAY}")
    assert again.returncode == 0, again.stderr
    assert sorted((project / "build/objects").glob("*.s")) == compiled and len(compiled) > 3
    assert len(before) >= 2
    assert panics(elf) == [(f"journal/{DAY}.nw:{line + 1}", line + 1) for _, line in before]
    text = (project / f"journal/{DAY}.nw").read_text().splitlines()
    assert all("panic(" in text[line - 1] for _, line in panics(elf))


def test_line_numbers_that_prose_cannot_move_make_the_same_kernel(tmp_path: Path) -> None:
    """The newest kernel, compiled from the same files with the journal's own line numbers."""
    assert build(TOP, "--kernel", "build").returncode == 0
    for name in ("boot", "tangled"):
        shutil.copytree(TOP / name, tmp_path / name)
    shutil.copy(TOP / "linker.ld", tmp_path)
    made = build(TOP, "--kernel", tmp_path)
    assert made.returncode == 0, made.stderr

    def facts(elf: Path) -> tuple[bytes, str, dict[str, int]]:
        flat = tmp_path / "flat"
        subprocess.run(["x86_64-linux-gnu-objcopy", "-O", "binary", elf, flat], check=True)
        lines = subprocess.run(["objdump", "--dwarf=decodedline", elf], capture_output=True, text=True, check=True).stdout
        return flat.read_bytes(), lines.partition("\n\n")[2], symbols(elf)

    assert facts(TOP / "build/daybook.elf") == facts(tmp_path / "daybook.elf")


def test_a_mistake_is_at_its_line_of_the_journal(project: Path) -> None:
    entry = project / f"journal/{FIRST_CXX}.nw"
    edit(entry, "[[noreturn]] void panic(", "[[noreturn]] vid panic(")
    line = next(number for number, text in enumerate(entry.read_text().splitlines(), 1) if "vid panic(" in text)
    elf = project / f"build/at/{DAY}/daybook.elf"
    before = elf.read_bytes()
    broken = build(project, "--kernel", f"build/at/{DAY}")
    assert broken.returncode == 1 and f"journal/{FIRST_CXX}.nw:{line}:" in broken.stderr
    assert elf.read_bytes() == before


@pytest.mark.parametrize("damage", ["touched", "gone", "no kernel"])
def test_what_somebody_damaged_is_made_again(project: Path, damage: str) -> None:
    tree = project / f"build/at/{DAY}"
    file = next((tree / "tangled").rglob("panic.cpp"))
    text, elf = file.read_text(), (tree / "daybook.elf").read_bytes()
    if damage == "touched":
        file.write_text(text + "// mine\n")
    elif damage == "gone":
        file.unlink()
    else:
        (tree / "daybook.elf").unlink()
    assert build(project, "--kernel", f"build/at/{DAY}").returncode == 0
    assert file.read_text() == text and (tree / "daybook.elf").read_bytes() == elf


@pytest.mark.parametrize("expected", [True, False])
def test_an_exhibit_that_does_not_build_says_why(project: Path, expected: bool) -> None:
    entry = project / f"journal/{DAY}.nw"
    proof = "exit build-error" if expected else "exit 33"
    with entry.open("a") as text:
        text.write("\n<<kernel/panic.hpp [exhibit broken]>>=\nvid broken();\n@\n")
        text.write(f"\n<<proof/{DAY}.broken.expect>>=\n{proof}\n| error:\n@\n")
    made = build(project, "--kernel", f"build/at/{DAY}", f"build/exhibit/{DAY}/broken")
    assert made.returncode == (0 if expected else 1)
    assert "vid" in (project / f"build/exhibit/{DAY}/broken/build.log").read_text()


@pytest.mark.parametrize("name", ["build/at/2025-11-04", "build/at", "nowhere"])
def test_what_is_no_tree(name: str) -> None:
    run = build(TOP, name)
    assert run.returncode == 1 and run.stderr.startswith(f"build: {name} is no tree: there are build,")


# --- what a file's key depends on ---


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    for name, text in {
        "tangled/a/one.cpp": '#include "a/one.hpp"\nint one;\n',
        "tangled/a/one.hpp": '#include "deep.hpp"\n',
        "tangled/a/deep.hpp": "int deep;\n",
        "tangled/a/other.hpp": "int other;\n",
        "tangled/compiler/flags": "-O1\n",
        "boot/two.asm": '%include "boot/two.inc"\n',
        "boot/two.inc": "nop\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return Tree(tmp_path, tmp_path, given=True)


CXX, NASM = "tangled/a/one.cpp", "boot/two.asm"


@pytest.mark.parametrize(
    ("changed", "keys"),
    [
        ("tangled/a/one.cpp", {CXX}),
        ("tangled/a/one.hpp", {CXX}),
        ("tangled/a/deep.hpp", {CXX}),
        ("tangled/a/other.hpp", set()),
        ("tangled/compiler/flags", {CXX}),
        ("tangled/compiler/unchecked", {CXX}),
        ("boot/two.asm", {NASM}),
        ("boot/two.inc", {NASM}),
    ],
)
def test_a_key_depends_on_all_that_is_included(tree: Tree, changed: str, keys: set[str]) -> None:
    before = {name: objects.Sources(tree).key(name) for name in (CXX, NASM)}
    with (tree.top / changed).open("a") as file:
        file.write("; or so\n")
    assert {name for name in before if objects.Sources(tree).key(name) != before[name]} == keys


def another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "version", lambda *programs: "another")


def another_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "CXX", [*compiler.CXX, "-g0"])
    monkeypatch.setattr(compiler, "NASM", ["-g0", *compiler.NASM])


@pytest.mark.parametrize("change", [another_version, another_option])
def test_a_key_depends_on_the_tools(tree: Tree, monkeypatch: pytest.MonkeyPatch, change: Callable[[pytest.MonkeyPatch], None]) -> None:
    before = [objects.Sources(tree).key(name) for name in (CXX, NASM)]
    change(monkeypatch)
    assert not set(before) & {objects.Sources(tree).key(name) for name in (CXX, NASM)}


@pytest.mark.parametrize("module", ["two", "grub/grub.cfg"])
def test_a_program_that_the_menu_loads_is_beside_the_kernel(tmp_path: Path, module: str) -> None:
    for name, text in {
        "linker.ld": "SECTIONS { . = 0x100000; .text : { *(.text) } .programs : { *(.programs .rodata*) } }",
        "tangled/user/program.ld": "ENTRY(start) SECTIONS { . = 0x400000; .text : { KEEP(*(.text)) } }",
        "boot/start.asm": "section .text\nglobal _start\n_start: hlt\n",
        "boot/grub.cfg": f'menuentry "Daybook" {{\n  multiboot2 /boot/daybook.elf\n  module2 /boot/{module} {module}\n}}\n',
        "tangled/user/one/main.asm": "section .text\nglobal start\nstart: hlt\n db 'the first one'\n",
        "tangled/user/two/main.asm": "section .text\nglobal start\nstart: hlt\n db 'the other one'\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    made = build(TOP, "--kernel", tmp_path)
    kernel = (tmp_path / "daybook.elf").read_bytes()
    assert (b"the first one" in kernel, b"the other one" in kernel) == (True, module != "two"), made.stderr
    if module != "two":  # another file of the image
        assert not (tmp_path / "daybook.modules").exists()
        return
    assert [file.name for file in (tmp_path / "daybook.modules").iterdir()] == ["two"]
    assert b"the other one" in (tmp_path / "daybook.modules/two").read_bytes() and not symbols(tmp_path / "daybook.modules/two")
