"""Which line of the journal each instruction of a kernel is from, as DWARF's line tables tell."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from boot_data.program import output_of

# "FILE  LINE  ADDRESS  VIEW  x"; the x stands where a statement begins. Only the journal's files end in .nw; readelf shows some
# with their folder, some without. A sequence ends with a row whose line is "-": its address is the first behind the code.
_ROW = re.compile(r"^(?:(?:\S*/)?([\w-]+)\.nw|\S+) +(\d+|-) +0x([0-9a-f]+)\b.*?( x)?$", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """A line of the journal, and whether a statement of it begins there: a compiler moves instructions about, and this is where
    a debugger stops."""

    entry: str
    line: int
    begins: bool


def line_table(elf: Path) -> list[tuple[int, Place | None]]:
    """The addresses from which on the code is of another line than before, in order; None stands for no
    line that is known."""
    listing = output_of("readelf", "--wide", "--debug-dump=decodedline", str(elf))
    places: dict[int, Place | None] = {}
    sequence: dict[int, Place | None] = {}
    begun: set[tuple[str, str, str]] = set()  # statements: entry, line, address
    ends = []
    for entry, line, address, begins in _ROW.findall(listing):
        if line == "-":
            ends.append(int(address, 16))
            sequence.pop(ends[-1], None)  # a last row may be of no code
            places |= sequence
            sequence = {}
        else:  # of several rows with one address, the last one holds; any may say that a statement begins there
            if begins:
                begun.add((entry, line, address))
            is_begun = (entry, line, address) in begun
            sequence[int(address, 16)] = Place(entry, int(line), is_begun) if entry else None
    for end in ends:
        places.setdefault(end, None)
    rows: list[tuple[int, Place | None]] = []
    for address, place in sorted(places.items()):
        last = rows[-1][1] if rows else None
        if not rows or (place not in (last, last and replace(last, begins=False))):
            rows.append((address, place))
    return rows
