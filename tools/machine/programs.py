"""A look at a program while it runs, from outside: its registers, and the pages that are its own."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .boot import Boot, boot, medium
from .elf import segments
from .halted import Look, look
from .machines import Machine
from .qmp import Qmp
from .walker import PAGE, Extent, check_extents

CODE, DATA = 0x28 | 3, 0x20 | 3  # the selectors of ring 3
STACK_PAGES = 4  # below the first segment
_PF_X, _PF_W = 1, 2


@dataclass(frozen=True)
class Page:
    """One that a program may use, and how."""

    address: int
    writable: bool
    executable: bool


def ring(seen: Look) -> int:
    """That CPU 0 is in."""
    return seen.cpus[0].tables["CS"]["selector"] & 3


def _tests_are_over(log: str) -> bool:
    plans = re.findall(r"^1\.\.(\d+)$", log, re.MULTILINE)
    return bool(plans) and re.search(rf"^ok {plans[-1]} ", log[log.rindex("KTAP version") :], re.MULTILINE) is not None


def boot_into_program(iso: Path, machine: Machine, command_line: str, act: Callable[[Qmp], None]) -> Boot:
    """Boots a kernel whose program waits, stops the machine once the kernel's tests, which run programs, too, are over and CPU 0
    is in ring 3, and lets somebody act."""

    def attend(qmp: Qmp, log: Callable[[], str]) -> None:
        while True:  # a machine that ends meanwhile raises QmpClosed
            qmp.execute("stop")
            if _tests_are_over(log()) and "CS =002b" in qmp.monitor("info registers"):
                return act(qmp)
            qmp.execute("cont")
            time.sleep(0.05)

    with medium(machine, iso, command_line) as arguments:
        return boot(machine, arguments, attend=attend)


def look_at_program(iso: Path, machine: Machine, command_line: str, pages: list[int], space: int) -> Look:
    """What is seen then. `pages`: virtual addresses of pages to read; `space`: that of the kernel's address space."""
    seen: list[Look] = []

    def act(qmp: Qmp) -> None:
        seen.append(look(qmp, pages, space))
        qmp.execute("quit")

    ended = boot_into_program(iso, machine, command_line, act)
    if not seen:
        raise AssertionError(f"no program ran: {ended.outcome}\n{ended.serial}")
    return seen[0]


def expected_pages(elf: Path) -> list[Page]:
    """What the program's own ELF file says, and its stack."""
    found = [
        Page(page, bool(segment.flags & _PF_W), bool(segment.flags & _PF_X))
        for segment in segments(elf)
        for page in range(segment.virtual, segment.virtual + segment.memory_size, PAGE)
    ]
    first = min(page.address for page in found)
    return sorted([*found, *(Page(first - n * PAGE, True, False) for n in range(1, STACK_PAGES + 1))], key=lambda page: page.address)


def judge_program(seen: Look, extents: list[Extent], elf: Path) -> list[str]:
    """Complaints about a space in which a program runs: the lower half is the program's, with the rights that its ELF file says, and
    the upper half is as sound as ever. A program's frame is in the pool, too, and nowhere else."""
    users = [extent for extent in extents if extent.user]
    found = [
        Page(page, extent.writable, extent.executable)
        for extent in users
        for page in range(extent.virtual, extent.virtual_end, PAGE)
    ]
    complaints = []
    if found != (wanted := expected_pages(elf)):
        complaints += [f"{page} is not mapped so" for page in wanted if page not in found]
        complaints += [f"{page} is not the program's to have" for page in found if page not in wanted]
    complaints += [f"a page of the kernel's in the lower half: {extent}" for extent in extents if not extent.user and not extent.virtual >> 63]
    kernels = [extent for extent in extents if not extent.user]
    complaints += check_extents(kernels, seen.regions, seen.gib_pages)
    frames = [frame for extent in users for frame in range(extent.physical, extent.physical_end, PAGE)]
    complaints += [f"the frame {frame:#x} is the program's twice" for frame in set(frames) if frames.count(frame) > 1]
    for frame in frames:
        complaints += [
            f"a program's frame {frame:#x} is the kernel's to execute: {extent}"
            for extent in kernels
            if extent.physical <= frame < extent.physical_end and extent.executable
        ]
    for segment in segments(elf):
        for page in range(segment.virtual, segment.virtual + segment.file_size, PAGE):
            offset = segment.offset + page - segment.virtual
            content = elf.read_bytes()[offset : offset + min(PAGE, segment.virtual + segment.file_size - page)]
            if not segment.flags & _PF_W and not seen.contents.get(page, b"").startswith(content):
                complaints.append(f"{page:#x} does not hold what the program's ELF file says")
    return complaints


def judge_spaces(kernels: list[Extent], programs: list[list[Extent]]) -> list[str]:
    """Complaints about spaces that are there at once: the upper half of each is that of the kernel's, whose lower half is empty; and
    no frame is in the lower halves of two."""
    complaints = [f"in the lower half of the kernel's space: {extent}" for extent in kernels if not extent.virtual >> 63]
    owners: dict[int, int] = {}
    for number, space in enumerate(programs):
        upper = [extent for extent in space if extent.virtual >> 63]
        complaints += [f"not in both upper halves: {extent}" for extent in {*upper} ^ {each for each in kernels if each.virtual >> 63}]
        lower = [extent for extent in space if not extent.virtual >> 63]
        frames = {frame for extent in lower for frame in range(extent.physical, extent.physical_end, PAGE)}
        complaints += [f"the frame {frame:#x} is in two spaces" for frame in frames if owners.setdefault(frame, number) != number]
    return complaints


def judge_registers(seen: Look) -> list[str]:
    """Complaints about a program's registers at its beginning: all are empty but rdi, its argument."""
    cpu = seen.cpus[0]
    complaints = [
        f"{name} is {value:#x}"
        for name, value in cpu.registers.items()
        if name.startswith("R") and name not in ("RIP", "RSP", "RDI", "RFL") and value
    ]
    selectors = {name: cpu.tables[name]["selector"] for name in ("CS", "SS", "DS", "ES", "FS", "GS")}
    wanted = {"CS": CODE, "SS": DATA}
    return complaints + [f"{name} is {value:#x}" for name, value in selectors.items() if value != wanted.get(name, 0)]
