"""The kernel that ships: the newest day's, without what only proves it."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from machine.boot import Boot, boot, medium
from machine.elf import compiled_in_tests, section_sizes, symbols
from machine.machines import Machine
from machine.trees import ROOT, newest

TEXT_BYTES = 52 << 10  # of what stays of the whole microkernel, in the end
ISO, ELF = newest().folder / "product.iso", newest().folder / "product.elf"
OF_TESTS = re.compile(r"KTAP version \d+|\d+\.\.\d+|(not )?ok \d+ .*")
NUMBER = re.compile(r"\b0x[0-9a-f]+\b|\d+")
pytestmark = pytest.mark.kept(newest())


@pytest.fixture(scope="module", autouse=True)
def product() -> None:
    """It is built."""
    subprocess.run(["tools/build", "--product", str(newest().folder.relative_to(ROOT))], cwd=ROOT, check=True)


def shapes(booted: Boot) -> Iterator[str]:
    """What was said, whatever its numbers, without what the tests have to say."""
    for line in booted.serial.splitlines():
        if not OF_TESTS.fullmatch(line):
            yield NUMBER.sub("N", line)


@pytest.mark.parametrize("machine", newest().machines(every=False), ids=lambda machine: machine.name)
def test_it_does_what_the_second_kernel_does_and_no_test(machine: Machine) -> None:
    said = {}
    for iso in (ISO, newest().iso):
        with medium(machine, iso) as arguments:
            booted = boot(machine, arguments)
        assert booted.outcome == "exit 33", booted.serial
        said[iso] = list(shapes(booted))
    assert said[ISO] == said[newest().iso]
    assert len(said[ISO]) > 20


def test_its_code_is_small() -> None:
    """What stays of it: set-up's is given back (test_set_up.py)."""
    sizes, whole = section_sizes(ELF), section_sizes(newest().elf)
    said = f"{sizes['.text']} bytes of code stay, and {sizes['.set_up.text']} bytes of code and constants are given back"
    print(said)
    assert 10_000 < sizes[".text"] <= TEXT_BYTES, said
    assert 0 < sizes[".set_up.text"] < whole[".set_up.text"] and sizes[".text"] < whole[".text"], said


def test_nothing_of_the_second_kernel_is_in_it() -> None:
    """Neither tests, nor what only files of the second kernel define, nor what its headers do."""
    assert compiled_in_tests(ELF) == 0 < compiled_in_tests(newest().elf)
    rows = [row.split() for row in (newest().folder / "objects.txt").read_text().splitlines()]
    names = {True: set[str](), False: set[str]()}  # by whether the file only proves the kernel
    for name, path in rows:
        only_proves = name.startswith("proof/") or Path(name).stem.endswith("_test")
        listed = subprocess.run(["nm", "--defined-only", ROOT / path], capture_output=True, text=True, check=True)
        names[only_proves] |= {line.split()[-1] for line in listed.stdout.splitlines()}
    foreign = names[True] - names[False] | {"_ZN9injection5askedE"}
    assert foreign & symbols(newest().elf).keys() >= {"_ZN6kernel9run_testsEv", "_ZN9injection5askedE"}
    by_the_linker = set(re.findall(r"\w+", (ROOT / "linker.ld").read_text()))
    assert not foreign & symbols(ELF).keys() - by_the_linker
