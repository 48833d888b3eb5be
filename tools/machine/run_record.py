"""One run of a day's kernel in full: build/evidence/ENTRY/run.json.

    {"format": 2, "entry": "YYYY-MM-DD-page-table-space", "machine": "bios-pc-64M",
     "serial": [{"instructions": 1200, "text": "Daybook: first light", "address": "0x10012a",
                 "source": {"file": "journal/YYYY-MM-DD-first-light.nw", "line": 152, "function": "_start"}}, ...],
     "nanoseconds_per_instruction": 4, "instructions": 123456,
     "cpus": [{"registers": {"RIP": "0x...", "CR0": "0x..."}, "flags": {"CR0": ["PE", "PG"], ...}, "halted": true,
               "tables": {"CS": {"selector": "0x8", "base": "0x0", "limit": "0x0"}, "GDT": {"base": "0x...", ...}}}],
     "paging": {"cr3": "0x...", "tables": 7, "extents": [{"virtual": "0x...", "physical": "0x...", "length": 8192,
                "page_size": 4096, "writable": false, "executable": true, "user": false}],
                "tree": [{"address": "0x...", "level": 4, "virtual": "0x0",
                          "entries": [{"index": 0, "count": 1, "kind": "table", "target": "0x...",
                                       "flags": ["P", "W", "A"]}]}]},
     "symbols": {"kernel_start": "0x...", "kernel_end": "0x...", "stack": "0x...", "stack_top": "0x...", ...},
     "memory_map": [{"start": "0x0", "end": "0x9fc00", "type": "usable"}, ...], "pool": ["0x111000", "0x3fe0000"],
     "ram": [{"start": "0x0", "end": "0xa0000", "name": "pc.ram"}, ...],
     "sizes": {"sections": {".text": ..., ...}, "image": ..., "loaded": ..., "source_lines": {"C++": ..., "NASM": ...}}}

"address" is that of the instruction that had the line printed, "source" the journal's line of it; null if there is
none (log_sources.py). "tree" has the page tables of CPU 0 as they are, with runs of like entries joined
(table_tree.py); "symbols" are names for addresses (elf.bounds). A reader who knows another "format" must not use it.

The machine has no debug-exit device when registers, page tables and memory are looked at; it has one when instructions
are counted, so that the count ends with the kernel. Sizes are in bytes. Addresses and registers are texts, because not
every reader of JSON has integers of 64 bits. "paging" is null while it is
off; "memory_map" is empty and "pool" null while the kernel does not print them.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from directives import code

from . import memory_log
from .elf import bounds, section_sizes, segments
from .halted import Look
from .log_sources import with_sources
from .machines import Machine
from .measure import NANOSECONDS_PER_INSTRUCTION, Measured
from .trees import ROOT, Day
from .walker import Extent

FORMAT = 2  # of run.json; a reader who knows another must not use it

# Intel SDM vol. 3A 2.5 and vol. 4, IA32_EFER.
_FLAGS = {
    "CR0": {0: "PE", 1: "MP", 2: "EM", 3: "TS", 4: "ET", 5: "NE", 16: "WP", 18: "AM", 29: "NW", 30: "CD", 31: "PG"},
    "CR4": {
        **{0: "VME", 1: "PVI", 2: "TSD", 3: "DE", 4: "PSE", 5: "PAE", 6: "MCE", 7: "PGE", 8: "PCE", 9: "OSFXSR"},
        **{10: "OSXMMEXCPT", 11: "UMIP", 12: "LA57", 16: "FSGSBASE", 17: "PCIDE", 18: "OSXSAVE", 20: "SMEP", 21: "SMAP"},
    },
    "EFER": {0: "SCE", 8: "LME", 10: "LMA", 11: "NXE"},
}


def run_record(day: Day, look: Look, measured: Measured, machine: Machine, log: str) -> dict[str, Any]:
    """What is known of one run: `look` and `log` without the debug-exit device, `measured` with it."""
    cpu = look.cpus[0]
    serial = [
        {"instructions": line.instructions, "text": line.text, "address": hex(line.address)}
        for line in measured.lines
    ]
    extents = look.page_tables.get(cpu.cr3)
    return {
        "format": FORMAT,
        "entry": day.entry,
        "machine": machine.name,
        "serial": with_sources(serial, day.elf),
        "nanoseconds_per_instruction": NANOSECONDS_PER_INSTRUCTION,
        "instructions": measured.instructions,
        "cpus": [
            {
                "registers": _hex(cpu.registers),
                "flags": {name: _named(cpu.registers[name], bits) for name, bits in _FLAGS.items()},
                "halted": cpu.halted,
                "tables": {name: _hex(table) for name, table in cpu.tables.items()},
            }
            for cpu in look.cpus
        ],
        "paging": extents
        and {
            "cr3": hex(cpu.cr3),
            "tables": len(look.tables),
            "extents": [_extent(extent) for extent in extents],
            "tree": [table.record() for table in look.tables],
        },
        "symbols": _hex(bounds(day.elf)),
        "memory_map": _memory_map(log),
        "pool": _pool(log),
        "ram": [
            {"start": hex(region.start), "end": hex(region.end), "name": region.name}
            for region in look.regions
            if region.name == "pc.ram"
        ],
        "sizes": _sizes(day),
    }


def _hex(numbers: dict[str, int]) -> dict[str, str]:
    return {name: hex(number) for name, number in numbers.items()}


def _extent(extent: Extent) -> dict[str, Any]:
    return vars(extent) | {"virtual": hex(extent.virtual), "physical": hex(extent.physical)}


def _named(value: int, bits: dict[int, str]) -> list[str]:
    return [name for bit, name in bits.items() if value >> bit & 1]


def _memory_map(log: str) -> list[dict[str, Any]]:
    return [{"start": start, "end": end, "type": kind} for start, end, kind in memory_log.rows(log)]


def _pool(log: str) -> list[str] | None:
    """What page table space is in the end: what is not free begins with it, where the kernel says what that is."""
    found = re.search(r"^not free: (0x[0-9a-f]+)-(0x[0-9a-f]+)", log, re.MULTILINE)
    found = found or re.search(r"^page table space: (0x[0-9a-f]+) - (0x[0-9a-f]+)", log, re.MULTILINE)
    return [found[1], found[2]] if found else None


def _sizes(day: Day) -> dict[str, Any]:
    files = [*day.folder.glob("boot/*"), *day.folder.glob("tangled/**/*")]
    return {
        "sections": section_sizes(day.elf),
        "loaded": sum(segment.file_size for segment in segments(day.elf)),
        "image": day.iso.stat().st_size,
        "source_lines": {
            "C++": _lines(file for file in files if file.suffix in (".cpp", ".hpp")),
            "NASM": _lines(file for file in files if file.suffix in (".asm", ".inc")),
        },
    }


def _lines(files: Iterable[Path]) -> int:
    """Lines that are not empty, and no line directives."""
    return sum(len(code(file.read_text())) for file in files)
