"""gdb on the machine that `make debug` starts: it stops at and lists lines of the journal, on both
sides of the switch to 64-bit mode."""

import os
import re
import subprocess

import pytest

from machine.elf import source_line, symbols
from machine.slots import free_port, slot
from machine.trees import ROOT, Day, newest

# The first instruction, 32-bit code, and the first C++ function, 64-bit code.
EARLY, LATE = "_start", "set_up"
JOURNAL = sorted((ROOT / "journal").glob("*.nw"))
TOOLS = [ROOT / "tools/debug", ROOT / ".gdbinit"]


def debug(day: Day, *commands: str) -> str:
    """What gdb says to `commands`, started with the project's .gdbinit on a machine of its own."""
    environment = os.environ | {"GDB_PORT": str(free_port())}
    arguments = ["gdb", "-nx", "-batch", "-x", ".gdbinit", str(day.elf)]
    for command in commands:
        arguments += ["-ex", command]
    with slot():
        machine = subprocess.Popen([ROOT / "tools/debug", day.iso], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            # gdb tries to connect until QEMU listens; when it leaves, it ends the machine.
            session = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
            machine.wait(timeout=60)
        finally:
            machine.terminate()
            machine.wait()
    return session.stdout + session.stderr


@pytest.mark.kept(newest(), files=[*JOURNAL, *TOOLS])
@pytest.mark.parametrize("symbol", [EARLY, LATE])
def test_gdb_stops_in_the_journal(symbol: str) -> None:
    day = newest()
    where = source_line(day.elf, symbols(day.elf)[symbol])
    assert where and re.fullmatch(r"journal/[^/]+\.nw:\d+", where), f"{symbol} is at {where}"
    journal, _, line = where.partition(":")
    text = (ROOT / journal).read_text().splitlines()
    assert symbol in "".join(text[int(line) - 3 : int(line)])  # the label or the head of the function

    # .gdbinit has stopped at the first instruction already.
    go_there = [] if symbol == EARLY else [f"break {where}", "continue"]
    said = debug(day, *go_there, "info symbol $pc", "list")
    assert re.search(rf"^{symbol}\b.* in section", said, re.MULTILINE), said
    listed = said.rpartition(" in section ")[2]
    assert f"{line}\t{text[int(line) - 1]}\n" in listed, said
