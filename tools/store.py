#!/usr/bin/env python3
"""Verdicts that were costly to come to, kept by the digest of all that they depend on, outside of this folder.

    store.py known KIND  for each line of standard input the key of a verdict, and "known" if it is; a line has what it depends on in
                         JSON: {"name": value, ...}, where {"file": PATH} counts by the file's content
    store.py keep KEY    keeps it
    store.py count LOG   how many verdicts were new and how many known, of each kind, in the runs that wrote to LOG

Only what went well is kept. FRESH=1 takes no verdict from the store but new ones: since this program began, or since the time in
DAYBOOK_SINCE, which make sets, so that its programs believe one another. DAYBOOK_VERDICTS names a file to
which every run writes a line for each verdict: new KIND, or known KIND.
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "daybook/verdicts"
SINCE = float(os.environ.get("DAYBOOK_SINCE") or time.time()) if os.environ.get("FRESH") == "1" else 0.0
UNUSED_DAYS = 60  # after which a verdict is forgotten

Verdict = dict[str, Any]
COUNTS: Counter[tuple[str, str]] = Counter()  # of this run: ("new" or "known", kind)


def key(kind: str, **components: Any) -> str:
    """KIND/DIGEST: the digest of the names and values. A Path counts by its content, all else by its JSON text."""
    parts = json.dumps({name: _plain(value) for name, value in components.items()}, sort_keys=True)
    return f"{kind}/{hashlib.sha256(parts.encode()).hexdigest()[:40]}"


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return [str(value.name), digest_of(value)]
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return value


def digest_of(file: Path) -> str:
    """Of the file's content."""
    status = file.stat()
    return _digest_of(file, status.st_mtime_ns, status.st_size)


@cache
def _digest_of(file: Path, _written: int, _size: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def known(key: str, folder: Path | None = None) -> Verdict | None:
    """The verdict under `key`, if there is one. The files that were kept with it are copied to `folder`."""
    found = _read(key)
    if found is not None:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            for file in (FOLDER / key / "files").iterdir():
                shutil.copyfile(file, folder / file.name)
        _count("known", key)
    return found


def is_known(key: str) -> bool:
    """As `known`, of somebody who wants to know whether there is something to do."""
    return _read(key) is not None


def _read(key: str) -> Verdict | None:
    file = FOLDER / key / "verdict.json"
    try:
        if file.stat().st_mtime < SINCE:
            return None
        os.utime(FOLDER / key)
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return None


def keep(key: str, verdict: Verdict, files: dict[str, bytes] | None = None) -> None:
    """Keeps a verdict on something that went well, and with it `files` by their names."""
    place = FOLDER / key
    place.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=".part-", dir=place.parent))
    (part / "files").mkdir()
    for name, content in (files or {}).items():
        (part / "files" / name).write_bytes(content)
    (part / "verdict.json").write_text(json.dumps(verdict))
    shutil.rmtree(place, ignore_errors=True)
    try:
        part.rename(place)
    except OSError:  # somebody else was faster
        shutil.rmtree(part)
    _count("new", key)


def _count(what: str, key: str) -> None:
    kind = key.partition("/")[0]
    COUNTS[what, kind] += 1
    if log := os.environ.get("DAYBOOK_VERDICTS"):
        with open(log, "a") as file:
            file.write(f"{what} {kind}\n")


def summary(counts: Counter[tuple[str, str]]) -> str:
    """A line: how many verdicts of each kind were new, and how many known."""
    kinds = sorted({kind for _, kind in counts})
    said = [f"{kind} {counts['new', kind]} new, {counts['known', kind]} known" for kind in kinds]
    return f"verdicts: {'; '.join(said)}" if said else "verdicts: none"


def forget_unused() -> None:
    """Removes what nobody has asked for in a long time."""
    oldest = time.time() - UNUSED_DAYS * 24 * 3600
    for place in FOLDER.glob("*/*"):
        if place.stat().st_mtime < oldest:
            shutil.rmtree(place, ignore_errors=True)


def _component(value: Any) -> Any:
    """A value of JSON: as it is, or the file that it names."""
    if isinstance(value, list):
        return [_component(each) for each in value]
    return Path(value["file"]) if isinstance(value, dict) and value.keys() == {"file"} else value


def main(arguments: list[str]) -> int:
    """The exit status."""
    match arguments:
        case ["known", kind]:
            for line in sys.stdin.read().splitlines():
                wanted = key(kind, **{name: _component(value) for name, value in json.loads(line).items()})
                print(wanted, *["known"] * (known(wanted) is not None))
        case ["keep", new]:
            keep(new, {})
        case ["count", log]:
            lines = Path(log).read_text().splitlines() if Path(log).exists() else []
            print(summary(Counter((what, kind) for what, _, kind in (line.partition(" ") for line in lines))))
            forget_unused()
        case _:
            print((__doc__ or "").strip(), file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
