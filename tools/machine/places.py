"""A tree's sources, line directives and blank lines aside: their digest, and places in the journal, which follow the code when
prose moves it to other lines."""

import hashlib
import re
from functools import cache
from pathlib import Path

from directives import place

PLACE = re.compile(r"\bjournal/[\w.-]+\.nw:\d+\b")

Spot = tuple[str, int]  # a tangled file, and which of its lines that count


def sources(folder: Path) -> list[Path]:
    """What was tangled into the tree at `folder`."""
    found = [file for top in (folder / "boot", folder / "tangled") for file in top.rglob("*") if file.is_file()]
    return sorted([*found, *folder.glob("linker.ld")])


@cache
def digest(folder: Path) -> str:
    """Of all sources of a tree, as they were when it was first asked for."""
    total = hashlib.sha256()
    for file in sources(folder):
        text = "".join(f"{line}\n" for _, line in _lines(file))
        total.update(f"{file.relative_to(folder)} {hashlib.sha256(text.encode(errors='surrogateescape')).hexdigest()}\n".encode())
    return total.hexdigest()


def _lines(file: Path) -> list[tuple[str, str]]:
    """Each line that counts, and the place in the journal that it comes from."""
    found, source, at = [], "", 0
    for line in file.read_text(errors="surrogateescape").splitlines():
        if named := place(line):
            source, at = named
            continue
        if line.strip():
            found.append((f"{source}:{at}", line))
        at += 1
    return found


@cache
def _places(folder: Path) -> dict[Spot, str]:
    files = ((str(file.relative_to(folder)), _lines(file)) for file in sources(folder))
    return {(name, number): at for name, lines in files for number, (at, _) in enumerate(lines) if not at.startswith(":")}


def spots(folder: Path, text: str) -> dict[str, Spot]:
    """Where in the tree's sources the places are that `text` names, by the place."""
    named = set(PLACE.findall(text))
    return {at: spot for spot, at in _places(folder).items() if at in named} if named else {}


def moved(folder: Path, text: str, kept: dict[str, Spot]) -> str:
    """`text`, which named the places that `kept` has the spots of: where these are in the tree as it is now."""
    now = _places(folder) if kept else {}
    new = {place: now.get((file, number), place) for place, (file, number) in kept.items()}
    return PLACE.sub(lambda match: new.get(match[0], match[0]), text)


def forget() -> None:
    """What was read of trees that have been tangled since."""
    digest.cache_clear()
    _places.cache_clear()
