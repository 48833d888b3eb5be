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

SWITCH, UNMAP, PROTECT = "figure: switch between threads", "figure: unmap one page", "figure: protect one page"
SIGNAL = "figure: signal"
MAP, FURTHER, GIB = "figure: map one page", "figure: each further page", "figure: map 1 GiB by 2 MiB"
PROTECT_GIB = "protect 1 GiB"
LOCKS = {MAP: 1, UNMAP: 1, FURTHER: 2, GIB: 1}  # pages are counted in the entry above their table
FURTHER_PAGES = 511  # that are measured as one call
INVLPG = {UNMAP: 1, PROTECT: 1, PROTECT_GIB: 512}  # the CPU is told of each page
# The newest kernel's, the program's loop and its stub included, and what of them is the kernel's. Who changes one knows why.
EXACT = {
    "a call that is refused": (40, 28),
    "figure: null system call": (38, 32),
    "figure: derive a capability": (117, 105),
    "remove a capability": (158, 151),
    "figure: revoke a capability": (214, 207),
    "create a frame": (1726, 1714),
    "remove a frame": (1683, 1676),
    "create a space": (1813, 1801),
    "remove a space": (3777, 3770),
    "create a frame that is at hand": (414, 401),
    "remove it": (1115, 1107),
    MAP: (174, 161),
    PROTECT: (261, 249),
    UNMAP: (189, 180),
    "create a thread": (1199, 1187),
    "set a thread up": (462, 450),
    "remove a thread": (1728, 1721),
    FURTHER: (2321, 2308),
    GIB: (1949, 1936),
    PROTECT_GIB: (8432, 8419),
    "create an account": (405, 393),
    "remove an account": (678, 671),
    SWITCH: (120, 115),
    SIGNAL: (55, 49),
    "poll": (67, 56),
}
# What they may be at most, on any machine without a screen.
MOST = {"longest stay in the kernel": 10_000, "entry to first user instruction": 2_000_000}
GOALS = {"figure: revoke a capability": 260, MAP: 175, UNMAP: 220, FURTHER: 5, GIB: 3000, SIGNAL: 55}
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
    shares = {name: FURTHER_PAGES if name == FURTHER else 1 for name in EXACT}
    assert asked.averages == {name: instructions // shares[name] for name, (instructions, _) in EXACT.items()}  # as it counts them
    assert all(asked.averages[name] <= most for name, most in GOALS.items())


def test_a_call_does_nothing_that_is_dear(asked: Watched) -> None:
    for name, calls in asked.calls.items():
        assert (calls.cr3, calls.wrmsr, calls.invlpg, calls.locks) == (name == SWITCH, 0, INVLPG.get(name, 0), LOCKS.get(name, 0))
    null = asked.calls["figure: null system call"]
    assert 0 < null.data_lines <= MOST_LINES["data_lines"] and 0 < null.code_lines <= MOST_LINES["code_lines"], null


def test_two_runs_say_the_same(asked: Watched) -> None:
    assert watch(PRODUCT, MEASURES) == asked


def test_figures_have_the_names_that_scripts_know() -> None:
    figures, _ = measured()
    named = ["figure: null system call", "figure: derive a capability", "figure: revoke a capability", SWITCH, MAP, PROTECT, UNMAP, FURTHER, GIB, SIGNAL]
    assert list(figures) == [*(name.removeprefix("figure: ") for name in named), *MOST]
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
