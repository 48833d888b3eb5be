"""What became of the mutants, as a table and a list."""

from collections import Counter
from pathlib import Path

from explained import Name, shown
from operators import Mutant
from results import Results


COLUMNS = ["mutants", "killed", "explained", "surviving"]


def verdict_on(mutant: Mutant, results: Results, reasons: dict[Name, str]) -> str:
    return "killed" if results[mutant].killed else "explained" if mutant.name in reasons else "surviving"


def table(asked: list[Mutant], results: Results, reasons: dict[Name, str]) -> list[list[str]]:
    """A row for each file, and one for all: its name, and the numbers of the COLUMNS."""
    counts: dict[str, Counter[str]] = {}
    for mutant in asked:
        counts.setdefault(mutant.file, Counter()).update(["mutants", verdict_on(mutant, results, reasons)])
    rows = [*counts.items(), ("all", sum(counts.values(), Counter[str]()))]
    return [[file, *(str(count[name]) for name in COLUMNS)] for file, count in rows]


def report(asked: list[Mutant], results: Results, reasons: dict[Name, str], tree: Path, is_all: bool) -> bool:
    """Prints everything; whether it is as it should be."""
    for file, *cells in [["file", *COLUMNS], *table(asked, results, reasons)]:
        print(f"{file:<26}" + "".join(f"{cell:>11}" for cell in cells))
    surviving = [mutant for mutant in asked if verdict_on(mutant, results, reasons) == "surviving"]
    files = {mutant.file for mutant in asked}
    for mutant in surviving:
        print(f"\n{mutant.journal(tree)}: no test notices, and nothing explains:\n{shown(mutant.name)}")
    by_name = {mutant.name: mutant for mutant in asked}
    stale = []
    for name in reasons:
        if name not in by_name and (is_all or name[0] in files):
            stale.append(f"there is no such mutant any more:\n{shown(name)}")
        elif name in by_name and results[by_name[name]].killed:
            stale.append(f"{results[by_name[name]].by} kills it now:\n{shown(name)}")
    for each in stale:
        print(f"\nan explanation is stale: {each}")
    return not surviving and not stale
