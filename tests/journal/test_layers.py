"""The kernel's folders are layers: each uses only those that stand before it in the list in tangled/README.md. What is in a folder bears
its name, and is declared where it is defined."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import directives

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"\| `(\w+)/` \|")
INCLUDE = re.compile(r'\s*#include "(\w+)/')
NAMESPACE = re.compile(r"namespace (\w+)")
NO_LAYERS = {"compiler", "proof", "user"}  # options; tests and instruments, which may use anything; programs
NAMED_OTHERWISE = {"ending": "kernel"}  # kernel::panic is what a panic is called
# Entered by the CPU, the boot code, programs and the compiler.
NOT_INCLUDED = {"kernel/exception.cpp", "kernel/main.cpp", "kernel/system_calls.cpp", "runtime/memory.cpp"}


def lines(path: Path) -> Iterator[tuple[str, str]]:
    """Each line, with its file and number: those of the journal where a directive says them."""
    here, number = str(path), 0
    for line in path.read_text().splitlines():
        if place := directives.place(line):
            here, number = place[0], place[1] - 1
        else:
            number += 1
            yield f"{here}:{number}", line


def complaints(tangled: Path) -> list[str]:
    """A sentence for each arrow that runs back up, each folder that the list does not have, or has in vain, and each name that is not
    where one would look for it."""
    layers = ROW.findall((tangled / "README.md").read_text())
    found = []
    there = {path.name for path in tangled.iterdir() if path.is_dir()} - NO_LAYERS
    for folder in sorted(there ^ set(layers)):
        why = "is not in its list of folders" if folder in there else "is in its list, but is no folder"
        found.append(f"{tangled / 'README.md'}: {folder}/ {why}")
    for path in (path for folder in layers for path in sorted((tangled / folder).rglob("*.?pp")) if not path.stem.endswith("_test")):
        name = str(path.relative_to(tangled))
        user = name.partition("/")[0]
        for place, line in lines(path):
            used, space = INCLUDE.match(line), NAMESPACE.match(line)
            if used and used[1] not in layers[: layers.index(user) + 1]:
                found.append(f"{place}: {name} uses {used[1]}/, which is not before {user}/ in tangled/README.md")
            if space and space[1] not in (NAMED_OTHERWISE.get(user, user), path.stem):
                found.append(f"{place}: {name} has the namespace {space[1]}, not {user}")
        if path.suffix == ".cpp" and not path.with_suffix(".hpp").exists() and name not in NOT_INCLUDED:
            found.append(f"{path}: there is no {name[:-3]}hpp that declares what it has")
    return found


def test_each_folder_uses_only_those_before_it_and_bears_its_name() -> None:
    assert complaints(ROOT / "tangled") == []


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        (
            "low/a.hpp",
            '#line 7 "journal/x.nw"\n// a\n#include "high/b.hpp"\n',
            "journal/x.nw:8: low/a.hpp uses high/, which is not before low/ in tangled/README.md",
        ),
        ("high/b.hpp", '#include "low/a.hpp"\n#include "high/c.hpp"\n\nnamespace high {\n', None),
        ("high/b.hpp", '#include "proof/a.hpp"\n', "b.hpp:1: high/b.hpp uses proof/, which is not before high/ in tangled/README.md"),
        ("low/a_test.cpp", '#include "high/b.hpp"\n', None),
        ("proof/low/a.hpp", '#include "high/b.hpp"\n', None),
        ("other/c.hpp", "", "README.md: other/ is not in its list of folders"),
        ("low/a.hpp", "namespace high {\n", "a.hpp:1: low/a.hpp has the namespace high, not low"),
        ("low/a.cpp", "namespace low {\n", "a.cpp: there is no low/a.hpp that declares what it has"),
    ],
)
def test_what_is_not_in_order_is_told(tmp_path: Path, file: str, text: str, complaint: str | None) -> None:
    for folder in ("low", "high"):
        (tmp_path / folder).mkdir()
    (tmp_path / "README.md").write_text("| `low/` | first |\n| `high/` | then |\n")
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text)
    said = complaints(tmp_path)
    assert len(said) == (complaint is not None) and (not said or said[0].endswith(complaint or ""))
