"""What a program's calls cost, as the program `figures` of the product says it: in instructions, which QEMU has the time stamp
counter count. `make figures` prints them."""

import sys
from pathlib import Path

from .boot import boot, medium
from .machines import Machine

MACHINE = Machine.parse("direct-pc-64M-cpu_max+-erms")


def program_figures(iso: Path) -> dict[str, int]:
    """By name, in the order in which they are measured."""
    with medium(MACHINE, iso, "figures") as arguments:
        booted = boot(MACHINE, [*arguments, "-icount", "shift=0,sleep=off"])
    lines = booted.serial.splitlines()
    if booted.outcome != "exit 33" or "program figures: has ended with 0" not in lines:
        raise AssertionError(f"{booted.outcome}\n{booted.serial}")
    first = next(number for number, line in enumerate(lines) if line.startswith("kernel objects:")) + 1
    said = lines[first : lines.index("program figures: has ended with 0")]
    return {name: int(value) for name, _, value in (line.rpartition(": ") for line in said)}


if __name__ == "__main__":
    for name, value in program_figures(Path(sys.argv[1])).items():
        if name.startswith("figure: "):
            print(f"{name}: {value}")
