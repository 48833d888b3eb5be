"""The processor's way to the higher half: control registers change where QEMU's do, to the same values."""

import json
import re
import subprocess
from pathlib import Path

import pytest

import emulator
from machine import boot
from machine.cases import usable_days
from machine.machines import Machine
from machine.page_tables import is_in_higher_half
from machine.slots import free_port, slot
from machine.trees import Day
from pvh import with_pvh_entry

REGISTERS = ("cr0", "cr3", "cr4", "efer")
VALUE = re.compile(r"^(cr0|cr3|cr4|efer) +(0x[0-9a-f]+)", re.MULTILINE)


def values_in_qemu(kernel: Path, places: list[int]) -> list[dict[str, int]]:
    """The registers after the instructions at `places`, which are executed in this order."""
    port = free_port()
    commands = ["set architecture i386:x86-64", f"target remote 127.0.0.1:{port}"]
    for place in places:
        commands += [f"hbreak *{place:#x}", "continue", "delete", "stepi"]
        commands += ["info registers " + " ".join(REGISTERS), "echo \\n--\\n"]
    arguments = ["gdb", "-nx", "-batch", *(part for command in commands for part in ("-ex", command))]
    machine = Machine.parse(emulator.like_it("64M")).qemu_arguments(Path("/dev/null")) + boot.direct(kernel)
    machine += ["-S", "-gdb", f"tcp:127.0.0.1:{port}", "-serial", "null", "-monitor", "none"]
    with slot():
        qemu = subprocess.Popen(machine, stdin=subprocess.DEVNULL)
        try:
            session = subprocess.run(arguments, capture_output=True, text=True, timeout=300)
        finally:
            qemu.kill()
            qemu.wait()
    stops = session.stdout.split("--\n")[:-1]
    assert len(stops) == len(places), session.stdout + session.stderr
    return [{name: int(value, 16) for name, value in VALUE.findall(stop)} for stop in stops]


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("day", emulator.each(usable_days()))
def test_control_registers_change_as_in_qemu(day: Day, tmp_path: Path) -> None:
    here = emulator.boot(day.elf, "64M", tmp_path, changes=True)
    assert here.outcome == "exit 33"
    # The first is the boot ROM's, of CR0 and the mode; QEMU comes to the kernel by another way.
    first = here.changes[0]
    assert (first["name"], first["to"]) == ("cr0", "0x11")
    changes = [change for change in here.changes if change["instructions"] > first["instructions"]]
    names = [change["name"] for change in changes]
    assert {"cr0", "cr3", "cr4", "efer", "mode"} <= set(names) or not is_in_higher_half(day.elf), names
    expected = {name: 0 for name in REGISTERS} | {"cr0": 0x11}
    steps: dict[int, dict[str, int]] = {}  # by the count of instructions
    places: dict[int, int] = {}
    for change in changes:
        if change["name"] in REGISTERS:
            expected[change["name"]] = int(change["to"], 16)
            steps[change["instructions"]] = expected.copy()
            places[change["instructions"]] = int(change["at"], 16)
    there = values_in_qemu(_kernel(day.elf, here, tmp_path), list(places.values()))
    assert json.dumps(there, indent=1) == json.dumps(list(steps.values()), indent=1)


def _kernel(elf: Path, run: emulator.Run, scratch: Path) -> Path:
    to = scratch / "kernel.elf"
    screen = (run.end["screen"]["width"], run.end["screen"]["height"])
    with_pvh_entry(elf, scratch / "information", run.end["informationAddress"], screen, to)
    return to
