"""The table of what a day costs: kept in build/figures/bench.json, row by row, and shown beside what is allowed."""

import json
from datetime import date

from made_journal import ROOT
from measures import COSTLY, QUICK, Row, Value

KEPT = ROOT / "build/figures/bench.json"
AS_IS = "0"

Kept = dict[str, dict[str, dict]]  # row, days, value


def kept() -> Kept:
    return json.loads(KEPT.read_text()) if KEPT.exists() else {}


def keep(row: str, days: str, value: Value) -> None:
    values = kept()
    values.setdefault(row, {})[days] = {**vars(value), "date": date.today().isoformat()}
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    part = KEPT.with_suffix(".part")
    part.write_text(json.dumps(values, indent=1))
    part.replace(KEPT)


def cell(row: Row, days: str, values: dict[str, dict]) -> str:
    """A number with its unit and date; ! if it is more than allowed with as many days."""
    if not (value := values.get(days)):
        return "-"
    limit = row.allowed and row.allowed[days != AS_IS]
    digits = 1 if row.unit and value["number"] < 100 else 0
    over = "!" if limit is not None and value["number"] > limit else ""
    cpu = f"({value['cpu']:.1f} CPU-s)" if value["cpu"] else ""
    words = [f"{value['number']:.{digits}f}", row.unit, over, cpu, value["date"][5:]]
    return " ".join(word for word in words if word)


def show() -> None:
    values = kept()
    columns = [AS_IS, *sorted({days for row in values.values() for days in row} - {AS_IS}, key=int)]
    entries = len(list((ROOT / "journal").glob("*.nw")))
    heads = [f"{entries} (as it is)" if days == AS_IS else f"{days} days" for days in columns]
    print(f"{'':<44}{'allowed, 31; 100':>18}" + "".join(f"{head:>32}" for head in heads))
    for row in [row for _, rows in {**QUICK, **COSTLY}.values() for row in rows]:
        allowed = "; ".join(f"{limit:g}" for limit in row.allowed or ())
        cells = [cell(row, days, values.get(row.title, {})) for days in columns]
        print(f"{row.title:<44}{allowed:>18}" + "".join(f"{text:>32}" for text in cells))
    for title, of_days in values.items():
        for days, value in of_days.items():
            if value["note"]:
                print(f"{title.strip()}, {days if days != AS_IS else entries} days: {value['note']}")
