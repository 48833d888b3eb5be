"""The newest kernel's builds with checks (`make sanitized`): they find nothing, but what an exhibit plants."""

import re
import subprocess
from pathlib import Path

import pytest

from machine.boot import boot_kernel
from machine.elf import locate
from machine.machines import Machine
from machine.trees import BUILD, ROOT, Exhibit, Sanitized, exhibits, newest
from machine.verdict import judge_tests

# GCC's functions for a check, and on how large a machine the build is booted: shadow memory has to be written.
BUILDS = {
    "undefined": (r"__ubsan_handle_", ["64M", "512M", "6G"]),
    "address": (r"__asan_(?:load|store)", ["64M", "512M"]),
}
MACHINES = [
    (name, f"direct-{board}-{memory}-cpu_{cpu}")
    for name, (_, sizes) in BUILDS.items()
    for memory in sizes
    for board, cpu in (("pc", "qemu64"), ("q35", "max"))
]
# A line of an exhibit that a check must name by its address.
MARK = "// the mistake is noticed here"


def checks(elf: Path, pattern: str) -> int:
    """How many calls there are to functions of this name, out of others."""
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", elf], capture_output=True, text=True, check=True).stdout
    functions = re.split(r"^(?=[0-9a-f]{16} <)", code, flags=re.MULTILINE)
    others = (text for text in functions if not re.match(rf"[0-9a-f]+ <{pattern}", text))
    return sum(len(re.findall(rf"\b(?:call|j[a-z]+) +[0-9a-f]+ <{pattern}", text)) for text in others)


@pytest.mark.all
@pytest.mark.kept(*map(Sanitized, BUILDS))
@pytest.mark.parametrize(("name", "machine"), MACHINES)
def test_all_goes_well(name: str, machine: str) -> None:
    elf = Sanitized(name).elf
    booted = boot_kernel(Machine.parse(machine), elf.with_suffix(".iso"))
    assert booted.outcome == "exit 33" and judge_tests(booted.serial, elf) == [], booted.serial
    assert ("\nshadow memory: " in booted.serial) == (name == "address")


@pytest.mark.all
@pytest.mark.kept(newest(), *map(Sanitized, BUILDS))
@pytest.mark.parametrize("name", BUILDS)
def test_there_are_checks_in_this_build_only(name: str) -> None:
    pattern, _ = BUILDS[name]
    assert checks(Sanitized(name).elf, pattern) > 500
    assert checks(newest().elf, pattern) == 0


MARKED = [
    (entry, name)
    for entry, name in exhibits()
    if any(MARK in path.read_text() for path in (BUILD / "exhibit" / entry / name / "tangled").rglob("main.cpp"))
]


@pytest.mark.all
@pytest.mark.kept(*(Exhibit(*names) for names in MARKED), files=sorted((ROOT / "journal").glob("*.nw")))
@pytest.mark.parametrize(("entry", "name"), MARKED)
def test_the_address_leads_to_the_mistake(entry: str, name: str) -> None:
    """The journal's line that belongs to the address is the one that says so."""
    exhibit = Exhibit(entry, name)
    booted = boot_kernel(Machine.parse("direct-pc-64M"), exhibit.iso)
    rip = re.search(r"^  rip (0x[0-9a-f]+), where it was noticed$", booted.serial, re.MULTILINE)
    assert rip, booted.serial
    place = re.search(r"journal/([^:]+):(\d+)", locate(exhibit.elf, int(rip[1], 16)))
    assert place
    assert MARK in (ROOT / "journal" / place[1]).read_text().splitlines()[int(place[2]) - 1]


def test_some_exhibits_are_marked() -> None:
    assert len(MARKED) >= 4
