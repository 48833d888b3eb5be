"""The walker of page tables, which sees those of every kernel in the higher half (cases.py): on tables with planted defects."""

import struct
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from hand_made import GIB, HALF, LOADED, MIB, TEXT, Tables, sound_tables
from machine.assembled import build_kernel
from machine.boot import boot, direct
from machine.cpus import Cpu
from machine.elf import segments
from machine.halted import Look, look, parse_regions
from machine.machines import Machine
from machine.page_tables import check_guards, guard_pages, judge_page_tables, wanted_pages
from machine.trees import newest
from machine.walker import (
    CR0_PG,
    CR0_WP,
    CR4_LA57,
    CR4_PAE,
    EFER_LMA,
    EFER_NXE,
    NO_EXECUTE,
    PAGE,
    USER,
    WRITABLE,
    Region,
    check_extents,
    check_registers,
)

RAM = [Region(0, 640 << 10, "pc.ram"), Region(MIB, 64 * MIB, "pc.ram"), Region(4 * GIB, 8 * GIB, "pc.ram")]


def build_live_kernel(folder: Path, defect: int = 0) -> Path:
    """The ELF file of live/higher_half.asm with a defect, by its number there."""
    live, elf = Path(__file__).parent / "live", folder / "higher_half.elf"
    layout = ("-T", str(live / "higher_half.ld"))
    build_kernel(live / "higher_half.asm", elf, *layout, define=f"DEFECT={defect}")
    return elf


@pytest.mark.parametrize(
    ("defect", "complaint"),
    [
        (0, None),
        (1, "writable and executable: 0xffffffff80200000..0xffffffff80201000 -> 0x200000 rwx"),
        (2, "a leftover of the identity map: 0x0000000000200000..0x0000000000201000 -> 0x200000 r-x"),
    ],
)
def test_the_walker_on_a_live_machine(defect: int, complaint: str | None, tmp_path: Path) -> None:
    """A small kernel of the tests' own, on two CPUs; the second one is never started."""
    elf = build_live_kernel(tmp_path, defect)
    inspect = partial(look, wanted=wanted_pages(elf))
    booted = boot(Machine.parse("bios-q35-64M-smp2-nodebugexit"), direct(elf), inspect)
    assert booted.outcome == "halt"
    assert booted.seen.screen.startswith(b"\x89PNG")
    found = judge_page_tables(booted.seen, elf)
    assert complaint in found if complaint else found == []


def complaints(tables: Tables, gib_pages: bool = False) -> list[str]:
    return check_extents(tables.walk(), RAM, gib_pages)


def test_the_walker_finds_what_is_mapped() -> None:
    found = sound_tables().walk()
    assert [str(extent) for extent in found] == [
        "0xffff800000000000..0xffff800000200000 -> 0x100000000 rw-",
        "0xffffffff80200000..0xffffffff80201000 -> 0x200000 r-x",
        "0xffffffff80201000..0xffffffff80202000 -> 0x201000 r--",
        "0xffffffff80202000..0xffffffff80203000 -> 0x202000 rw-",
    ]
    assert [extent.page_size for extent in found] == [2 * MIB, PAGE, PAGE, PAGE]


def test_neighbours_are_one_extent() -> None:
    tables = Tables()
    for number in range(1024):  # across the end of a table
        tables.map(HALF + number * PAGE, MIB + number * PAGE, NO_EXECUTE)
    tables.map(HALF + 1024 * PAGE, MIB + 1025 * PAGE, NO_EXECUTE)  # not a neighbour in physical memory
    assert [extent.length for extent in tables.walk()] == [1024 * PAGE, PAGE]


@pytest.mark.parametrize("odd", [0, 1, 511])
def test_a_full_table_with_one_entry_that_differs_is_read_entry_by_entry(odd: int) -> None:
    tables = Tables()
    for number in range(512):
        tables.map(HALF + number * PAGE, MIB + number * PAGE, NO_EXECUTE | (WRITABLE if number == odd else 0))
    found = tables.walk()
    assert sum(extent.length for extent in found) == 512 * PAGE
    assert [extent.virtual for extent in found if extent.writable] == [HALF + odd * PAGE]
    assert [extent.length for extent in found if extent.writable] == [PAGE]


def test_guard_pages() -> None:
    extents = sound_tables().walk()
    assert check_guards(extents, [TEXT - PAGE, TEXT + 3 * PAGE]) == []
    (found,) = check_guards(extents, [TEXT + 2 * PAGE])
    assert found.startswith(f"the guard page {TEXT + 2 * PAGE:#x} is mapped: ")

@pytest.mark.kept(newest())
def test_the_newest_kernel_has_guards() -> None:
    assert len(guard_pages(newest().elf)) >= 2


