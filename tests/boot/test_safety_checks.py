"""Takes out one check after the other of what stands between programs and the kernel, in assembly and C++, and sees whether a boot of
the second kernel notices: by a test of its own, a panic, a reset, or a line that is missing. (`make mutants` makes each small mistake in code
that the host can run.)"""

import shutil
import subprocess
from pathlib import Path

import pytest

from machine.boot import boot_kernel
from machine.expect import match_log
from machine.machines import Machine
from machine.trees import ROOT, newest
from machine.verdict import judge_tests

LIST = Path(__file__).with_name("safety_checks")
MACHINE, PROVED = Machine.parse("direct-pc-64M-cpu_max"), Machine.parse("bios-pc-64M")
pytestmark = [pytest.mark.all, pytest.mark.kept(newest(), files=[LIST])]


def checks() -> list[tuple[str, str, str]]:
    """What is said, the line and what it becomes, of each."""
    lines = [line for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
    assert all(line.startswith("  ") == (number % 3 != 0) for number, line in enumerate(lines)), f"{LIST} is not as it says"
    return [(said, old.strip(), new.strip()) for said, old, new in zip(lines[::3], lines[1::3], lines[2::3], strict=True)]


def complaints(folder: Path) -> list[str]:
    """What a boot of the kernel there says that is wrong."""
    elf = folder / "daybook.elf"
    booted = boot_kernel(MACHINE, folder / "daybook.iso")
    if booted.outcome != "exit 33":
        return [booted.outcome]
    proved = [block for proof in newest().proofs().values() for block in proof.blocks_for(PROVED)]
    blocks = [block for block in proved if any(each.regex.pattern.startswith("^program ") for each in block.expected)]
    return judge_tests(booted.serial, elf) + [said for block in blocks for said in match_log(block, booted.serial)]


def copy(to: Path) -> Path:
    """The newest kernel's sources."""
    for name in ("boot", "tangled", "linker.ld"):
        source = newest().folder / name
        shutil.copytree(source, to / name) if source.is_dir() else shutil.copyfile(source, to / name)
    return to


def built(folder: Path) -> Path:
    subprocess.run(["tools/build", "--kernel", folder], cwd=ROOT, check=True, capture_output=True)
    return folder


def test_nothing_is_wrong_with_all_of_them(tmp_path: Path) -> None:
    assert complaints(built(copy(tmp_path / "whole"))) == []


@pytest.mark.parametrize(("said", "old", "new"), [pytest.param(*each, id=each[0]) for each in checks()])
def test_a_check_that_is_missing_is_noticed(tmp_path: Path, said: str, old: str, new: str) -> None:
    folder = copy(tmp_path / "without")
    file = folder / "tangled" / said.partition(":")[0]
    lines = file.read_text().splitlines(keepends=True)
    found = [number for number, line in enumerate(lines) if line.strip() == old]
    assert len(found) == 1, f"{file.name} has {len(found)} lines that are `{old}`"
    lines[found[0]] = f"{new}\n"
    file.write_text("".join(lines))
    assert complaints(built(folder)), f"nothing notices: {said}"
