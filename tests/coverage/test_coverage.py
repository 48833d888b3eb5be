"""`make coverage` measures truly: a program whose branches are known, and a kernel that says how often it did something."""

import re
import subprocess
from pathlib import Path

import pytest

from counters import Counters
from guest import Run, RunError, requests
from machine.injections import REFUSE_NONE
from machine.machines import Machine

ROOT = Path(__file__).resolve().parents[2]
ISO = ROOT / "build/coverage/daybook.iso"
MACHINE = Machine.parse("direct-pc-64M")

# Seven conditions: one in a template, one a switch, one its case; and an eighth in a test. What leaves no choice is none.
SOURCE = """\
#line 100 "journal/tiny.nw"
#define KERNEL_TEST(name) static int name()
template <int least>
int count(int number)
{
    if constexpr (least == 7)
        return 0;
    return number > least ? 1 : 2;
}
static int pick(char letter)
{
    if (letter == 'a' || letter == 'b')
        return count<0>(1);
    while (true)
        if (letter != 'd')
            break;
        else
            return count<1>(1);
    switch (letter) {
    case 'c': return 3;
    }
    return 0;
}
KERNEL_TEST(looks)
{
    return pick('c') == 3 ? 0 : 1;
}
int main(int words, char** word)
{
    if (words != 2)
        return looks();
    return pick(word[1][0]) == 9;
}
"""
NEVER = [  # neither with that letter nor with none
    "journal/tiny.nw:106: never false: number > least",
    "journal/tiny.nw:110: never true: letter == 'b'",
    "journal/tiny.nw:113: never false: letter != 'd'",
    "journal/tiny.nw:117: never true: letter",
    "journal/tiny.nw:118: never false: case 'c'",
]


class Tiny:
    """The program, twice: as if one were of the guest and one of the host."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "tree/page").mkdir(parents=True)
        (folder / "tree/page/tiny.cpp").write_text(SOURCE)
        flags = ["-std=c++20", "-O2", "-w", "-fprofile-instr-generate", "-fcoverage-mapping", "-fcoverage-compilation-dir=."]
        for name in ("one", "other"):
            subprocess.run(["clang++", *flags, "tree/page/tiny.cpp", "-o", name], cwd=folder, check=True)

    def run(self, name: str, *arguments: str) -> None:
        environment = {"LLVM_PROFILE_FILE": f"{name}.profraw"}
        subprocess.run([self.folder / name, *arguments], cwd=self.folder, env=environment)

    def report(self, limit: str, *names: str) -> subprocess.CompletedProcess[str]:
        files = [file for name in names for file in (name, f"{name}.profraw")]
        command: list[str | Path] = [ROOT / "tests/coverage/report", limit, "tree", *files]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    return Tiny(tmp_path_factory.mktemp("tiny"))


def table(report: subprocess.CompletedProcess[str]) -> dict[str, list[int]]:
    """The numbers of each line: all branches, those taken in each program, and together."""
    rows = re.findall(r"^(\S.*?)((?: +\d+)+) +[\d.]+ %$", report.stdout, re.MULTILINE)
    return {name: [int(number) for number in numbers.split()] for name, numbers in rows}


def test_known_branches_of_two_programs_are_merged(tiny: Tiny) -> None:
    tiny.run("one", "a")  # takes three: `letter == 'a'` and `number > least`, and not `words != 2`
    tiny.run("other")  # takes six, none of them the same
    report = tiny.report("64", "one", "other")
    assert table(report) == {
        "page/tiny.cpp": [14, 3, 6, 9],
        "all of the memory code": [14, 3, 6, 9],
        "with the kernel's own tests": [16, 3, 7, 10],
    }, report.stderr
    assert report.stdout.partition("not taken:\n")[2].splitlines() == [f"  {line}" for line in NEVER]
    assert report.returncode == 0 and not report.stderr


def test_too_little_is_a_failure(tiny: Tiny) -> None:
    tiny.run("one", "a")
    report = tiny.report("95", "one")
    assert report.returncode == 1
    assert report.stderr == "report: 21.4 % of the branches are taken, and it must be 95 %\n"


def test_no_branch_at_all_is_a_failure(tiny: Tiny) -> None:
    tiny.run("one")
    files = ["nowhere", "one", "one.profraw"]
    report = subprocess.run([ROOT / "tests/coverage/report", "0", *files], cwd=tiny.folder, capture_output=True, text=True)
    assert report.returncode == 1
    assert report.stderr == "report: there is no branch below nowhere in account, capability, kstruct, memory, page, pmem, pool, thread\n"


def test_the_guest_counts_what_it_says(tmp_path: Path) -> None:
    """Each request for memory passes one function, and the kernel prints how many there were before programs ran, which make more."""
    counters = Counters(ISO.with_suffix(".elf"))
    booted = Run(MACHINE, REFUSE_NONE).count(ISO, counters)
    counters.add(booted.seen)  # as if there had been two such boots
    counters.write(tmp_path / "guest.profraw")
    subprocess.run(["llvm-profdata", "merge", "guest.profraw", "-o", "guest.profdata"], cwd=tmp_path, check=True)
    command = ["llvm-profdata", "show", "--function=_ZN9injection7refusesEv", "guest.profdata"]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    counted = re.search(r"^ +Function count: (\d+)$", shown, re.MULTILINE)
    said = 2 * requests(booted)
    assert counted and said > 200, shown
    assert said <= int(counted[1]) and int(counted[1]) % 2 == 0, shown


def test_a_boot_that_fails_is_no_measurement() -> None:
    with pytest.raises(RunError, match="The boot on direct-pc-64M fail-allocation=1 is no measurement: "):
        Run(MACHINE, "fail-allocation=1", all_passes=True).count(ISO, Counters(ISO.with_suffix(".elf")))
