"""What there is to prove about the trees, one case at a time.

A case has a key, which says what its verdict depends on. It is settled by the verdict that the store keeps under the key, or
by a boot; only then are its trees built. test_*.py turn cases into tests; tools/record settles those that the site shows.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

import store
from . import places, verdicts
from .boots import BootKey, Boots
from .expect import BUILD_ERROR, Block, ExpectError, match_log
from .halted_verdict import judge_halted
from .ktap import read_ktap
from .machines import Machine
from .measure import measure
from .run_record import run_record
from .trees import ROOT, Day, Exhibit, TreeError, entries, exhibits, newest
from .verdict import judge, report

# `make matrix`: every day on the machines of all days before it, not only the newest.
MATRIX = os.environ.get("DAYBOOK_MATRIX") == "1"
# What makes a tree unusable. A test of its own reports it, so cases pass such trees over.
UNUSABLE = (TreeError, ExpectError)
HANDFUL = 5  # machines that `make test` boots the newest kernel on


@dataclass(frozen=True)
class Proved:
    """What a case has found: why it fails, or what is kept of it."""

    failure: str = ""
    verdict: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    sources: str = ""  # the places in the journal that the files name in other ways than FILE:LINE


class Case:
    """What every case has."""

    @property
    def test_id(self) -> str:
        """What its test is called."""
        raise NotImplementedError

    @property
    def tree(self) -> Day | Exhibit:
        """What must be built before it is proved."""
        raise NotImplementedError

    @property
    def boot_key(self) -> BootKey | None:
        """Of its boot, if it has one: so it can begin ahead."""
        return None

    def key(self) -> str:
        """Of its verdict in the store."""
        raise NotImplementedError

    def prove(self, boots: Boots) -> Proved:
        """Boots and judges."""
        raise NotImplementedError

    def settle(self, boots: Boots) -> str:
        """Empty, or why the case fails."""
        if store.known(self.key()) is not None:
            return ""
        proved = self.prove(boots)
        if not proved.failure:
            text = proved.sources + proved.files["log"].decode()
            store.keep(self.key(), proved.verdict | {"spots": places.spots(self.tree.folder, text)}, proved.files)
        return proved.failure


@dataclass(frozen=True)
class DayCase(Case):
    """The kernel as of an entry on one machine, held against every proof that names it. `looked_at`: the machine stays to be
    seen when the kernel has written its exit code, and passes what the proofs say that it is checked for."""

    day: Day
    machine: Machine
    looked_at: bool

    @property
    def test_id(self) -> str:
        return f"{self.day.entry} on {self.machine.name}" + (", looked at" if self.looked_at else "")

    @property
    def tree(self) -> Day | Exhibit:
        return self.day

    @property
    def boot_key(self) -> BootKey:
        return self.day.iso, self.machine, self.looked_at

    @property
    def is_of_its_own_proof(self) -> bool:
        return self.machine in self.day.machines(every=False)

    def key(self) -> str:
        return verdicts.key("day", [self.day], [self.machine], judge=__file__, looked_at=self.looked_at, checks=self.day.checks())

    def prove(self, boots: Boots) -> Proved:
        boot = boots.get(self.boot_key)
        complaints = [said for block in self.day.blocks_for(self.machine) for said in judge(boot, block, self.day.elf)]
        if self.looked_at and not complaints:
            complaints = judge_halted(boot, self.day.elf, self.day.checks())
        if complaints:
            return Proved(report(self.test_id, complaints, boot.serial))
        tests, seconds = read_ktap(boot.serial).passed, round(boot.seconds, 2)
        said = {"outcome": boot.outcome, "status": boot.status, "tests": tests, "seconds": seconds}
        return Proved(verdict=said, files={"log": boot.serial.encode()})


@dataclass(frozen=True)
class RunCase(Case):
    """A day's run in full, with its instructions counted, and its screen if the kernel uses it: run_record.py."""

    day: Day
    machine: Machine

    @property
    def test_id(self) -> str:
        return f"{self.day.entry} on {self.machine.name}, in full"

    @property
    def tree(self) -> Day | Exhibit:
        return self.day

    @property
    def boot_key(self) -> BootKey:
        return self.day.iso, self.machine, True

    def key(self) -> str:
        return verdicts.key("run", [self.day], [self.machine], judge=__file__, plugin=ROOT / "tests/boot/plugin/count.c")

    def prove(self, boots: Boots) -> Proved:
        boot = boots.get(self.boot_key)
        if complaints := judge_halted(boot, self.day.elf, []):
            return Proved(report(self.test_id, complaints, boot.serial))
        measured = measure(self.day.iso, self.machine)
        run = run_record(self.day, boot.seen, measured, self.machine, boot.serial)
        files = {"run.json": json.dumps(run, indent=1).encode(), "log": boot.whole_log.encode()}
        # A text mode shows GRUB's words, not the kernel's.
        files |= {"screen.png": boot.seen.screen} if boot.seen.is_graphics() else {}
        sources = [line["source"] for line in run["serial"] if line["source"]]
        return Proved(files=files, sources="".join(f"{source['file']}:{source['line']}\n" for source in sources))


