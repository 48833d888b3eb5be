"""A tree's sources, line directives and blank lines aside: their digest, and places in the journal, which follow the code when
prose moves it to other lines."""

import hashlib
import os
import re
from functools import cache
from glob import glob
from pathlib import Path

from directives import place

PLACE = re.compile(r"\bjournal/[\w.-]+\.nw:\d+\b")

Spot = tuple[str, int]  # a tangled file, and which of its lines that count


def sources(folder: Path) -> list[Path]:
    """What was tangled into the tree at `folder`."""
    walked = (step for top in ("boot", "tangled") for step in os.walk(folder / top))
    found = [f"{at}/{name}" for at, _, names in walked for name in names]
    return [Path(name) for name in sorted([*found, *glob(f"{folder}/linker.ld")])]


@cache
def digest(folder: Path) -> str:
    """Of all sources of a tree, as they were when it was first asked for."""
    total = hashlib.sha256()
    for file in sources(folder):
        total.update(f"{str(file)[len(str(folder)) + 1:]} {_digest(file.read_text(errors='surrogateescape'))}\n".encode())
    return total.hexdigest()


@cache  # the days have most of their files in common
def _digest(text: str) -> str:
    counts = "".join(f"{line}\n" for _, line in _lines(text))
    return hashlib.sha256(counts.encode(errors="surrogateescape")).hexdigest()


@cache
def _lines(text: str) -> list[tuple[str, str]]:
    """Each line that counts, and the place in the journal that it comes from."""
    found, source, at = [], "", 0
    for line in text.splitlines():
        if named := place(line):
            source, at = named
            continue
        if line.strip():
            found.append((f"{source}:{at}", line))
        at += 1
    return found


def _read(folder: Path, name: str) -> list[tuple[str, str]]:
    file = folder / name
    return _lines(file.read_text(errors="surrogateescape")) if file.is_file() else []


def spots(folder: Path, text: str) -> dict[str, Spot]:
    """Where in the tree's sources the places are that `text` names, by the place."""
    named = set(PLACE.findall(text))
    names = [str(file.relative_to(folder)) for file in sources(folder)] if named else []
    return {at: (name, number) for name in names for number, (at, _) in enumerate(_read(folder, name)) if at in named}


def moved(folder: Path, text: str, kept: dict[str, Spot]) -> str:
    """`text`, which named the places that `kept` has the spots of: where these are in the tree as it is now."""

    def now(at: str, name: str, number: int) -> str:
        found = dict(enumerate(_read(folder, name))).get(number, (":", ""))[0]
        return at if found.startswith(":") else found

    new = {at: now(at, *spot) for at, spot in kept.items()}
    return PLACE.sub(lambda match: new.get(match[0], match[0]), text)


def forget() -> None:
    """The digests of trees that have been tangled since."""
    digest.cache_clear()
