"""What became of the mutants, as a table and a list."""

from collections import Counter
from pathlib import Path

from explained import Name, shown
from operators import Mutant, read
from results import Results


def report(asked: list[Mutant], results: Results, reasons: dict[Name, str], tree: Path, is_all: bool) -> bool:
    """Prints everything; whether it is as it should be."""
    rows: dict[str, Counter] = {}
    surviving = []
    for mutant in asked:
        row = rows.setdefault(mutant.file, Counter())
        killed = results.get(mutant).killed
        verdict = "killed" if killed else "explained" if mutant.name in reasons else "surviving"
        row.update(["mutants", verdict])
        if verdict == "surviving":
            surviving.append(mutant)
    columns = ["mutants", "killed", "explained", "surviving"]
    print(f"{'file':<26}" + "".join(f"{name:>11}" for name in columns))
    for file, row in [*rows.items(), ("all", sum(rows.values(), Counter()))]:
        print(f"{file:<26}" + "".join(f"{row[name]:>11}" for name in columns))
    for mutant in surviving:
        print(f"\n{mutant.journal(read(tree / mutant.file))}: no test notices, and nothing explains:\n{shown(mutant.name)}")
    by_name = {mutant.name: mutant for mutant in asked}
    stale = []
    for name in reasons:
        if name not in by_name and (is_all or name[0] in rows):
            stale.append(f"there is no such mutant any more:\n{shown(name)}")
        elif name in by_name and results.get(by_name[name]).killed:
            stale.append(f"{results.get(by_name[name]).by} kills it now:\n{shown(name)}")
    for each in stale:
        print(f"\nan explanation is stale: {each}")
    return not surviving and not stale
