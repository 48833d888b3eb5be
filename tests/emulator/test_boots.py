"""Every day's kernel says and does in the emulator what it says and does in QEMU, which starts it with the
same boot information, the same memory, one CPU with the same features, and the same screen. Its way to the higher half, too:
control registers change where QEMU's do, to the same values."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

import emulator
from machine import boot
from machine.cases import usable_days
from machine.elf import symbols
from machine.machines import Machine
from machine.page_tables import is_in_higher_half
from machine.slots import free_port, slot
from machine.trees import Day
from pvh import with_pvh_entry

# The newest kernel also on machines of other sizes; the largest has memory above 4 GiB.
MEMORY, OTHERS = "64M", ("512M", "6G")
NEWEST = usable_days()[-1:]
RUNS = emulator.each(usable_days(), MEMORY) + [run for size in OTHERS for run in emulator.each(NEWEST, size)]

REGISTERS = ("cr0", "cr3", "cr4", "efer")
Steps = dict[int, tuple[int, dict[str, int]]]  # by the count of instructions: where, and what the registers are then
BEGIN_TIMER = "_ZN3cpu11begin_timerEv"
VALUE = re.compile(r"^(cr0|cr3|cr4|efer) +(0x[0-9a-f]+)", re.MULTILINE)


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(("day", "memory"), RUNS)
def test_the_emulator_does_what_qemu_does(day: Day, memory: str, tmp_path: Path) -> None:
    here = emulator.boot(day.elf, memory, tmp_path, changes=True)
    screen = here.end["screen"]
    size = (screen["width"], screen["height"]) if screen["kind"] == "graphics" else (0, 0)
    kernel = tmp_path / "kernel.elf"
    with_pvh_entry(day.elf, tmp_path / "information", here.end["informationAddress"], size, kernel)
    machine = Machine.parse(emulator.like_it(memory))
    modules = boot.modules_of(day.elf)
    there = boot.boot(machine, boot.direct(kernel, modules=modules))
    assert here.outcome == there.outcome == "exit 33"
    assert here.serial == there.serial.splitlines()
    changes = changes_by_the_kernel(here)
    names = {change["name"] for change in changes}
    assert {"cr0", "cr3", "cr4", "efer", "mode"} <= names or not is_in_higher_half(day.elf), names
    expected = {name: 0 for name in REGISTERS} | {"cr0": 0x11}
    steps: Steps = {}
    for change in changes:
        if change["name"] in REGISTERS:
            expected[change["name"]] = int(change["to"], 16)
            steps[change["instructions"]] = int(change["at"], 16), expected.copy()
    if BEGIN_TIMER in symbols(day.elf):
        steps = before_turns(steps)
    values = values_in_qemu(machine, boot.direct(kernel, modules=modules), kernel, [place for place, _ in steps.values()])
    for (place, wanted), found in zip(steps.values(), values, strict=True):
        assert found == wanted, f"after the instruction at {place:#x}"


def before_turns(steps: Steps) -> Steps:
    """Those before an instruction comes that was executed before, as each switch of threads is: whose turn it is when is the
    timer's to say, and in QEMU time passes otherwise."""
    places: set[int] = set()
    early: Steps = {}
    for count, (place, values) in steps.items():
        if place in places:
            break
        places.add(place)
        early[count] = place, values
    return early


def changes_by_the_kernel(run: emulator.Run) -> list[dict[str, Any]]:
    """All but the first, which is the boot ROM's, of CR0 and the mode; QEMU comes to the kernel by another way."""
    first = run.changes[0]
    assert (first["name"], first["to"]) == ("cr0", "0x11")
    return [change for change in run.changes if change["instructions"] > first["instructions"]]


def values_in_qemu(machine: Machine, medium: list[str], kernel: Path, places: list[int]) -> list[dict[str, int]]:
    """The registers after the instructions at `places`, which are executed in this order."""
    port = free_port()
    commands = ["set architecture i386:x86-64", f"target remote 127.0.0.1:{port}"]
    for place in places:
        # QEMU on a busy machine may report a step before the instruction was executed.
        commands += [f"hbreak *{place:#x}", "continue", "delete", f"while $pc == {place:#x}", "stepi", "end"]
        commands += ["info registers " + " ".join(REGISTERS), "echo \\n--\\n"]
    script = kernel.with_suffix(".gdb")
    script.write_text("\n".join(commands))
    qemu_arguments = machine.qemu_arguments(Path("/dev/null")) + medium
    qemu_arguments += ["-S", "-gdb", f"tcp:127.0.0.1:{port}", "-serial", "null", "-monitor", "none"]
    with slot():
        qemu = subprocess.Popen(qemu_arguments, stdin=subprocess.DEVNULL)
        try:
            session = subprocess.run(["gdb", "-nx", "-batch", "-x", script], capture_output=True, text=True, timeout=300)
        finally:
            qemu.kill()
            qemu.wait()
    stops = session.stdout.split("--\n")[:-1]
    assert len(stops) == len(places), session.stdout + session.stderr
    return [{name: int(value, 16) for name, value in VALUE.findall(stop)} for stop in stops]


@pytest.mark.usefixtures("built")
def test_a_kernel_asks_for_a_screen_and_gets_it(tmp_path: Path) -> None:
    first, *_, last = usable_days()
    screens = [emulator.boot(day.elf, MEMORY, tmp_path).end["screen"] for day in (first, last)]
    assert screens == [
        {"kind": "text", "width": 80, "height": 25},
        {"kind": "graphics", "width": 1024, "height": 768},
    ]
