"""The way into the kernel: what it costs, to the instruction, and what must not be in it."""

import re
import subprocess

import pytest

from machine.boot import boot, medium
from machine.cases import MATRIX
from machine.machines import Machine
from machine.program_figures import program_figures
from machine.trees import ROOT, newest

PRODUCT = newest().folder / "product.iso"
pytestmark = pytest.mark.kept(newest())

# The newest kernel's, the program's loop and its stub included. Who changes one knows why.
EXACT = {"a call that is refused": 39, "figure: null system call": 36}


@pytest.fixture(scope="module", autouse=True)
def product() -> None:
    """Is built."""
    subprocess.run(["tools/build", "--product", str(newest().folder.relative_to(ROOT))], cwd=ROOT, check=True)


def test_figures_are_exact() -> None:
    assert program_figures(PRODUCT) == EXACT


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
