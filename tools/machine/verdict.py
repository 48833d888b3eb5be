"""The verdict on a boot: what a proof demands against what the boot did."""

from pathlib import Path

from .boot import Boot
from .elf import compiled_in_tests, locate
from .expect import Block, match_log, tail
from .ktap import read_ktap

# The outcomes after which every compiled-in test must have run and passed.
_SUCCESS = ("exit 33", "halt")


def judge(boot: Boot, block: Block, elf: Path) -> list[str]:
    """Complaints about `boot` of the kernel `elf` by `block`; none when the boot passes."""
    complaints = []
    if boot.outcome != block.outcome:
        complaints.append(f"{block.where}: expected {block.outcome}, got {describe(boot, elf)}")
    complaints += match_log(block, boot.serial)
    if block.outcome in _SUCCESS and boot.machine.serial:
        complaints += judge_tests(boot.serial, elf)
    return complaints


def judge_tests(log: str, elf: Path) -> list[str]:
    """Complaints about the in-kernel tests: each one that is compiled into `elf` must say `ok`."""
    results = read_ktap(log)
    compiled_in = compiled_in_tests(elf)
    complaints = list(results.complaints)
    if results.passed != compiled_in:
        complaints.append(
            f"{compiled_in} tests are compiled into the kernel, {results.passed} say `ok`"
        )
    return complaints


def report(subject: str, complaints: list[str], log: str) -> str:
    """The text of a failed test."""
    # Several proofs that name one machine may say the same.
    distinct = dict.fromkeys(complaints)
    return "\n".join([f"{subject} fails:", *(f"  {text}" for text in distinct), tail(log)])


def describe(boot: Boot, elf: Path) -> str:
    """What became of the boot, in words."""
    text = {
        "exit 33": "exit 33 (success)",
        "exit 35": "exit 35 (a panic)",
        "exit 37": "exit 37 (an in-kernel test failed)",
        "exit 39": "exit 39 (this machine lacks something)",
        "triple-fault": "a triple fault",
        "reset": "a reset that is not a triple fault",
        "shutdown": "a power-off",
        "halt": "a halt that the kernel announced (`exit halt`)",
        "qemu 1": "status 1 (QEMU's own failure, or exit code 0)",
    }.get(boot.outcome, boot.outcome)
    if boot.reason:
        text += f": {boot.reason}"
    if boot.program_counters:
        text += " at " + ", ".join(locate(elf, address) for address in boot.program_counters)
    return text
