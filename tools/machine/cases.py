"""What there is to prove about the built trees, one case at a time.

A case says what it boots (`boot_key`, so that boots can begin ahead), proves itself, and leaves the
evidence. test_*.py turn cases into tests; tools/record proves only those without fresh evidence.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from .boots import Boots
from .elf import ElfError
from .evidence import Evidence, digest
from .expect import BUILD_ERROR, Block, ExpectError, match_log
from .halted_verdict import judge_halted
from .machines import Machine
from .measure import measure
from .page_tables import is_in_higher_half
from .trees import Day, Exhibit, TreeError, entries, exhibits
from .verdict import judge, report

# Every day's page tables are walked on every machine, not only the newest's.
MATRIX = os.environ.get("DAYBOOK_MATRIX") == "1"
# What makes a tree unusable. A test of its own reports it, so cases pass such trees over.
UNUSABLE = (TreeError, ExpectError, ElfError)

BootKey = tuple[Path, Machine]


@dataclass(frozen=True)
class DayCase:
    """The kernel as of an entry on one machine, held against every proof that names it."""

    day: Day
    machine: Machine

    @property
    def test_id(self) -> str:
        return f"{self.day.entry} on {self.machine.name}"

    @property
    def boot_key(self) -> BootKey:
        return self.day.iso, self.machine

    @property
    def is_of_its_own_proof(self) -> bool:
        return self.machine in self.day.machines(every=False)

    def is_recorded(self) -> bool:
        fresh = digest(self.day.iso, self.day.proofs()[self.day.entry].path)
        return Evidence(self.day.entry).holds("machines", fresh, name=self.machine.name)

    def prove(self, boots: Boots) -> str:
        """Empty, or why the case fails."""
        boot = boots.get(*self.boot_key)
        evidence = Evidence(self.day.entry)
        complaints = [
            complaint
            for block in self.day.blocks_for(self.machine)
            for complaint in judge(boot, block, self.day.elf)
        ]
        if complaints:
            evidence.forget("machines", name=self.machine.name)
            return report(self.test_id, complaints, boot.serial)
        if self.is_of_its_own_proof:
            evidence.machine(self.day, boot)
        return ""


@dataclass(frozen=True)
class HaltCase:
    """The kernel as of an entry on a machine without isa-debug-exit: it halts, and stays to be seen.

    `with_screen`: what is seen is recorded as the entry's: the screen, if the kernel uses it, and
    the run in full.
    """

    day: Day
    machine: Machine
    with_screen: bool

    @property
    def test_id(self) -> str:
        return f"{self.day.entry} on {self.machine.name}"

    @property
    def boot_key(self) -> BootKey:
        return self.day.iso, self.machine

    def is_recorded(self) -> bool:
        fresh, evidence = digest(self.day.iso), Evidence(self.day.entry)
        return not self.with_screen or evidence.holds_screen(fresh) and evidence.holds_run(fresh)

    def prove(self, boots: Boots) -> str:
        """Empty, or why the case fails."""
        boot = boots.get(*self.boot_key)
        complaints = judge_halted(boot, self.day.elf)
        evidence = Evidence(self.day.entry)
        if complaints:
            if self.with_screen:
                evidence.forget_run()
            return report(self.test_id, complaints, boot.serial)
        if self.with_screen:
            # A text mode shows GRUB's words, not the kernel's.
            picture = boot.seen.screen if boot.seen.is_graphics() else None
            evidence.screen(picture, digest(self.day.iso))
            if not evidence.holds_run(digest(self.day.iso)):
                machine = self.machine.with_debug_exit()
                evidence.run(self.day, boot.seen, measure(self.day.iso, machine), machine, boot.serial)
        return ""


@dataclass(frozen=True)
class ExhibitCase:
    """An exhibit that is built and booted on one machine of its proof."""

    exhibit: Exhibit
    machine: Machine

    @property
    def test_id(self) -> str:
        return f"{self.exhibit.entry} {self.exhibit.name} on {self.machine.name}"

    @property
    def machine_name(self) -> str:
        return self.machine.name

    @property
    def boot_key(self) -> BootKey:
        return self.exhibit.iso, self.machine

    def is_recorded(self) -> bool:
        fresh = digest(self.exhibit.iso, self.exhibit.proof().path)
        keys = {"name": self.exhibit.name, "machine": self.machine_name}
        return Evidence(self.exhibit.entry).holds("exhibits", fresh, **keys)

    def prove(self, boots: Boots) -> str:
        """Empty, or why the case fails."""
        boot = boots.get(*self.boot_key)
        evidence = Evidence(self.exhibit.entry)
        complaints = [
            complaint
            for block in self.exhibit.proof().blocks_for(self.machine)
            for complaint in judge(boot, block, self.exhibit.elf)
        ]
        if complaints:
            evidence.forget("exhibits", name=self.exhibit.name, machine=self.machine_name)
            return report(self.test_id, complaints, boot.serial)
        evidence.exhibit(self.exhibit, self.machine_name, boot.outcome, boot.serial)
        return ""


@dataclass(frozen=True)
class BuildErrorCase:
    """An exhibit that must not build."""

    exhibit: Exhibit
    block: Block
    machine_name = ""

    @property
    def test_id(self) -> str:
        return f"{self.exhibit.entry} {self.exhibit.name} does not build"

    def is_recorded(self) -> bool:
        fresh = digest(self.exhibit.build_log, self.exhibit.proof().path)
        keys = {"name": self.exhibit.name, "machine": self.machine_name}
        return Evidence(self.exhibit.entry).holds("exhibits", fresh, **keys)

    def prove(self, _boots: Boots) -> str:
        """Empty, or why the case fails."""
        log = self.exhibit.build_log.read_text(errors="replace")
        complaints = match_log(self.block, log)
        if self.exhibit.iso.exists():
            complaints.append("it does build")
        evidence = Evidence(self.exhibit.entry)
        if complaints:
            evidence.forget("exhibits", name=self.exhibit.name, machine=self.machine_name)
            return report(self.test_id, complaints, log)
        evidence.exhibit(self.exhibit, self.machine_name, self.block.outcome, log)
        return ""


Case = DayCase | HaltCase | ExhibitCase | BuildErrorCase


def usable_days() -> list[Day]:
    """The days whose tree is whole."""
    return [day for day in map(Day, entries()) if not unusable(day)]


def unusable(tree: Day | Exhibit) -> str:
    """Why nothing can be proved about a tree; empty when it is whole."""
    try:
        if isinstance(tree, Exhibit):
            tree.check()
        else:
            tree.proofs()
    except UNUSABLE as error:
        return str(error)
    return ""


def day_cases() -> list[DayCase]:
    """Every day on the machines of its own proof; the newest, and all in `make matrix`, on those of the days before as well."""
    newest = entries()[-1:]
    return [
        DayCase(day, machine)
        for day in usable_days()
        for machine in day.machines(every=MATRIX or day.entry in newest)
    ]


def halt_cases() -> list[HaltCase]:
    """Every day once without isa-debug-exit; days in the higher half on every machine of theirs."""
    cases: dict[BootKey, HaltCase] = {}
    pictured: set[str] = set()
    newest = entries()[-1:]
    for case in day_cases():
        if not (MATRIX or case.is_of_its_own_proof or case.day.entry in newest):
            continue
        day, machine = case.day, case.machine.without_debug_exit()
        key = day.iso, machine
        if key in cases or not _succeeds(case):
            continue
        with_screen = day.entry not in pictured and machine.firmware == "bios" and case.is_of_its_own_proof
        if with_screen:
            pictured.add(day.entry)
        if with_screen or is_in_higher_half(day.elf):
            cases[key] = HaltCase(day, machine, with_screen)
    return list(cases.values())


def exhibit_cases() -> list[ExhibitCase | BuildErrorCase]:
    """Every exhibit, on every machine of its proof."""
    cases: list[ExhibitCase | BuildErrorCase] = []
    for entry, name in exhibits():
        exhibit = Exhibit(entry, name)
        if unusable(exhibit):
            continue
        proof = exhibit.proof()
        builds = [block for block in proof.blocks if block.outcome == BUILD_ERROR]
        cases += [BuildErrorCase(exhibit, block) for block in builds]
        cases += [ExhibitCase(exhibit, machine) for machine in proof.machines()]
    return cases


def prune_evidence() -> None:
    """Takes back the evidence of machines and exhibits that the journal does not have any more."""
    kept = exhibit_cases()
    for day in usable_days():
        own = [case for case in kept if case.exhibit.entry == day.entry]
        Evidence(day.entry).keep_only(
            machines=[machine.name for machine in day.machines(every=False)],
            exhibits=[(case.exhibit.name, case.machine_name) for case in own],
        )


def renew_sources() -> None:
    """Makes recorded runs name the lines of the journal as it now is."""
    for day in usable_days():
        Evidence(day.entry).renew_sources(day)


def _succeeds(case: DayCase) -> bool:
    outcomes = {block.outcome for block in case.day.blocks_for(case.machine)}
    return outcomes <= {"exit 33", "halt"}
