"""What programs cost, in instructions, counted from outside (tests/boot/plugin/programs.c): each call that the program `figures` of
the product makes, the start of the first program, and the kernel's longest stay between two instructions of programs. `make figures` prints
them, a line each: figure: NAME: VALUE."""

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import store
from . import verdicts
from .boot import boot, medium
from .elf import symbols
from .machines import Machine
from .trees import BUILD, ROOT, newest

MACHINE = Machine.parse("direct-pc-64M-cpu_max+-erms")
PLUGIN, SOURCE = BUILD / "tests/programs.so", ROOT / "tests/boot/plugin/programs.c"
PRODUCT = newest().folder / "product.iso"
FIGURE = "figure: "
MEASURES = "figures yields"  # the programs: one measures, the other one is there to be switched to


@dataclass(frozen=True)
class Calls:
    """What calls of one kind took, each on average; with the program's loop around them."""

    instructions: int
    kernel: int  # of the instructions
    cr3: int  # writes
    wrmsr: int
    invlpg: int
    locks: int  # prefixes
    data_lines: int  # of 64 bytes, that are the kernel's
    code_lines: int


@dataclass(frozen=True)
class Watched:
    """A boot, as its programs see it."""

    entry: int  # instructions from the kernel's first to the first of a program
    longest: int  # stay in the kernel
    calls: dict[str, Calls]  # by the name that the program gives them, as it measures them
    averages: dict[str, int]  # that it has printed


def watch(iso: Path, command_line: str = "", machine: Machine = MACHINE) -> Watched:
    """Boots the ELF file beside `iso`; an AssertionError with its log if it does not end well."""
    known = symbols(iso.with_suffix(".elf"))
    with tempfile.TemporaryDirectory(prefix="daybook-programs-") as folder, medium(machine, iso, command_line) as arguments:
        report = Path(folder) / "report"
        plugin = f"file={PLUGIN},first={known['_start']:#x},left={known['leave_ring_3']:#x},report={report}"
        booted = boot(machine, [*arguments, "-icount", "shift=0,sleep=off", "-plugin", plugin], slower=8)
        if booted.outcome != "exit 33":
            raise AssertionError(f"{booted.outcome}\n{booted.serial}")
        rows = [json.loads(line) for line in report.read_text().splitlines()]
    averages = _averages(booted.serial) if command_line == MEASURES else {}
    measured = [_each(row) for row in rows if "calls" in row]
    [entry], [longest] = ([row[name] for row in rows if name in row] for name in ("entry", "longest"))
    return Watched(entry, longest, dict(zip(averages, measured, strict=True)) if averages else {}, averages)


def _averages(log: str) -> dict[str, int]:
    lines = log.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("kernel objects:")) + 1
    said = (line.rpartition(": ") for line in lines[first : lines.index("program figures: has ended with 0")])
    return {name: int(value) for name, _, value in said if value.isdecimal()}


def _each(row: dict[str, int]) -> Calls:
    calls = row.pop("calls")
    lines = {name: row.pop(name) for name in ("data_lines", "code_lines")}
    return Calls(**{name: value // calls for name, value in row.items()}, **lines)


def make(*stages: str) -> None:
    """The newest kernel as far as each of these: --tangle, --product or --kernel."""
    for stage in stages:
        subprocess.run(["tools/build", stage, str(newest().folder.relative_to(ROOT))], cwd=ROOT, check=True, stdout=sys.stderr)


def measured() -> tuple[dict[str, int], dict[str, Calls]]:
    """The figures by their names, and what each kind of call took; of the newest kernel, known or measured anew."""
    make("--tangle")
    key = verdicts.key("figures", [newest()], [MACHINE], judge=__file__, plugin=SOURCE)
    if (found := store.known(key)) is None:
        make("--product", "--kernel")
        asked, shown, tested = watch(PRODUCT, MEASURES), watch(PRODUCT), watch(newest().iso)
        figures = {name.removeprefix(FIGURE): value for name, value in asked.averages.items() if name.startswith(FIGURE)}
        figures["longest stay in the kernel"] = max(asked.longest, shown.longest, tested.longest)
        figures["entry to first user instruction"] = shown.entry
        found = {"figures": figures, "calls": {name.removeprefix(FIGURE): asdict(calls) for name, calls in asked.calls.items()}}
        store.keep(key, found)
    return found["figures"], {name: Calls(**calls) for name, calls in found["calls"].items()}


if __name__ == "__main__":
    for name, value in measured()[0].items():
        print(f"{FIGURE}{name}: {value}")