def test_rights_are_those_of_every_level() -> None:
    """A page is writable if all levels say so, and not executable if one of them says so."""
    read_only_above = Tables().map(HALF, MIB, WRITABLE | USER, upper=0).walk()[0]
    assert (read_only_above.writable, read_only_above.executable, read_only_above.user) == (False, True, False)
    no_execute_above = Tables().map(HALF, MIB, WRITABLE, upper=WRITABLE | NO_EXECUTE).walk()[0]
    assert (no_execute_above.writable, no_execute_above.executable) == (True, False)


def test_without_nxe_every_page_can_be_executed() -> None:
    assert all(extent.executable for extent in sound_tables().walk(no_execute=False))


def test_the_pat_bit_of_a_large_page_is_no_address() -> None:
    tables = Tables().map(HALF, 2 * MIB | 1 << 12, NO_EXECUTE, size=2 * MIB)
    assert tables.walk()[0].physical == 2 * MIB


def test_sound_tables_pass() -> None:
    assert complaints(sound_tables()) == []


@pytest.mark.parametrize(
    ("plant", "complaint"),
    [
        (lambda t: t.map(HALF + GIB, 8 * MIB, WRITABLE), "writable and executable: 0xffff800040000000"),
        (lambda t: t.map(HALF + GIB, LOADED + PAGE, NO_EXECUTE), "0x201000 is mapped twice: "),
        (
            lambda t: t.map(HALF + GIB, 4 * GIB + MIB, NO_EXECUTE),
            "0x100100000 is mapped twice: 0xffff800000000000..0xffff800000200000",
        ),
        (lambda t: t.map(8 * MIB, 8 * MIB, NO_EXECUTE), "a leftover of the identity map: 0x0000000000800000"),
        (lambda t: t.map(0, 8 * MIB, NO_EXECUTE), "page 0 is mapped: 0x0000000000000000"),
        (lambda t: t.map(HALF + GIB, 640 << 10, NO_EXECUTE), "neither RAM nor a known device at 0xa0000: "),
        (lambda t: t.map(HALF + GIB, 9 * GIB, NO_EXECUTE), "neither RAM nor a known device at 0x240000000: "),
        (
            lambda t: t.map(HALF + GIB, 62 * MIB, NO_EXECUTE, size=2 * MIB).map(
                HALF + GIB + 2 * MIB, 64 * MIB, NO_EXECUTE, size=2 * MIB
            ),
            "neither RAM nor a known device at 0x4000000: 0xffff800040000000",
        ),
        (lambda t: t.map(HALF + GIB, 5 * GIB, NO_EXECUTE, size=GIB), "a 1 GiB page, on a CPU that has none: "),
        (
            lambda t: t.map(HALF + (1 << 39), 8 * MIB, USER | NO_EXECUTE, upper=WRITABLE | USER),
            "a page of the kernel's half that user mode may touch: 0xffff808000000000",
        ),
    ],
)
def test_a_planted_defect_is_found(plant: Callable[[Tables], Tables], complaint: str) -> None:
    found = complaints(plant(sound_tables()))
    assert len(found) == 1 and found[0].startswith(complaint), found


def test_every_alias_of_a_large_page_is_found() -> None:
    tables = sound_tables()
    tables.map(HALF + GIB, 4 * GIB + PAGE, NO_EXECUTE)
    tables.map(HALF + 2 * GIB, 4 * GIB + MIB, NO_EXECUTE)
    assert [text.split(" ")[0] for text in complaints(tables)] == ["0x100001000", "0x100100000"]


def test_gib_pages_are_right_where_the_cpu_has_them() -> None:
    assert complaints(sound_tables().map(HALF + GIB, 5 * GIB, NO_EXECUTE, size=GIB), gib_pages=True) == []


def test_control_registers() -> None:
    cr0, cr4, efer = CR0_PG | CR0_WP, CR4_PAE, EFER_LMA | EFER_NXE
    assert check_registers(cr0, cr4, efer) == []
    for values, complaint in [
        ((CR0_PG, cr4, efer), "CR0.WP is off"),
        ((cr0, cr4, EFER_LMA), "EFER.NXE is off"),
        ((CR0_WP, cr4, efer), "no 4-level paging"),
        ((cr0, 0, efer), "no 4-level paging"),
        ((cr0, cr4 | CR4_LA57, efer), "no 4-level paging"),
        ((cr0, cr4, EFER_NXE), "no 4-level paging"),
    ]:
        found = check_registers(*values)
        assert len(found) == 1 and found[0].startswith(complaint), found


