"""The newest kernel on many machines: what `make matrix` boots, and of that what `make test` does."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from . import verdicts
from .boot import HALT_LINE, Boot
from .boots import BootKey, Boots
from .cases import MATRIX, Case, Proved
from .halted_verdict import CHECKS, judge_halted
from .machines import Machine
from .trees import Day, Exhibit, newest
from .verdict import report

# With and without pages of 1 GiB, SMEP, SMAP and UMIP; from 36 to 52 bits of physical address.
CPUS = (
    "qemu64", "core2duo", "Conroe", "Penryn", "Nehalem", "Westmere", "SandyBridge", "Haswell", "Skylake-Client",
    "Icelake-Server", "EPYC-Milan", "max",
)  # fmt: skip
BOARDS = ("pc", "q35")
SIZES = ("3M", "16M", "64M", "256M", "1G", "4G", "6G", "64G", "1T", "4T")
GRUB_CPUS = ("qemu64", "Penryn", "Haswell", "EPYC-Milan", "max")
GRUB_SIZES = ("16M", "64M", "512M", "3G", "6G", "64G")


# Bits of physical address, as in such processors; QEMU has 40 for all. Where the memory needs more, ENOUGH_BITS replace them.
PHYSICAL_BITS = {
    "core2duo": 36, "Conroe": 36, "Penryn": 36, "SandyBridge": 36, "Haswell": 39, "Skylake-Client": 39,
    "EPYC-Milan": 48, "Icelake-Server": 52, "max": 52,
}  # fmt: skip
QEMUS_BITS, ENOUGH_BITS = 40, 46


def _machine(firmware: str, board: str, size: str, cpu: str, cpus: int) -> Machine:
    plain = Machine.parse(f"{firmware}-{board}-{size}-cpu_{cpu}-smp{cpus}")
    # OVMF maps all that has a physical address before it does anything else: with 52 bits that takes it minutes.
    bits = QEMUS_BITS if firmware == "uefi" else PHYSICAL_BITS.get(cpu, QEMUS_BITS)
    if max(region.end for region in plain.memory_map()) > 1 << bits:
        bits = ENOUGH_BITS
    return plain if bits == QEMUS_BITS else Machine.parse(f"{firmware}-{board}-{size}-cpu_{cpu}+phys-bits={bits}-smp{cpus}")


def physical_bits(machine: Machine) -> int:
    """How many bits a physical address has there."""
    found = re.search(r"phys-bits=(\d+)", machine.cpu_model or "")
    return int(found[1]) if found else QEMUS_BITS


def direct_machines() -> list[Machine]:
    """Every CPU with every size on both boards; from 1 to 8 CPUs."""
    kinds = [(board, size, cpu) for cpu in CPUS for size in SIZES for board in BOARDS]
    return [_machine("direct", *kind, 1 + number % 8) for number, kind in enumerate(kinds)]


def grub_machines() -> list[Machine]:
    """60 with a BIOS, 12 with UEFI."""
    kinds = [(board, size, cpu) for cpu in GRUB_CPUS for size in GRUB_SIZES for board in BOARDS]
    bios = [_machine("bios", *kind, 1 + number % 4) for number, kind in enumerate(kinds)]
    kinds = [(board, size, cpu) for cpu in ("qemu64", "max") for size in ("256M", "3G", "64G") for board in BOARDS]
    return bios + [_machine("uefi", *kind, 1 + number % 2) for number, kind in enumerate(kinds)]


def neighbour_machines() -> list[Machine]:
    """Those whose CPU has SMEP, SMAP and UMIP without what CPUID says in the bits beside theirs, and the other way round."""
    return [_machine("direct", "pc", "64M", cpu, 1) for cpu in ("max+-bmi2+-adx+-pku", "max+-smep+-smap+-umip")]


def sample(machines: list[Machine]) -> list[Machine]:
    """All of them in `make matrix`. In `make test` every eleventh, which has each CPU, board and size in it."""
    return machines if MATRIX else machines[::11]


@dataclass(frozen=True)
class PressureCase(Case):
    """The newest kernel on a machine that no proof names: it ends well there, with all its tests passed and sound page tables."""

    machine: Machine

    @property
    def test_id(self) -> str:
        return self.machine.name

    @property
    def tree(self) -> Day | Exhibit:
        return newest()

    @property
    def boot_key(self) -> BootKey:
        return newest().iso, self.machine, True

    def key(self) -> str:
        return verdicts.key("machine", [newest()], [self.machine], judge=__file__)

    def prove(self, boots: Boots) -> Proved:
        boot = boots.get(self.boot_key)
        complaints = judge_pressed(boot, newest().elf)
        return Proved(report(self.test_id, complaints, boot.serial)) if complaints else Proved(files={"log": boot.serial.encode()})


def judge_pressed(boot: Boot, elf: Path) -> list[str]:
    """Complaints about the end, the tests, and all that a kernel can be looked at for."""
    complaints = judge_halted(boot, elf, list(CHECKS))
    if boot.seen and not re.search(rf"^ok \d+ .*\n(?:(?!PANIC).*\n)*.*{HALT_LINE}", boot.whole_log, re.MULTILINE):
        complaints.append("something happened between the last test and the end")
    return complaints


@dataclass
class Table:
    """How many machines of each kind the kernel has ended well on."""

    rows: dict[tuple[str, str], dict[str, list[bool]]] = field(default_factory=dict)

    def note(self, machine: Machine, passed: bool) -> None:
        """Counts one boot."""
        cpu = (machine.cpu_model or "").partition(",")[0]
        self.rows.setdefault((machine.firmware, cpu), {}).setdefault(machine.memory, []).append(passed)

    def cells(self) -> tuple[list[str], list[list[str]]]:
        """The sizes, and a row for each firmware and CPU: its name, and by size the boots that passed of those made."""
        sizes = sorted({size for row in self.rows.values() for size in row}, key=lambda size: ("MGT".index(size[-1]), int(size[:-1])))
        rows = [
            [f"{firmware:7}{cpu}", *(f"{sum(row[size])}/{len(row[size])}" if size in row else "" for size in sizes)]
            for (firmware, cpu), row in self.rows.items()
        ]
        return sizes, rows

    def count(self) -> tuple[int, int]:
        """The boots that passed, and all."""
        boots = [passed for row in self.rows.values() for results in row.values() for passed in results]
        return sum(boots), len(boots)

    def text(self) -> str:
        """For a terminal."""
        sizes, rows = self.cells()
        lines = [f"{name:22}" + "".join(f"{cell:>7}" for cell in cells) for name, *cells in [["", *sizes], *rows]]
        return "\n".join([*lines, "{} of {} boots ended well".format(*self.count())])


TABLE = Table()  # of this run
