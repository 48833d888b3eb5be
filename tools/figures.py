"""What the tests of the memory code measured: build/figures/NAME.json, which the site's page on memory shows.

A record holds for one kernel, which the seal of the newest entry names; of another kernel it is not shown.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import store

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build/figures"
NAMES = ("machines", "maps", "injection", "owners")  # of what the boots are kept of, and so may not be found out again


@dataclass(frozen=True)
class Table:
    """Rows of texts below a head; the first column says what its row is of."""

    caption: str
    head: list[str]
    rows: list[list[str]]


def kernel() -> str | None:
    """The newest entry and the digest of its sources; None if it has no seal yet."""
    seals = (ROOT / "journal/SEALS").read_text().splitlines()
    entry, digest = [line for line in seals if line[:1].isdigit()][-1].split()[:2]
    newest = max(path.stem for path in (ROOT / "journal").glob("*.nw"))
    return f"{entry} {digest}" if entry == newest else None


def record(name: str, made_by: str, said: str, *tables: Table, on: date | None = None) -> None:
    """Keeps what the command `made_by` found out `on` a day, which is today: a sentence and tables. Of a kernel without a seal
    nothing is kept."""
    if kernel() is None:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    content = {
        "kernel": kernel(),
        "date": (on or date.today()).isoformat(),
        "made_by": made_by,
        "said": said,
        "tables": [asdict(table) for table in tables],
    }
    part = FOLDER / f".{name}.part"
    part.write_text(json.dumps(content, indent=1, ensure_ascii=False))
    part.replace(FOLDER / f"{name}.json")
    store.keep(_key(name), content)


def recall() -> None:
    """Puts back what was recorded of this kernel before, where nothing is."""
    for name in NAMES:
        if kernel() and not (FOLDER / f"{name}.json").exists() and (content := store.known(_key(name))):
            FOLDER.mkdir(parents=True, exist_ok=True)
            (FOLDER / f"{name}.json").write_text(json.dumps(content, indent=1, ensure_ascii=False))


def _key(name: str) -> str:
    return store.key("figure", name=name, kernel=kernel())
