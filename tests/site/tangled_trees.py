"""What `make at ENTRY=… tangle` made of the journal, line directives aside, to compare with what the pages say."""

import os

from directives import place
from woven import TOP

AT = TOP / "build/at"


def tangled(entry: str) -> dict[str, str]:
    """The files that `make at ENTRY=… tangle` made, line directives aside, by their places."""
    folder = AT / entry
    assert folder.is_dir(), f'build/at/{entry} is missing; "make days" makes it'
    paths = [*folder.glob("boot/**/*"), *folder.glob("tangled/**/*"), *folder.glob("linker.ld")]
    return {str(path.relative_to(folder)): without_directives(path.read_text()) for path in paths if path.is_file()}


def without_directives(text: str) -> str:
    """The lines that are neither directives nor blank. A line of the journal that directives cut into two is one again;
    noweb has filled its second part with blanks, so its blanks are taken out here."""
    lines: list[str] = []
    cut: dict[tuple[str, int], int | None] = {}  # lines of the journal that a directive interrupted, and where they begin
    file, number, goes_on, began = "", 0, False, None
    for line in text.split("\n"):
        if stands := place(line):
            cut[file, number - 1] = began
            file, number = stands
            goes_on = (file, number) in cut
            continue
        began = len(lines) if line.strip() else None
        if line.strip() and goes_on:
            start = cut[file, number]
            if start is not None:
                lines[start : start + 2] = [without_blanks("".join(lines[start : start + 2]))]
            lines[-1] = without_blanks(lines[-1] + line)
        elif line.strip():
            lines.append(line)
        goes_on = False
        number += 1
    return "".join(line + "\n" for line in lines)


def without_blanks(text: str) -> str:
    return "".join(text.split())


def compared(read: str, tangled: str) -> tuple[str, str]:
    """Both texts, without blank lines, and where the tangled one had to be put together, without blanks."""
    ours, theirs = [line for line in read.split("\n") if line.strip()], tangled.split("\n")[:-1]
    for at, line in enumerate(theirs[: len(ours)]):
        if line == without_blanks(ours[at]):
            ours[at] = line
    return "\n".join(ours), "\n".join(theirs)


def differences(read: dict[str, str], tangled: dict[str, str]) -> list[str]:
    """Where the two trees differ first, file by file."""
    found = [f"{name}: only one of them has it" for name in sorted(read.keys() ^ tangled.keys())]
    for name in sorted(read.keys() & tangled.keys()):
        ours, theirs = compared(read[name], tangled[name])
        if ours != theirs:
            same = len(os.path.commonprefix([ours, theirs]))
            line = ours.count("\n", 0, same) + 1
            ours, theirs = (text[max(same - 30, 0) : same + 30] for text in (ours, theirs))
            found.append(f"{name}: non-blank line {line}: the pages say …{ours!r}, the journal …{theirs!r}")
    return found
