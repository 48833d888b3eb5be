"""The choice of the pool on memory maps of other machines: on the host (map-check), in the kernel (map-boot), and by an
oracle that shares nothing with either."""

import random
import re
import subprocess
from pathlib import Path

import pytest

from machine import memory_log
from machine.boot import boot, direct
from machine.boot_information import RESERVED, USABLE, MapError, Module, Region, boot_information, read_map
from machine.boots import Boots
from machine.cases import MATRIX
from machine.hostile_maps import hostile_map
from machine.machines import Machine
from machine.pool_oracle import HIGHEST, PAGE, Range, pool
from machine.trees import BUILD, ROOT, newest

MAPS = sorted((ROOT / "tests/maps").glob("*.map"))
CHECK = BUILD / "map-check"
ELF = newest().elf
IN_KERNEL = pytest.mark.kept(newest(), files=[*MAPS, ROOT / "tools/map-boot", *sorted((ROOT / "tools/map-check").iterdir())])
MiB = 1 << 20


def line_for(chosen: Range | None) -> str:
    return f"pool {chosen[0]:#x} {chosen[1]:#x}" if chosen else "no pool: "


def map_check(file: Path, danger: list[Range] | None = None, limit: int | None = None) -> str:
    """The line that map-check prints; its status must fit."""
    command = [str(CHECK), str(file)]
    if danger:
        command += ["--danger", ",".join(f"{start:#x}-{end}" for start, end in danger)]
    if limit is not None:
        command += ["--limit", hex(limit)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert not run.stderr
    assert run.stdout.count("\n") == 1
    assert run.returncode == (0 if run.stdout.startswith("pool ") else 1)
    return run.stdout.rstrip("\n")


def map_boot(file: Path) -> tuple[str, list[Range], int]:
    """What the kernel says on this map: its line, its danger areas, its limit."""
    command = [str(ROOT / "tools/map-boot"), str(ELF), str(file)]
    run = subprocess.run(command, capture_output=True, text=True)
    danger, limit = memory_log.areas("danger areas", run.stdout), memory_log.limit(run.stdout)
    assert danger and limit, run.stdout + run.stderr
    line = run.stdout.rstrip().splitlines()[-1]
    assert run.returncode == (0 if line.startswith("pool ") else 1), run.stdout + run.stderr
    return line, danger, limit


def write_map(file: Path, regions: list[Region]) -> Path:
    file.write_text("".join(f"{r.start:#x} {r.end:#x} some-type {r.kind}\n" for r in regions))
    return file


def agree(said: str, chosen: Range | None) -> bool:
    return said == line_for(chosen) if chosen else said.startswith(line_for(chosen))


def some_danger(rng: random.Random, regions: list[Region]) -> list[Range]:
    """Danger areas in and around the regions."""
    areas = []
    for _ in range(rng.randrange(6)):
        region = rng.choice(regions)
        start = rng.randrange(region.start, region.end + 1) & ~rng.choice([0, 0xFFF])
        areas.append((start, min(start + rng.choice([0, 1, PAGE, 5 * PAGE, MiB]), HIGHEST)))
    return areas


def test_the_maps_are_there() -> None:
    assert len(MAPS) == 28


@pytest.mark.parametrize(
    ("regions", "danger", "limit", "expected"),
    [
        ([(0x1000, 0x3000, 1)], [], HIGHEST, (0x1000, 0x3000)),
        ([(0, 0x3000, 1)], [], HIGHEST, (0x1000, 0x3000)),
        ([(0x1001, 0x3fff, 1)], [], HIGHEST, (0x2000, 0x3000)),
        ([(0x1001, 0x2fff, 1)], [], HIGHEST, None),
        ([(0x1000, 0x3000, 1), (0x3000, 0x4000, 1)], [], HIGHEST, (0x1000, 0x4000)),
        ([(0x1000, 0x9000, 1), (0x4000, 0x5000, 2)], [], HIGHEST, (0x5000, 0x9000)),
        ([(0x1000, 0x9000, 1)], [(0x2000, 0x2001), (0x6000, 0x6000)], HIGHEST, (0x3000, 0x9000)),
        ([(0x1000, 0x9000, 1)], [], 0x4800, (0x1000, 0x4000)),
        ([(0x1000, 0x3000, 1), (0x5000, 0x7000, 1)], [], HIGHEST, (0x1000, 0x3000)),
        ([(0x1000, 0x3000, 3)], [], HIGHEST, None),
        ([((1 << 64) - 0x3000, 1 << 64, 1)], [], HIGHEST, ((1 << 64) - 0x3000, (1 << 64) - 0x1000)),
    ],
)
def test_the_oracle_by_hand(
    regions: list[tuple[int, int, int]], danger: list[Range], limit: int, expected: Range | None, tmp_path: Path
) -> None:
    rows = [Region(*row) for row in regions]
    assert pool(rows, danger, limit) == expected
    assert agree(map_check(write_map(tmp_path / "map", rows), danger, limit), expected)


@pytest.mark.parametrize("file", MAPS, ids=lambda file: file.stem)
def test_a_real_map_on_the_host(file: Path) -> None:
    regions = read_map(file)
    assert agree(map_check(file), pool(regions, []))
    rng = random.Random(file.name)
    for _ in range(20):
        danger = some_danger(rng, regions)
        region = rng.choice(regions)
        limit = rng.choice([1 << 32, HIGHEST, rng.randrange(region.start, region.end + 1) & HIGHEST])
        assert agree(map_check(file, danger, limit), pool(regions, danger, limit)), (danger, limit)


@pytest.mark.all
@IN_KERNEL
@pytest.mark.parametrize("file", MAPS, ids=lambda file: file.stem)
def test_a_real_map_in_the_kernel(file: Path, boots: Boots) -> None:
    said, danger, limit = map_boot(file)
    chosen = pool(read_map(file), danger, limit)
    assert chosen and said == line_for(chosen)
    assert said == map_check(file, danger, limit)
    assert limit >= 1 << 32
    # The kernel can build its higher half from it: what it takes elsewhere, and the least that the journal promises.
    plain = boots.get((newest().iso, Machine.parse("direct-pc-64M"), False)).serial
    taken = re.search(r"^page tables: (\d+) KiB$", plain, re.MULTILINE)
    assert taken and chosen[1] - chosen[0] >= max(int(taken[1]), 64) << 10


@pytest.mark.all
def test_hostile_maps_on_the_host(tmp_path: Path) -> None:
    rng = random.Random(20251106)
    with_pool = 0
    for number in range(2_000):
        regions = hostile_map(rng)
        danger = some_danger(rng, regions)
        limit = rng.choice([HIGHEST, rng.randrange(64) * PAGE + rng.choice([0, 7]), 1 << 32])
        chosen = pool(regions, danger, limit)
        said = map_check(write_map(tmp_path / "map", regions), danger, limit)
        assert agree(said, chosen), (number, regions, danger, limit)
        with_pool += chosen is not None
    assert 500 < with_pool < 1_950


@pytest.mark.all
@IN_KERNEL
@pytest.mark.parametrize("seed", range(200 if MATRIX else 12))
def test_hostile_maps_in_the_kernel(seed: int, tmp_path: Path) -> None:
    file = write_map(tmp_path / "map", hostile_map(random.Random(seed)))
    said, danger, limit = map_boot(file)
    assert agree(said, pool(read_map(file), danger, limit))
    assert said == map_check(file, danger, limit)


@IN_KERNEL
def test_the_kernel_refuses_more_regions_than_it_has_room_for(tmp_path: Path) -> None:
    file = write_map(tmp_path / "map", [Region(n * MiB, (n + 1) * MiB, USABLE) for n in range(257)])
    run = subprocess.run([ROOT / "tools/map-boot", ELF, file], capture_output=True, text=True)
    assert run.returncode == 1
    assert "The kernel cannot go on: the memory map has more than 256 regions" in run.stdout
    assert map_check(file) == f"pool 0x1000 {257 * MiB:#x}"


@IN_KERNEL
def test_a_start_without_boot_information_is_refused() -> None:
    booted = boot(Machine.parse("direct-pc-64M"), direct(ELF))
    assert booted.status == 39
    assert booted.serial.endswith("without a loader, and without boot information as its first module.\n")


def test_reasons() -> None:
    assert set(re.findall(r'return "(.*)"', (ROOT / "tangled/page/choose_pt_space.cpp").read_text())) > {
        reason for reason in REASONS.values()
    }


REASONS = {
    "0x1000 0x9000 reserved 2": "the memory map has no usable memory",
    "0x1000 0x1000 empty 1": "the memory map has no usable memory",
    "0x900000000 0xA00000000 RAM 1": "all usable memory lies above the limit of the boot mapping",
    "0x1000 0x1fff RAM 1": "no whole page of usable memory is free",
}


@IN_KERNEL
@pytest.mark.parametrize("row", REASONS)
def test_no_pool_has_a_reason(row: str, tmp_path: Path) -> None:
    file = tmp_path / "map"
    file.write_text(row + "\n")
    assert map_check(file, limit=1 << 32) == f"no pool: {REASONS[row]}"
    assert map_boot(file)[0] == f"no pool: {REASONS[row]}"


BAD_MAPS = {
    "": "{file}: there is no region in it",
    "# only a comment\n": "{file}: there is no region in it",
    "0x0 0x1000 RAM\n": "{file}:1: a region is START END TYPE MULTIBOOT_TYPE, four fields; here are 3",
    "\n0x0 0x1000 RAM 1 more\n": "{file}:2: a region is START END TYPE MULTIBOOT_TYPE, four fields; here are 5",
    "0x2000 0x1000 RAM 1\n": "{file}:1: the range ends at 0x1000, before its start 0x2000",
    "0x 0x1000 RAM 1\n": "{file}:1: '0x' is no number; write it decimal or as 0x…",
    "-5 0x1000 RAM 1\n": "{file}:1: '-5' is no number; write it decimal or as 0x…",
    "0 12z RAM 1\n": "{file}:1: '12z' is no number; write it decimal or as 0x…",
    "0 0x10000000000000001 RAM 1\n": "{file}:1: '0x10000000000000001' is a number of more than 64 bits",
    "0 0x1000 RAM 0x100000000\n": "{file}:1: MULTIBOOT_TYPE is a number of 32 bits, not 0x100000000",
}


@IN_KERNEL
@pytest.mark.parametrize("text", BAD_MAPS)
def test_a_bad_map_is_one_sentence(text: str, tmp_path: Path) -> None:
    file = tmp_path / "map"
    file.write_text(text)
    expected = BAD_MAPS[text].format(file=file)
    for command in ([CHECK, file], [ROOT / "tools/map-boot", ELF, file]):
        run = subprocess.run(command, capture_output=True, text=True)
        assert (run.returncode, run.stdout, run.stderr) == (2, "", expected + "\n")
    with pytest.raises(MapError):
        read_map(file)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--danger", "0x1000"], "DANGER: '0x1000' is no range; write START-END, and a comma before the next"),
        (["--danger", "2-1"], "DANGER: the range ends at 1, before its start 2"),
        (["--danger", "1-2,"], "DANGER: '' is no range; write START-END, and a comma before the next"),
        (["--danger", "1-q"], "DANGER: 'q' is no number; write it decimal or as 0x…"),
        (["--limit", "4G"], "LIMIT: '4G' is no number; write it decimal or as 0x…"),
    ],
)
def test_bad_options_are_one_sentence(options: list[str], expected: str) -> None:
    run = subprocess.run([CHECK, MAPS[0], *options], capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (2, "", expected + "\n")


def test_the_boot_information_has_all_that_was_given() -> None:
    module = Module(Path("folder/notes"), 0x123000, 0x123456)
    blob = boot_information([Region(0, PAGE, USABLE), Region(PAGE, 1 << 64, 12)], "a b", [module])
    assert len(blob) == int.from_bytes(blob[:4], "little")
    assert blob.count(b"a b\0") == 1
    assert blob.count(b"\x03\0\0\0\x16\0\0\0\x00\x30\x12\0\x56\x34\x12\0notes\0\0\0") == 1
    assert len(blob) % 8 == 0


def test_make_says_only_the_answer() -> None:
    command = ["make", "map-check", "MAP=tests/maps/19-macbook2-1.map", "DANGER=0x100000-0x200000,0-4096", "LIMIT=4294967296"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "pool 0x200000 0x3e0f8000\n")
