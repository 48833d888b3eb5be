"""Asks the boots about mutants of what only a machine can run: a kernel with all of them is booted with one at a time."""

import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from threading import Lock
from typing import Any

from building.compiler import CROSS, version
from kernels import Kernel, chosen
from machine.boot import Boot, boot, medium
from machine.elf import segments, symbols
from machine.halted import look
from machine.injections import REFUSE_NONE, Refusal, ended_well, refusals
from machine.machines import Machine
from machine.misuses import MACHINE, MISUSES, Misuse
from machine.page_tables import wanted_pages
from machine.patched import patched
from machine.pressure import judge_pressed, neighbour_machines
from machine.qmp import Qmp
from operators import Mutant, read
from programs import HERE, ROOT, WORKERS, Broken, Sources, Verdict
from results import digest, digest_of_kernel

# Small; with pages of 1 GiB, all that a CPU can forbid, and two CPUs; small for a kernel with checks; with memory in each zone.
SIZES = ["direct-pc-64M", "direct-q35-6G-cpu_max-smp2", "direct-pc-4M", "direct-pc-1T-cpu_max+phys-bits=46"]
WHOLE = [*map(Machine.parse, SIZES), *neighbour_machines()]
REFUSING = WHOLE[0]
TOOL = ["operators.py", "schemata.py", "switch.hpp", "machine_switch.cpp", "kernels.py", "boots.py", "../boot/misuse.cpp"]
NOTING = 0xFFFF_FFFF  # switch.hpp


def kernel_sources() -> Sources:
    """All that the kernel is compiled from, its programs aside."""
    files = sorted(str(path.relative_to(ROOT / "tangled")) for path in (ROOT / "tangled").rglob("*.cpp"))
    files = [file for file in files if "user" not in Path(file).parts]
    return Sources(ROOT / "tangled", files, [], [], [])


class MachineTests:
    """What a verdict of the boots comes from."""

    def __init__(self, sources: Sources) -> None:
        judges = sorted(path for path in (ROOT / "tools/machine").glob("*.py"))
        others = [ROOT / "linker.ld", *sorted((ROOT / "boot").glob("*.asm")), *sorted((ROOT / "tangled").rglob("*.asm"))]
        tools = version(f"{CROSS}g++", f"{CROSS}ld", "nasm", "qemu-system-x86_64")
        self.shared = digest(tools, [read(file) for file in [*(HERE / name for name in TOOL), *judges, *others]])
        self.kernel = digest_of_kernel(sources)

    def basis(self, mutant: Mutant, verdict: Verdict) -> str:
        return digest(mutant.name, self.kernel, self.shared)


@dataclass(frozen=True)
class Trial:
    """One boot. `refused`: the requests for memory that it is refused. `misuse`: what tests do to its memory. Without them, all is
    looked at in the end."""

    machine: Machine
    refused: Refusal | None = None
    misuse: Misuse | None = None

    def __str__(self) -> str:
        how = f" {self.refused}" if self.refused else f": {self.misuse.test_id}" if self.misuse else ""
        return self.machine.name + how

    @property
    def is_whole(self) -> bool:
        return self.refused is None and self.misuse is None

    def boot(self, elf: Path, machine: Machine, inspect: Callable[[Qmp], Any] | None = None) -> Boot:
        with medium(machine, elf, str(self.refused or "")) as arguments:
            return boot(machine, arguments, inspect)

    def complaints(self, elf: Path) -> list[str]:
        """What is wrong with how the kernel ends. Without what its set-up asks for it cannot go on."""
        if self.misuse:
            return self.misuse.complaints(elf)
        if self.is_whole:
            return judge_pressed(self.boot(elf, self.machine.without_debug_exit(), partial(look, wanted=wanted_pages(elf))), elf)
        booted = self.boot(elf, self.machine)
        must_end = self.refused is not None and not self.refused.in_each_test
        return [] if ended_well(booted) and (booted.outcome == "exit 39" or not must_end) else [f"it ended with {booted.outcome}"]


def met(elf: Path, trial: Trial, count: int) -> frozenset[int]:
    """Which of the mistakes 1 to `count` the kernel would have met."""
    address = symbols(elf)["mutation_met"]
    (segment,) = (each for each in segments(elf) if each.virtual <= address < each.virtual + each.memory_size)

    def memory(qmp: Qmp) -> bytes:
        with tempfile.NamedTemporaryFile(prefix="daybook-met-") as file:
            physical = segment.physical + address - segment.virtual
            qmp.execute("pmemsave", val=physical, size=count + 1, filename=file.name)
            return file.read()

    misuse = trial.misuse.number if trial.misuse else 0
    with chosen(elf, NOTING) as noting, patched(noting, "misuse_chosen", misuse) as misused:
        booted = trial.boot(misused, trial.machine.without_debug_exit(), memory)
    if booted.outcome != "halt":
        raise Broken(f"the kernel without any mistake ends with {booted.outcome} on {trial}:\n{booted.serial}")
    return frozenset(number for number in range(1, count + 1) if booted.seen[number])


class MachineJudge:
    """Boots the kernel with one mutant after the other."""

    def __init__(self, sources: Sources, wanted: list[Mutant], out: Path) -> None:
        self.numbered = dict(enumerate(wanted, 1))
        self.kernel, self.sources = Kernel(sources, out), sources
        self.elf = self.kernel.build_switched(self.numbered)
        self.lock, self.alone = Lock(), 0
        with chosen(self.elf, 0) as plain:
            with medium(REFUSING, plain, REFUSE_NONE) as arguments:
                refused = refusals(boot(REFUSING, arguments))
            self.trials = [
                *(Trial(machine) for machine in WHOLE),
                *(Trial(MACHINE, misuse=each) for each in MISUSES),
                *(Trial(REFUSING, refused=each) for each in refused),
            ]
            with ThreadPoolExecutor(WORKERS) as pool:
                self.met = dict(zip(self.trials, pool.map(lambda trial: met(self.elf, trial, len(wanted)), self.trials)))
            for trial in self.different:
                if complaints := trial.complaints(plain):
                    raise Broken(f"the kernel fails without any mistake on {trial}: {complaints[0]}")

    @cached_property
    def different(self) -> list[Trial]:
        """Without refusals that meet just the same as another one does."""
        first: dict[Any, Trial] = {}
        for trial in self.trials:
            first.setdefault((trial.refused is None and trial, self.met[trial]), trial)
        return list(first.values())

    def judge(self, number: int) -> Verdict:
        mutant = self.numbered[number]
        verdict = Verdict(False)
        if mutant.around is not None:
            with chosen(self.elf, number) as elf:
                verdict = self.run(elf, [trial for trial in self.different if number in self.met[trial]])
        if not verdict.killed and (mutant.may_be_constant or not any(number in numbers for numbers in self.met.values())):
            with self.lock:
                self.alone += 1
                place = f"alone.{self.alone}"
            try:
                elf = self.kernel.build(place, {mutant.file: mutant.applied(read(self.sources.tree / mutant.file))})
            except Broken:
                return Verdict(True, "the compiler")
            verdict = self.run(elf, self.different)
            shutil.rmtree(elf.parent)
        return verdict

    def run(self, elf: Path, trials: list[Trial]) -> Verdict:
        for trial in trials:
            if trial.complaints(elf):
                return Verdict(True, str(trial))
        return Verdict(False)