@dataclass(frozen=True)
class ExhibitCase(Case):
    """An exhibit that is built and booted on one machine of its proof."""

    exhibit: Exhibit
    machine: Machine

    @property
    def test_id(self) -> str:
        return f"{self.exhibit.entry} {self.exhibit.name} on {self.machine.name}"

    @property
    def tree(self) -> Day | Exhibit:
        return self.exhibit

    @property
    def machine_name(self) -> str:
        return self.machine.name

    @property
    def boot_key(self) -> BootKey:
        return self.exhibit.iso, self.machine, False

    def key(self) -> str:
        return verdicts.key("exhibit", [self.exhibit], [self.machine], judge=__file__, proof=self.exhibit.proof().path)

    def prove(self, boots: Boots) -> Proved:
        if why := unbuilt(self.exhibit):
            return Proved(why)
        boot = boots.get(self.boot_key)
        blocks = self.exhibit.proof().blocks_for(self.machine)
        if complaints := [said for block in blocks for said in judge(boot, block, self.exhibit.elf)]:
            return Proved(report(self.test_id, complaints, boot.serial))
        return Proved(verdict={"outcome": boot.outcome}, files={"log": boot.serial.encode()})


@dataclass(frozen=True)
class BuildErrorCase(Case):
    """An exhibit that must not build."""

    exhibit: Exhibit
    block: Block
    machine_name = ""

    @property
    def test_id(self) -> str:
        return f"{self.exhibit.entry} {self.exhibit.name} does not build"

    @property
    def tree(self) -> Day | Exhibit:
        return self.exhibit

    def key(self) -> str:
        return verdicts.key("exhibit", [self.exhibit], [], judge=__file__, proof=self.exhibit.proof().path)

    def prove(self, _boots: Boots) -> Proved:
        if why := unbuilt(self.exhibit):
            return Proved(why)
        log = self.exhibit.build_log.read_text(errors="replace")
        complaints = match_log(self.block, log)
        if self.exhibit.iso.exists():
            complaints.append("it does build")
        if complaints:
            return Proved(report(self.test_id, complaints, log))
        return Proved(verdict={"outcome": self.block.outcome}, files={"log": log.encode()})


def unbuilt(exhibit: Exhibit) -> str:
    """Why an exhibit is not what its proof asks for; empty when it is."""
    try:
        exhibit.check()
    except TreeError as error:
        return str(error)
    return ""


def usable_days() -> list[Day]:
    """The days whose tree is whole."""
    return [day for day in map(Day, entries()) if not unusable(day)]


def unusable(tree: Day | Exhibit) -> str:
    """Why nothing can be proved about a tree; empty when it is whole."""
    try:
        if isinstance(tree, Exhibit):
            tree.proof()
        else:
            tree.proofs()
    except UNUSABLE as error:
        return str(error)
    return ""


