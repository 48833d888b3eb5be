"""What the newest kernel says to tests that misuse its memory, each in its own way (misuse.cpp)."""

import re
from dataclasses import dataclass
from pathlib import Path

from .boot import boot, medium
from .machines import Machine
from .patched import patched
from .verdict import describe

MACHINE = Machine.parse("direct-pc-64M")


@dataclass(frozen=True)
class Misuse:
    """A pair of tests, by its number in misuse.cpp, and how the kernel has to end, with what in its log."""

    test_id: str
    number: int
    outcome: str
    says: str

    def complaints(self, elf: Path) -> list[str]:
        """About a boot of the kernel `elf`, which has the tests of misuse.cpp."""
        with patched(elf, "misuse_chosen", self.number) as chosen, medium(MACHINE, chosen) as arguments:
            booted = boot(MACHINE, arguments)
        complaints = []
        if booted.outcome != self.outcome:
            complaints.append(f"expected {self.outcome}, got {describe(booted, elf)}")
        if not re.search(self.says, booted.serial, re.MULTILINE):
            complaints.append(f"the log does not say `{self.says}`:\n{booted.serial[-2000:]}")
        return complaints


def _keeps(name: str, number: int, *why: str) -> Misuse:
    """The first test or both say why they fail."""
    said = [rf"not ok \d+ {title} # {text}" if text else rf"ok \d+ {title}"
            for title, text in zip(("something is done", "and something else"), why)]  # fmt: skip
    return Misuse(name, number, "exit 37", "^" + r"\n".join(said) + "$")


def _panics(name: str, number: int, why: str, place: str = r"journal/\S+\.nw") -> Misuse:
    return Misuse(name, number, "exit 35", rf"^PANIC at {place}:\d+: {why}$")


OBJECTS = "there are more or fewer kernel objects than before"
MISUSES = [
    Misuse("nothing", 0, "exit 33", r"^ok \d+ something is done\nok \d+ and something else$"),
    _keeps("objects are kept, two in one slab", 1, OBJECTS, OBJECTS),
    _keeps("objects are kept in fewer slabs", 2, OBJECTS, OBJECTS),
    _keeps("a frame is kept", 3, "", "somebody owns more or fewer frames than before"),
    _keeps("a page table is kept", 4, "", "there are more or fewer page tables than before"),
    _keeps("a frame without an owner is kept", 5, "", "it kept memory, or gave back what was not its own"),
    _keeps("a frame is changed for another", 6, "somebody owns more or fewer frames than before", "there are more or fewer tables of owners than before"),
    _panics("an object is destroyed twice", 7, "a kernel object was destroyed a second time", r"tests/boot/misuse\.cpp"),
    Misuse("an object is overflown", 8, "exit 35", r"^at 0x\w+:\nPANIC at journal/\S+\.nw:\d+: something wrote behind "),
    _panics("a slab is given back twice", 9, "this frame is free already"),
    _panics("a page table is given back twice", 10, "this frame is free already"),
    _panics("a page is mapped twice", 11, "something is mapped there already"),
    Misuse("a report is asked for", 12, "exit 33",
           r"^memory:\nfree below 1 MiB: \d+ KiB\nfree below 4 GiB: \d+ KiB\nset-up: \d+ KiB\npage tables: \d+ KiB\ntests: 20 KiB\n"
           r"kernel objects: 4 KiB\nthe map of owners: \d+ KiB\nkernel objects: 1 slabs\n  items of tests: 1\n  blocks of tests: 3\nok "),
]  # fmt: skip