@pytest.fixture(scope="module")
def high_elf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kernel whose segments are where sound_tables() maps them."""
    return build_live_kernel(tmp_path_factory.mktemp("live"))


def look_at(tables: Tables, elf: Path) -> Look:
    """The look at a machine that has the tables and, in its memory, the kernel."""
    cpu = Cpu(0, 0, True, CR0_PG | CR0_WP, 0, tables.cr3, CR4_PAE, EFER_LMA | EFER_NXE)
    asleep = replace(cpu, cr0=0, cr3=0)  # a CPU that nobody has started
    file = elf.read_bytes()
    contents = {
        part.virtual: file[part.offset : part.offset + part.file_size].ljust(PAGE, b"\0")
        for part in segments(elf)
        if part.virtual in wanted_pages(elf)
    }
    return Look([cpu, asleep], False, RAM, {cpu.cr3: tables.walk()}, contents, b"")


def test_a_sound_kernel_passes(high_elf: Path) -> None:
    assert wanted_pages(high_elf) == [TEXT, TEXT + PAGE]
    assert judge_page_tables(look_at(sound_tables(), high_elf), high_elf) == []


def test_a_walk_that_does_not_find_the_kernel_fails(high_elf: Path) -> None:
    seen = look_at(sound_tables(), high_elf)
    empty = replace(seen, page_tables={cr3: [] for cr3 in seen.page_tables}, contents={})
    assert "the walker proves nothing" in judge_page_tables(empty, high_elf)[0]
    assert judge_page_tables(replace(seen, page_tables={}), high_elf) == ["CPU 0 has paging off"]
    assert "was not read" in judge_page_tables(replace(seen, contents={}), high_elf)[0]


def test_a_kernel_that_is_not_where_its_elf_says_fails(high_elf: Path) -> None:
    tables = sound_tables().map(TEXT, 8 * MIB, 0)
    found = judge_page_tables(look_at(tables, high_elf), high_elf)
    assert found == ["0xffffffff80200000 is mapped to 0x800000, the ELF file says 0x200000"]


def test_other_bytes_than_the_files_fail(high_elf: Path) -> None:
    seen = look_at(sound_tables(), high_elf)
    other = replace(seen, contents=seen.contents | {TEXT: bytes(PAGE)})
    found = judge_page_tables(other, high_elf)
    assert found == ["the memory at 0xffffffff80200000 does not hold the ELF file's bytes"]


def test_more_rights_than_the_elf_says_fail(high_elf: Path) -> None:
    rodata = TEXT + PAGE
    writable = sound_tables().map(rodata, LOADED + PAGE, WRITABLE | NO_EXECUTE)
    found = judge_page_tables(look_at(writable, high_elf), high_elf)
    assert found == [f"{rodata:#x} is writable, the ELF file does not say so"]
    executable = sound_tables().map(rodata, LOADED + PAGE, 0)
    found = judge_page_tables(look_at(executable, high_elf), high_elf)
    assert found == [f"{rodata:#x} is executable, the ELF file does not say so"]


def test_an_elf_that_hides_its_constants_fails(high_elf: Path, tmp_path: Path) -> None:
    """As ld makes it where a section that is written to has been put among the constants."""
    elf = bytearray(high_elf.read_bytes())
    (headers,) = struct.unpack_from("<Q", elf, 32)
    flags = headers + 56 + 4  # of the second segment
    assert elf[flags] == 4
    elf[flags] |= 2
    changed = tmp_path / "changed.elf"
    changed.write_bytes(elf)
    found = judge_page_tables(look_at(sound_tables(), changed), changed)
    assert len(found) == 1 and "has no read-only segment in the higher half" in found[0]


def test_the_memory_map_is_read_from_the_monitor() -> None:
    listing = """FlatView #0\r
 AS "cpu-smm-0", root: memory\r
  0000000000000000-00000000000bffff (prio 0, ram): pc.ram\r
FlatView #1\r
 AS "memory", root: system\r
  0000000000000000-000000000009ffff (prio 0, ram): pc.ram\r
  00000000000a0000-00000000000bffff (prio 1, i/o): vga-lowmem\r
  00000000000c0000-00000000000cafff (prio 0, rom): pc.ram @00000000000c0000\r
  0000000000100000-0000000003ffffff (prio 0, ram): pc.ram @0000000000100000\r
  00000000fec00000-00000000fec00fff (prio 0, i/o): ioapic\r
  00000000febf1000-00000000febf1fff (prio 1, i/o): ahci\r
"""
    assert parse_regions(listing) == [
        Region(0, 0xA0000, "pc.ram"),
        Region(0xA0000, 0xC0000, "vga-lowmem"),
        Region(MIB, 64 * MIB, "pc.ram"),
        Region(0xFEC00000, 0xFEC01000, "ioapic"),
    ]