def day_cases() -> list[DayCase]:
    """Every day on the machines of its own proof; the newest, and all in `make matrix`, on those of the days before as well. Where
    it ends well the machine is looked at, and on the cheapest of them it is booted once more, to end QEMU."""
    cases = []
    for day in usable_days():
        machines = day.machines(every=MATRIX or day == newest())
        well = [machine for machine in machines if ends_well(day, machine)]
        cases += [DayCase(day, machine, looked_at=machine in well) for machine in machines]
        cases += [DayCase(day, cheapest(own), looked_at=False)] if (own := [each for each in well if each.debug_exit]) else []
    return cases


def quick_day_cases() -> set[DayCase]:
    """Of these, what `make test` boots: each day on its cheapest machine, the newest on a handful."""
    cases = day_cases()
    latest = {case.machine: case for case in cases if case.day == newest() and case.looked_at}
    ending = {case for case in cases if not case.looked_at and ends_well(case.day, case.machine)}
    return ending | {latest[machine] for machine in covering(list(latest), HANDFUL)}


def run_cases() -> list[RunCase]:
    """Every day on the first machine of its proof that has a BIOS."""
    first: dict[Day, RunCase] = {}
    for case in day_cases():
        if case.looked_at and case.machine.firmware == "bios" and case.machine.serial and case.is_of_its_own_proof:
            first.setdefault(case.day, RunCase(case.day, case.machine.with_debug_exit()))
    return list(first.values())


def exhibit_cases() -> list[ExhibitCase | BuildErrorCase]:
    """Every exhibit, on every machine of its proof."""
    cases: list[ExhibitCase | BuildErrorCase] = []
    for entry, name in exhibits():
        exhibit = Exhibit(entry, name)
        if unusable(exhibit):
            continue
        proof = exhibit.proof()
        cases += [BuildErrorCase(exhibit, block) for block in proof.blocks if block.outcome == BUILD_ERROR]
        cases += [ExhibitCase(exhibit, machine) for machine in proof.machines()]
    return cases


def unsettled(cases: Iterable[Case]) -> list[Case]:
    """Those of which the store has no verdict."""
    return [case for case in cases if not store.is_known(case.key())]


def cheapest(machines: list[Machine]) -> Machine:
    """The one that takes the least time."""
    return min(machines, key=lambda machine: (FIRMWARES.index(machine.firmware), machine.cpus, machine.size))


FIRMWARES = ["direct", "bios", "uefi"]  # the cheapest first
PARTS = ("firmware", "board", "memory", "cpu_model", "cpus")
Pair = tuple[tuple[str, str], tuple[str, str]]


def pairs(machine: Machine) -> set[Pair]:
    """What is together in the machine: firmware, board, memory, model and number of CPUs, two at a time."""
    return set(combinations([(part, str(getattr(machine, part))) for part in PARTS], 2))


def covering(machines: list[Machine], count: int) -> list[Machine]:
    """So many of the machines, with as many different pairs in them as one after the other can bring."""
    chosen: list[Machine] = []
    met: set[Pair] = set()
    while machines and len(chosen) < count:
        best = max(machines, key=lambda machine: len(pairs(machine) - met))
        met |= pairs(best)
        chosen.append(best)
        machines = [machine for machine in machines if machine != best]
    return chosen


def covered(machines: Iterable[Machine], of: Iterable[Machine]) -> list[str]:
    """How many of the pairs that the machines `of` have there are in `machines`: a line for each part, with each part behind it."""
    there_are: dict[tuple[str, str], set[Pair]] = {}
    for pair in set().union(*map(pairs, of)):
        there_are.setdefault((pair[0][0], pair[1][0]), set()).add(pair)
    met = set().union(*map(pairs, machines))
    lines: dict[str, list[str]] = {}
    for part, other in combinations(PARTS, 2):
        found = there_are.get((part, other), set())
        lines.setdefault(part, []).append(f"{other} {len(found & met)} of {len(found)}")
    return [f"pairs of {part} with " + ", ".join(others) for part, others in lines.items()]


def ends_well(day: Day, machine: Machine) -> bool:
    """Whether its proofs say that it does; on some machines a kernel is there to refuse."""
    return {block.outcome for block in day.blocks_for(machine)} <= {"exit 33", "halt"}
