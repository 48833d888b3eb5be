"""The way into the kernel: what it costs, to the instruction, and what must not be in it."""

import re
import subprocess

import pytest

from machine.boot import boot, medium
from machine.cases import MATRIX
from machine.machines import Machine
from machine.program_figures import MEASURES, PRODUCT, SOURCE, Watched, make, measured, watch
from machine.trees import newest

pytestmark = pytest.mark.kept(newest(), files=[SOURCE])

SWITCH, UNMAP = "figure: switch between threads", "figure: unmap one page"
COUNTED = {"figure: map one page", UNMAP}  # in the entry above the table, with a lock
# The newest kernel's, the program's loop and its stub included, and what of them is the kernel's. Who changes one knows why.
EXACT = {
    "a call that is refused": (40, 28),
    "figure: null system call": (38, 32),
    "figure: derive a capability": (102, 90),
    "remove a capability": (92, 85),
    "create a frame": (2721, 2709),
    "remove a frame": (3047, 3040),
    "create a space": (2640, 2628),
    "remove a space": (5146, 5139),
    "create a frame that is at hand": (372, 359),
    "remove it": (1037, 1030),
    "figure: map one page": (241, 228),
    UNMAP: (176, 167),
    "create a thread": (2924, 2912),
    "set a thread up": (310, 298),
    "remove a thread": (2944, 2937),
    SWITCH: (118, 113),
}
# What they may be at most, on any machine without a screen.
MOST = {"longest stay in the kernel": 10_000, "entry to first user instruction": 2_000_000}
MOST_LINES = {"data_lines": 10, "code_lines": 6}
LARGE = Machine.parse("direct-q35-4096G-cpu_max+vendor=GenuineIntel+phys_bits=46")


@pytest.fixture(scope="module", autouse=True)
def product() -> None:
    """Is built."""
    make("--product")


@pytest.fixture(scope="module")
def asked() -> Watched:
    return watch(PRODUCT, MEASURES)


def test_figures_are_exact(asked: Watched) -> None:
    assert {name: (calls.instructions, calls.kernel) for name, calls in asked.calls.items()} == EXACT
    assert asked.averages == {name: instructions for name, (instructions, _) in EXACT.items()}  # as the program counts them


def test_a_call_does_nothing_that_is_dear(asked: Watched) -> None:
    for name, calls in asked.calls.items():
        assert (calls.cr3, calls.wrmsr, calls.invlpg, calls.locks) == (name == SWITCH, 0, name == UNMAP, name in COUNTED)
    null = asked.calls["figure: null system call"]
    assert 0 < null.data_lines <= MOST_LINES["data_lines"] and 0 < null.code_lines <= MOST_LINES["code_lines"], null


def test_two_runs_say_the_same(asked: Watched) -> None:
    assert watch(PRODUCT, MEASURES) == asked


def test_figures_have_the_names_that_scripts_know() -> None:
    figures, _ = measured()
    named = ["null system call", "derive a capability", "switch between threads", "map one page", "unmap one page"]
    assert list(figures) == [*named, *MOST]
    assert all(0 < figures[name] <= most for name, most in MOST.items())


def test_the_start_of_a_program_is_soon_on_a_large_machine() -> None:
    assert watch(PRODUCT, machine=LARGE).entry <= MOST["entry to first user instruction"]


def test_instructions_that_the_kernel_does_not_have() -> None:
    """`stac` would open the programs' memory to the kernel; `swapgs` asks on each way in whose gs it is."""
    command = ["objdump", "-d", "--no-show-raw-insn", str(PRODUCT.with_suffix(".elf"))]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    instructions = set(re.findall(r"^ *[0-9a-f]+:\t(\w+)", listing, re.M))
    assert {"wrmsr", "invlpg", "sysretq"} <= instructions, "the listing is not what it was thought to be"
    assert not instructions & {"stac", "swapgs", "wrgsbase", "wrfsbase"}


@pytest.mark.skipif(not MATRIX, reason="takes minutes: `make matrix`")
def test_ten_million_calls_with_any_registers() -> None:
    machine = Machine.parse("direct-pc-64M-cpu_max")
    with medium(machine, newest().iso, "fuzz") as arguments:
        booted = boot(machine, arguments, slower=60)
    assert (booted.outcome, "program fuzz: has ended with 0" in booted.serial) == ("exit 33", True), booted.serial
