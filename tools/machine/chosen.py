"""The machine that a person chooses with variables, for tools/run-qemu and tools/debug.

MACHINE is a name as the journal's proofs have it (machines.py); or MEM (512M), SMP (1), FIRMWARE (bios or uefi) and BOARD (pc or
q35) say it. SCREEN=1 shows its screen; KEEP=1 leaves out the device with which a kernel ends QEMU.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from .boot import medium
from .machines import OVMF_CODE, OVMF_VARS, QEMU, Machine, MachineError

# Mebibytes of memory; with less, the firmware or GRUB ends without a word.
LEAST_MIB = {"bios": 4, "direct": 4, "uefi": 64}


class ChoiceError(Exception):
    """What is wrong with a choice, in a sentence."""


def chosen() -> Machine:
    """The machine that the environment names."""
    keep = os.environ.get("KEEP") == "1"
    machine = _named(os.environ["MACHINE"]) if os.environ.get("MACHINE") else _described()
    mebibytes = int(machine.memory[:-1]) << {"M": 0, "G": 10, "T": 20}[machine.memory[-1]]
    least = LEAST_MIB[machine.firmware]
    if mebibytes < least:
        raise ChoiceError(f"a machine with {machine.memory} of memory does not get as far as the kernel; that takes {least}M")
    if machine.firmware == "uefi" and not OVMF_CODE.exists():
        raise ChoiceError(f"there is no UEFI firmware at {OVMF_CODE}; make deps installs it")
    return machine.without_debug_exit() if keep else machine


def _named(name: str) -> Machine:
    try:
        return Machine.parse(name)
    except MachineError as error:
        raise ChoiceError(f"MACHINE: {error}") from None


def _described() -> Machine:
    known = {
        "FIRMWARE": ("bios", "bios|uefi", "bios or uefi"),
        "BOARD": ("pc", "pc|q35", "pc or q35"),
        "MEM": ("512M", "[1-9][0-9]*[MGT]", "a size like 64M, 512M or 6G"),
        "SMP": ("1", "[1-9][0-9]?", "a number of CPUs from 1 to 99"),
    }
    values = {}
    for name, (usual, pattern, words) in known.items():
        values[name] = os.environ.get(name) or usual
        if not re.fullmatch(pattern, values[name]):
            raise ChoiceError(f"{name} is {words}, not '{values[name]}'")
    return Machine.parse("{FIRMWARE}-{BOARD}-{MEM}-smp{SMP}".format(**values))


@contextmanager
def qemu(machine: Machine, iso: Path) -> Iterator[list[str]]:
    """QEMU's command to boot an image on a machine, without a serial port."""
    if not iso.exists():
        raise ChoiceError(f"there is no image {iso}; make iso makes it")
    with TemporaryDirectory(prefix="daybook-run-") as folder, medium(machine, iso) as arguments:
        variables = Path(folder) / "variables"
        if machine.firmware == "uefi":
            shutil.copy(OVMF_VARS, variables)
        command = machine.qemu_arguments(variables)
        if os.environ.get("SCREEN") == "1":
            displays = subprocess.run([QEMU, "-display", "help"], capture_output=True, text=True).stdout.split()
            if "gtk" not in displays:
                raise ChoiceError("SCREEN=1 needs Debian's package qemu-system-gui")
            command[command.index("-display") + 1] = "gtk"
        yield [*command, *arguments]
