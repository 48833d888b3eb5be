"""The processor in QEMU that the tests hold the emulator's against has the same features."""

from pathlib import Path

import pytest

import emulator
from machine import boot
from machine.assembled import build_kernel
from machine.machines import Machine

SOURCE = Path(__file__).parent / "features.asm"
WORDS = ("1 ECX", "1 EDX", "7 EBX", "0x80000001 ECX", "0x80000001 EDX")

# The bits (SDM vol. 2A, CPUID) that only one of them has, each with its reason.
NOT_IN_QEMU = {  # it translates instructions, and has none of these on any processor
    ("1 ECX", 2): "DTES64",
    ("1 ECX", 4): "DS-CPL",
    ("1 ECX", 7): "EIST",
    ("1 ECX", 8): "TM2",
    ("1 ECX", 14): "xTPR",
    ("1 ECX", 15): "PDCM",
    ("1 ECX", 17): "PCID",
    ("1 ECX", 24): "TSC-deadline",
    ("1 EDX", 1): "VME",
    ("1 EDX", 21): "DS",
    ("1 EDX", 29): "TM",
    ("1 EDX", 31): "PBE",
}
NOT_IN_THE_EMULATOR = {
    ("0x80000001 EDX", 11): "SYSCALL: Bochs says it in 64-bit mode only, as Intel's processors do",
}


def bits(lines: list[str]) -> set[tuple[str, int]]:
    assert len(lines) == len(WORDS)
    values = zip(WORDS, (int(line, 16) for line in lines))
    return {(word, bit) for word, value in values for bit in range(32) if value >> bit & 1}


@pytest.mark.usefixtures("built")
def test_the_processors_differ_in_what_is_listed(tmp_path: Path) -> None:
    kernel = tmp_path / "kernel.elf"
    build_kernel(SOURCE, kernel)
    here = bits(emulator.boot(kernel, "64M", tmp_path).serial)
    there = bits(boot.boot(Machine.parse(emulator.like_it("64M")), boot.direct(kernel)).serial.split())
    assert here - there == set(NOT_IN_QEMU)
    assert there - here == set(NOT_IN_THE_EMULATOR)
    for word, bit in (("1 EDX", 6), ("1 EDX", 13), ("0x80000001 EDX", 20), ("0x80000001 EDX", 29)):
        assert (word, bit) in here & there, "PAE, global pages, NX, long mode"
