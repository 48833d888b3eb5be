"""Fragments kept on disk, each under the digest of everything that it depends on."""

import functools
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from identifiers.model import Draft, Fragment, Sighting


@functools.cache
def code_digest() -> str:
    """The digest of this package: what other code found is not to be trusted."""
    total = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        total.update(file.read_bytes())
    return total.hexdigest()


def digest(parts: Iterable[str]) -> str:
    """One digest of all texts, in order."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode()
        total.update(b"%d:" % len(data) + data)
    return total.hexdigest()


def load(folder: Path, key: str) -> Fragment | None:
    """The fragment that is kept under `key`, if one is; nobody may change it."""
    path = folder / f"{key}.json"
    return _read(path) if path.exists() else None


@functools.cache
def _read(path: Path) -> Fragment:
    kept = json.loads(path.read_text())
    return Fragment(
        {key: Draft(*draft) for key, draft in kept["drafts"].items()},
        {file: [Sighting(*sighting) for sighting in sightings] for file, sightings in kept["sightings"].items()},
    )


def store(folder: Path, key: str, fragment: Fragment) -> None:
    """Keeps a fragment. Another process may do the same at the same time: theirs is complete and equal."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{key}.{os.getpid()}"
    unfinished.write_text(json.dumps({"drafts": fragment.drafts, "sightings": fragment.sightings}, ensure_ascii=False))
    os.replace(unfinished, folder / f"{key}.json")
