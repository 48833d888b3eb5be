"""The harness itself: kernels that must fail, each reported as the failure that it is.

Each is a few lines of NASM in must_fail/, started without GRUB. Two controls must pass: a harness
that finds fault with everything would prove nothing.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from machine.boot import Boot, boot, cdrom, direct
from machine.expect import parse_proof
from machine.machines import Machine
from machine.verdict import describe, judge

DEFAULT_PROOF = """
on bios-pc-64M
exit 33
| Daybook: first line
| Daybook: last line
! PANIC
"""
HALT_PROOF = DEFAULT_PROOF.replace("pc-64M", "q35-64M-nodebugexit").replace("33", "halt")


@dataclass(frozen=True)
class Case:
    """A kernel, and regular expressions for the complaints about it, all of them and in order."""

    kernel: str
    complaints: tuple[str, ...]
    proof: str = DEFAULT_PROOF

    @property
    def test_id(self) -> str:
        machine = parse_proof(self.proof, Path("x.expect")).machines()[0]
        return f"{self.kernel} on {machine.name}"


CASES = [
    Case("control", ()),
    Case("says_it_halts", (), HALT_PROOF),
    Case("triple_fault", (r"expected exit 33, got a triple fault at 0x\w+ \(.*triple_fault.asm:12",)),
    Case("keyboard_reset", ("got a reset that is not a triple fault at",)),
    Case("spin", (r"got hang: no output for \d+ s of CPU time at .*spin.asm:7",)),
    Case("endless", (r"got hang: still writing after \d{7,} bytes at ",)),
    Case("halted", ("got hang: every CPU halts with interrupts off",)),
    Case("halted", ("expected halt, got hang: every CPU halts",), HALT_PROOF),
    Case("control", ("expected halt, got hang: every CPU halts",), HALT_PROOF),
    Case("wrong_code", ("expected exit 33, got exit 65",)),
    Case("exit_code_zero", ("expected exit 33, got status 1",)),
    Case(
        "panic",
        (
            r"expected exit 33, got exit 35 \(a panic\)",
            r"x.expect:5: no line of the log matches `Daybook: last line`; the last that matched is "
            r"`Daybook: first line` \(x.expect:4\), line 1 of the log",
            "x.expect:6: line 2 of the log matches the forbidden `PANIC`",
        ),
    ),
    Case("panic_that_exits_well", ("line 2 of the log matches the forbidden `PANIC`",)),
    Case("truncated_log", ("no line of the log matches `Daybook: last line`",)),
    Case("wrong_order", (r"matches `Daybook: last line`(?s:.*)does match, but too early",)),
    Case("too_few_tests", ("3 tests are compiled into the kernel, 2 say `ok`",)),
    Case("same_test_twice", ("line 5 should be result 2: ok 1 one",)),
    Case("plan_cut_short", ("plans 3 results and has 2",)),
    Case(
        "not_ok",
        (
            "an in-kernel test failed, line 5: not ok 2 two",
            "2 tests are compiled into the kernel, 1 say `ok`",
        ),
    ),
    Case("silent", ("no line of the log matches `Daybook: first line`",)),
]


@pytest.mark.parametrize("case", CASES)
def test_verdict(case: Case, kernels: Path) -> None:
    proof = parse_proof(case.proof, Path("x.expect"))
    elf = kernels / f"{case.kernel}.elf"
    found = judge(boot(proof.machines()[0], direct(elf)), proof.blocks[0], elf)
    assert len(found) == len(case.complaints), found
    for text, expected in zip(found, case.complaints):
        assert re.search(expected, text), text


def test_every_kernel_is_a_case() -> None:
    assert {source.stem for source in (Path(__file__).parent / "must_fail").glob("*.asm")} == {case.kernel for case in CASES}


def test_expected_failures_can_be_expected(kernels: Path) -> None:
    """A proof may demand a failure; then only that failure will do."""
    for kernel, outcome in [("triple_fault", "triple-fault"), ("halted", "hang")]:
        proof = parse_proof(DEFAULT_PROOF.replace("33", outcome), Path("x.expect"))
        elf = kernels / f"{kernel}.elf"
        assert judge(boot(proof.machines()[0], direct(elf)), proof.blocks[0], elf) == []
        elf = kernels / "control.elf"
        assert judge(boot(proof.machines()[0], direct(elf)), proof.blocks[0], elf)


def test_a_machine_without_a_serial_port_shows_no_line(kernels: Path) -> None:
    booted = boot(Machine.parse("bios-pc-64M-noserial"), direct(kernels / "control.elf"))
    assert (booted.outcome, booted.status, booted.serial) == ("exit 33", 33, "")


def test_qemu_that_does_not_start_is_its_own_failure(tmp_path: Path) -> None:
    booted: Boot = boot(Machine.parse("bios-pc-64M"), cdrom(tmp_path / "missing.iso"))
    assert booted.outcome == "qemu 1"
    assert "missing.iso" in describe(booted, tmp_path / "none.elf")
