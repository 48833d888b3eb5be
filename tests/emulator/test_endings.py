"""How a machine ends, and what can be seen of it then."""

from pathlib import Path

import pytest

import emulator
from machine.assembled import build_kernel
from machine.elf import symbols

SOURCE = Path(__file__).parent / "endings.asm"
DOUBLE_FAULT, GENERAL_PROTECTION = 8, 13


def end(way: str, scratch: Path, memory: str = "16M") -> tuple[emulator.Run, Path]:
    kernel = scratch / "kernel.elf"
    build_kernel(SOURCE, kernel, define=way)
    return emulator.boot(kernel, memory, scratch), kernel


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("way", "outcome"),
    [("EXIT", "exit 33"), ("HALT", "halt"), ("RESET", "reset"), ("TRIPLE_FAULT", "triple-fault")],
)
def test_each_end_has_its_name_and_all_its_text(way: str, outcome: str, tmp_path: Path) -> None:
    run, _ = end(way, tmp_path)
    assert run.outcome == outcome
    assert run.serial == ["a line without an end"]  # the end of it was still in the serial port's queue


@pytest.mark.usefixtures("built")
def test_a_triple_fault_leaves_the_registers_of_the_instruction(tmp_path: Path) -> None:
    run, kernel = end("TRIPLE_FAULT", tmp_path)
    exceptions = run.end["exceptionList"]
    # The breakpoint has no entry in the table, nor has the fault about that, nor the double fault.
    vectors = [GENERAL_PROTECTION, GENERAL_PROTECTION, DOUBLE_FAULT, GENERAL_PROTECTION]
    assert [found["vector"] for found in exceptions] == vectors
    fault = symbols(kernel)["fault"]
    assert {int(place, 16) for place in [run.end["rip"], *(found["rip"] for found in exceptions)]} == {fault}
    assert run.end["idtLimit"] == 0


@pytest.mark.usefixtures("built")
def test_a_kernel_that_uses_more_memory_than_the_page_has_is_told_of(tmp_path: Path) -> None:
    """Of a machine's 6 GiB, only what is touched is there, and of that 1 GiB."""
    assert end("GREED", tmp_path, "1024M")[0].outcome == "exit 33"
    with pytest.raises(AssertionError, match="boot.mjs ended with status 2"):
        end("GREED", tmp_path, "6G")
