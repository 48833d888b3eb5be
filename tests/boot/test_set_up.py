"""What only set-up needs is given back: judged from outside, before and after."""

import subprocess
from functools import cache, partial

import pytest

from machine.boot import boot, medium
from machine.elf import section_sizes, symbols
from machine.halted import Look, look
from machine.machines import Machine
from machine.page_tables import judge_page_tables, wanted_pages
from machine.trees import ROOT, Day, Exhibit, newest
from machine.walker import PAGE, TOP_2_GIB, Extent, translate

MACHINE = Machine.parse("bios-pc-64M-nodebugexit")
ENTRY = "2026-11-30zs-given-back"
NOT_YET, TWICE = Exhibit(ENTRY, "not-yet"), Exhibit(ENTRY, "twice")
BASE, POOL = 0xFFFF_FFFF_8000_0000, range(0xFFFF_8000_0000_0000, 0xFFFF_C000_0000_0000)
pytestmark = pytest.mark.kept(newest(), NOT_YET, TWICE)


@cache
def seen(tree: Day | Exhibit, kernel: str = "daybook") -> Look:
    if kernel == "product":
        subprocess.run(["tools/build", "--product", str(tree.folder.relative_to(ROOT))], cwd=ROOT, check=True)
    elf = tree.folder / f"{kernel}.elf"
    with medium(MACHINE, elf.with_suffix(".iso")) as arguments:
        return boot(MACHINE, arguments, partial(look, wanted=wanted_pages(elf))).seen


def extents(found: Look) -> list[Extent]:
    return found.page_tables[found.cpus[0].cr3]


def in_the_pool(found: Look, physical: int) -> list[Extent]:
    return [each for each in extents(found) if each.virtual in POOL and each.physical <= physical < each.physical_end]


@pytest.mark.parametrize("kernel", ["daybook", "product"])
def test_nothing_of_it_is_left(kernel: str) -> None:
    """Its pages are not mapped, its frames are the pool's; what can be executed is the text that stays."""
    elf, found = newest().folder / f"{kernel}.elf", seen(newest(), kernel)
    names = symbols(elf)
    pages = range(names["set_up_start"], names["set_up_end"], PAGE)
    assert len(pages) > 8
    assert [hex(page) for page in pages if translate(extents(found), page)] == []
    for frame in range(names["boot_start"], names["kernel_start"] - BASE, PAGE):
        (only,) = in_the_pool(found, frame)
        assert only.writable and not only.executable
    executable = sum(each.length for each in extents(found) if each.executable and each.virtual >= TOP_2_GIB)
    assert executable == -(-section_sizes(elf)[".text"] // PAGE) * PAGE
    assert judge_page_tables(found, elf) == []


def test_it_is_mapped_once_until_then() -> None:
    found, names = seen(NOT_YET), symbols(NOT_YET.elf)
    at, page = translate(extents(found), names["set_up"]) or (0, None)
    assert page and page.executable and not page.writable
    assert not in_the_pool(found, at) and not in_the_pool(found, names["boot_start"])
    assert judge_page_tables(found, NOT_YET.elf) == []


def test_a_pool_that_has_it_at_once_is_noticed() -> None:
    found = judge_page_tables(seen(TWICE), TWICE.elf)
    assert any("is mapped twice" in complaint for complaint in found)
