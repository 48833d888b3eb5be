"""A look at a machine that has halted: its CPUs, the memory behind its page tables, its screen."""

import re
import struct
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from .cpus import Cpu, read_cpus
from .physical_memory import PhysicalMemory
from .protections import CR4_BITS
from .qmp import Qmp
from .table_tree import Table, read_tables
from .walker import CR0_PG, EFER_NXE, PAGE, Extent, Region, translate, walk

# What a kernel may map besides RAM, by QEMU's names.
_DEVICES = ("vga.vram", "vga-lowmem", "ioapic", "apic-msi", "hpet")
_RAM = "pc.ram"

_REGION = re.compile(r"([0-9a-f]{16})-([0-9a-f]{16}) \(prio \d+, (?:ram|i/o)\): (\S+)")


@dataclass(frozen=True)
class Look:
    """What was seen."""

    cpus: list[Cpu]
    gib_pages: bool  # whether the CPU has 1 GiB pages
    regions: list[Region]  # the RAM, and the devices that may be mapped
    page_tables: dict[int, list[Extent]]  # by CR3, of every CPU that has paging on
    contents: dict[int, bytes]  # of the wanted pages that CPU 0 has mapped, by virtual address
    screen: bytes  # PNG
    tables: list[Table] = field(default_factory=list)  # CPU 0's page tables; empty if its paging is off
    protections: frozenset[str] = frozenset()  # what CPU 0 has, of protections.CR4_BITS

    def is_graphics(self) -> bool:
        """Whether the screen is in a graphics mode. GRUB on a BIOS leaves the VGA text mode, which is
        400 lines high, unless the kernel asks for another."""
        (height,) = struct.unpack_from(">I", self.screen, 20)  # of the PNG's header
        return height != 400


def look(qmp: Qmp, wanted: list[int], space: int = 0) -> Look:
    """Looks at the halted machine behind `qmp`; `wanted`: virtual addresses of pages to read; `space`: of a variable that holds
    what would be another CR3, whose page tables are then walked, too, and stand last."""
    with tempfile.TemporaryDirectory(prefix="daybook-look-") as name:
        folder = Path(name)
        regions = parse_regions(qmp.monitor("info mtree -f"))
        read_page = PhysicalMemory(qmp, [region for region in regions if region.name == _RAM], folder).page
        cpus = read_cpus(qmp)
        tables = {
            cpu.cr3: walk(read_page, cpu.cr3, bool(cpu.efer & EFER_NXE))
            for cpu in cpus
            if cpu.cr0 & CR0_PG
        }
        if space and (found := translate(tables[cpus[0].cr3], space & -PAGE)):
            (other,) = struct.unpack_from("<Q", read_page(found[0]), space % PAGE)
            tables.setdefault(other, walk(read_page, other))
        mapped = ((page, translate(tables.get(cpus[0].cr3, []), page)) for page in wanted)
        contents = {page: read_page(found[0]) for page, found in mapped if found}
        screen = folder / "screen.png"
        qmp.execute("screendump", filename=str(screen), format="png")
        return Look(
            cpus=cpus,
            gib_pages=_has_feature(qmp, "pdpe1gb"),
            protections=frozenset(name for name in CR4_BITS if _has_feature(qmp, name.lower())),
            regions=regions,
            page_tables=tables,
            tables=read_tables(read_page, cpus[0].cr3) if cpus[0].cr3 in tables else [],
            contents=contents,
            screen=screen.read_bytes(),
        )


def parse_regions(listing: str) -> list[Region]:
    """The RAM and the devices that may be mapped, from the monitor's `info mtree -f`."""
    # One view of the address space after the other; CPUs in SMM have a view of their own.
    views = listing.replace("\r", "").split("FlatView #")
    view = next(view for view in views if ' AS "memory"' in view)
    found = (Region(int(a, 16), int(b, 16) + 1, name) for a, b, name in _REGION.findall(view))
    return [region for region in found if region.name in (_RAM, *_DEVICES)]


def _has_feature(qmp: Qmp, name: str) -> bool:
    cpu = qmp.execute("query-cpus-fast")[0]["qom-path"]
    return qmp.execute("qom-get", path=cpu, property=name)
