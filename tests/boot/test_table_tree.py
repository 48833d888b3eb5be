"""Page tables as run.json has them: every entry is there, and neighbours are joined."""

from hand_made import GIB, HALF, MIB, Tables, sound_tables
from machine.table_tree import Table, read_tables
from machine.walker import NO_EXECUTE, PAGE, PRESENT, USER, WRITABLE, Extent, walk

CACHE_DISABLE, ACCESSED, DIRTY, GLOBAL = 1 << 4, 1 << 5, 1 << 6, 1 << 8
SPAN = {4: 512 * GIB, 3: GIB, 2: 2 * MIB, 1: PAGE}


def tree(tables: Tables) -> list[Table]:
    return read_tables(tables.read_page, tables.cr3)


def rows(table: Table) -> list[tuple[int, int, str, str, str]]:
    """The entries of a table, shortly."""
    return [(run["index"], run["count"], run["kind"], run["target"], " ".join(run["flags"])) for run in table.record()["entries"]]


def test_tables_are_there_from_the_top() -> None:
    found = tree(sound_tables())
    assert [(table.level, hex(table.virtual)) for table in found] == [
        (4, "0x0"),
        (3, "0xffff800000000000"),
        (3, "0xffffff8000000000"),
        (2, "0xffff800000000000"),
        (2, "0xffffffff80000000"),
        (1, "0xffffffff80200000"),
    ]
    assert rows(found[0]) == [(256, 1, "table", hex(found[1].address), "P W"), (511, 1, "table", hex(found[2].address), "P W")]
    assert rows(found[3]) == [(0, 1, "page", "0x100000000", "P W PS NX")]
    assert rows(found[5]) == [(0, 1, "page", "0x200000", "P"), (1, 1, "page", "0x201000", "P NX"), (2, 1, "page", "0x202000", "P W NX")]


def test_four_gib_in_large_pages_are_few_entries() -> None:
    tables = Tables()
    for number in range(2048):
        tables.map(number * 2 * MIB, number * 2 * MIB, WRITABLE, size=2 * MIB)
    found = tree(tables)
    assert len(found) == 6
    assert rows(found[1]) == [(0, 4, "table", hex(found[2].address), "P W")]
    assert [rows(table) for table in found[2:]] == [[(0, 512, "page", hex(gib * GIB), "P W PS")] for gib in range(4)]


def test_only_entries_that_follow_one_another_are_joined() -> None:
    tables = Tables()
    for page, physical, flags in [
        (0, 0x10, WRITABLE),
        (1, 0x11, WRITABLE),
        (2, 0x13, WRITABLE),  # leads elsewhere
        (4, 0x14, WRITABLE),  # an entry is missing
        (5, 0x15, 0),  # other rights
        (6, 0x16, CACHE_DISABLE),
    ]:
        tables.map(HALF + page * PAGE, physical * PAGE, flags)
    assert [row[:2] for row in rows(tree(tables)[-1])] == [(0, 2), (2, 1), (4, 1), (5, 1), (6, 1)]


def test_what_the_cpu_marked_does_not_part_neighbours() -> None:
    tables = Tables()
    for page, marks in enumerate([ACCESSED | DIRTY, ACCESSED, ACCESSED | DIRTY]):
        tables.map(HALF + page * PAGE, page * PAGE, marks | GLOBAL)
    assert rows(tree(tables)[-1]) == [(0, 3, "page", "0x0", "P A G")]
    tables.map(HALF, 0, GLOBAL)
    assert rows(tree(tables)[-1]) == [(0, 3, "page", "0x0", "P G")]


def test_flags_are_named_where_they_are_flags() -> None:
    """Bit 7 is PS or PAT, bit 12 PAT or an address, and bits 6 and 8 mean nothing where a table follows."""
    upper = WRITABLE | USER | DIRTY | GLOBAL | NO_EXECUTE
    small = tree(Tables().map(0, 3 * PAGE, 1 << 7, upper=upper))
    assert rows(small[0])[0][4] == "P W U NX" and rows(small[-1]) == [(0, 1, "page", "0x3000", "P PAT")]
    large = tree(Tables().map(0, 2 * MIB, 1 << 12 | DIRTY, size=2 * MIB))
    assert rows(large[-1]) == [(0, 1, "page", "0x200000", "P D PS PAT")]


def test_a_table_with_two_ways_to_it_is_there_twice() -> None:
    tables = Tables().map(0, MIB, WRITABLE)
    (low,) = rows(tree(tables)[0])
    tables.enter(tables.cr3, 256, int(low[3], 16) | PRESENT | WRITABLE)
    found = tree(tables)
    assert [(table.level, hex(table.virtual)) for table in found[1:3]] == [(3, "0x0"), (3, hex(HALF))]
    assert found[1].address == found[2].address and found[1].entries == found[2].entries
    assert len(found) == 7


def extents_of(found: list[Table], number: int = 0, rights: int = WRITABLE | USER) -> list[Extent]:
    """What a person finds who walks through the tables by hand, a page at a time."""
    table = found[number]
    extents = []
    for run in table.entries:
        for nth in range(run.count):
            span = SPAN[table.level]
            virtual = table.virtual + (run.index + nth) * span
            virtual |= 0xFFFF << 48 if virtual >> 47 & 1 else 0
            granted = rights & run.flags & (WRITABLE | USER) | (rights | run.flags) & NO_EXECUTE
            if run.is_page:
                extents.append(
                    Extent(
                        virtual,
                        run.target + nth * span,
                        span,
                        span,
                        bool(granted & WRITABLE),
                        not granted & NO_EXECUTE,
                        bool(granted & USER),
                    )
                )
            else:
                next_one = next(
                    index for index, other in enumerate(found) if (other.address, other.virtual) == (run.target + nth * PAGE, virtual)
                )
                extents += extents_of(found, next_one, granted)
    return extents


def test_the_tree_leads_where_the_walker_says() -> None:
    tables = sound_tables().map(5 * GIB, 5 * GIB, WRITABLE | USER, size=GIB, upper=WRITABLE | USER)
    for number in range(1024):  # across the end of a table
        tables.map(HALF + GIB + number * PAGE, MIB + number * PAGE, NO_EXECUTE)
    joined = walk(tables.read_page, tables.cr3)
    parts = [
        (extent.virtual + offset, extent.physical + offset, extent.writable, extent.executable, extent.user)
        for extent in joined
        for offset in range(0, extent.length, extent.page_size)
    ]
    found = extents_of(tree(tables))
    assert [(e.virtual, e.physical, e.writable, e.executable, e.user) for e in found] == parts
