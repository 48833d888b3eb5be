"""The tangled files are to be read, too: as if somebody had written them by hand."""

import re
from pathlib import Path

import pytest

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
