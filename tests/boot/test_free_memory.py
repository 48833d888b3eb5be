"""The pool of all free memory, seen from outside, against what is free: on the maps of real machines, and with planted defects.

Every kernel that has the pool is looked at for it on each of its machines (cases.py)."""

from dataclasses import replace
from pathlib import Path

import pytest

from hand_made import GIB, MIB
from machine.boot import boot, direct
from machine.boot_information import USABLE, Region, boot_information, read_map
from machine.free_memory import BASE, judge_free_memory, read_said
from machine.machines import Machine
from machine.trees import ROOT, newest
from machine.walker import PAGE, Extent

MAPS = sorted((ROOT / "tests/maps").glob("*.map"))

LOW_RAM = 3 << 30  # as much as QEMU's pc can have below 4 GiB; its q35 has 2 GiB beside RAM above


def machine_for(regions: list[Region]) -> Machine:
    """One whose RAM reaches as far up as the map's."""
    highest = max(region.end for region in regions if region.kind == USABLE)
    megabytes = (LOW_RAM + max(highest - (1 << 32), 0)) >> 20
    return Machine.parse(f"direct-pc-{megabytes}M-below4g3072M-cpu_max+vendor=GenuineIntel+phys_bits=46")


def has_all_ram(regions: list[Region]) -> bool:
    usable = [region for region in regions if region.kind == USABLE and region.start < region.end]
    return all(region.end <= LOW_RAM or 1 << 32 <= region.start for region in usable)


@pytest.mark.all
@pytest.mark.kept(newest(), files=MAPS)
@pytest.mark.parametrize("file", MAPS, ids=lambda file: file.stem)
def test_the_map_of_a_real_machine_is_whole(file: Path, tmp_path: Path) -> None:
    """The kernel on another machine's map: all that it lists is in the pool. Where there is RAM for all of it, it passes its
    tests, too. Where there is not (between 3 and 4 GiB), it comes to an end that is defined."""
    regions = read_map(file)
    information = tmp_path / "information"
    information.write_bytes(boot_information(regions))
    booted = boot(machine_for(regions), direct(newest().elf, information))
    said = read_said(booted.serial)
    assert said and said.size == sum(end - start for start, end in said.free), booted.serial
    outcomes = ("exit 33",) if has_all_ram(regions) else ("exit 33", "exit 35", "exit 37")
    assert booted.outcome in outcomes, booted.serial


def test_most_of_the_maps_can_be_lived_on() -> None:
    assert sum(has_all_ram(read_map(file)) for file in MAPS) > len(MAPS) / 2


SERIAL = """\
  0x100000 - 0x80000000 usable
  0x40000000 - 0x40001000 reserved
page tables: 68 KiB
free memory: 2096120 KiB from 0xffff800000000000 on, in 0 pages of 1 GiB, 1022 of 2 MiB and 766 of 4 KiB
not free: 0x100000-0x101000
"""


def extent(virtual: int, physical: int, end: int, page_size: int) -> Extent:
    return Extent(BASE + virtual, physical, end - physical, page_size, writable=True, executable=False, user=False)


def sound_pool() -> list[Extent]:
    """The pool of SERIAL."""
    below, above = GIB - 2 * MIB, GIB - 2 * MIB
    small = below + above
    return [
        extent(0, 2 * MIB, GIB, 2 * MIB),
        extent(below, GIB + 2 * MIB, 2 * GIB, 2 * MIB),
        extent(small, MIB + PAGE, 2 * MIB, PAGE),
        extent(small + MIB - PAGE, GIB + PAGE, GIB + 2 * MIB, PAGE),
    ]


def test_a_sound_pool_passes() -> None:
    assert judge_free_memory(SERIAL, sound_pool(), gib_pages=True) == []


def changed(index: int, **fields: object) -> list[Extent]:
    pool = sound_pool()
    pool[index] = replace(pool[index], **fields)
    return pool


@pytest.mark.parametrize(
    ("pool", "complaint"),
    [
        (sound_pool()[:-1], "it ends at 0xffff80007fcff000, not at "),
        (sound_pool()[1:], "a hole at 0xffff800000000000"),
        (changed(0, executable=True), "wrong rights: "),
        (changed(0, writable=False), "wrong rights: "),
        (changed(2, physical=MIB), "it maps other memory than what is free"),
        (changed(1, physical=2 * MIB), "it maps other memory than what is free"),
        (changed(1, page_size=PAGE), "it says 1022 pages of 0x200000 bytes, and 511 are mapped"),
        ([*sound_pool(), extent(3 * GIB, 9 * GIB, 9 * GIB + PAGE, PAGE)], "a hole at "),
    ],
)
def test_a_planted_defect_is_found(pool: list[Extent], complaint: str) -> None:
    found = judge_free_memory(SERIAL, pool, gib_pages=True)
    assert any(text.startswith(complaint) for text in found), found


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("2096120 KiB", "2096124 KiB", "it says that "),
        ("0x100000-0x101000", "0x100000-0x101001", "it says that "),
        ("tables: 68", "tables: 400", "page tables take 400 KiB for 2096120 KiB of memory"),
        ("not free", "free", "the log does not say what is free"),
        ("0x80000000 usable", "0xc0000000 usable", "it says {1073741824: 0, "),
    ],
)
def test_a_log_that_says_otherwise_is_noticed(old: str, new: str, complaint: str) -> None:
    found = judge_free_memory(SERIAL.replace(old, new), sound_pool(), gib_pages=True)
    assert any(text.startswith(complaint) for text in found), found
