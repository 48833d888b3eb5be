"""One run of a day's kernel in full: build/evidence/ENTRY/run.json.

    {"digest": "...", "entry": "2025-11-06-page-table-space", "machine": "bios-pc-64M",
     "serial": [{"instructions": 1200, "text": "Daybook: first light"}, ...],
     "nanoseconds_per_instruction": 4, "instructions": 123456,
     "cpus": [{"registers": {"RIP": ..., "CR0": ...}, "flags": {"CR0": ["PE", "PG"], ...}, "halted": true,
               "tables": {"CS": {"selector": 8, "base": 0, "limit": 0}, "GDT": {"base": ..., "limit": ...}}}],
     "paging": {"cr3": ..., "tables": 7, "extents": [{"virtual": ..., "physical": ..., "length": ...,
                "page_size": 4096, "writable": false, "executable": true, "user": false}]},
     "memory_map": [{"start": 0, "end": 654336, "type": "usable"}, ...], "pool": [1150976, 66977792],
     "ram": [{"start": 0, "end": 655360, "name": "pc.ram"}, ...],
     "sizes": {"sections": {".text": ..., ...}, "image": ..., "loaded": ..., "source_lines": {"C++": ..., "NASM": ...},
               "entry_lines": ..., "entry_words": ...}}

The machine has no debug-exit device when registers, page tables and memory are looked at; it has one when instructions
are counted, so that the count ends with the kernel. Numbers are in bytes and addresses. "paging" is null while it is
off; "memory_map" is empty and "pool" null while the kernel does not print them.
"""

import re
from pathlib import Path
from typing import Any

from elf import section_sizes, segments
from halted import Look
from machines import Machine
from measure import NANOSECONDS_PER_INSTRUCTION, Measured
from trees import ROOT, Day

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
    extents = look.page_tables.get(cpu.cr3)
    return {
        "entry": day.entry,
        "machine": machine.name,
        "serial": [{"instructions": line.instructions, "text": line.text} for line in measured.lines],
        "nanoseconds_per_instruction": NANOSECONDS_PER_INSTRUCTION,
        "instructions": measured.instructions,
        "cpus": [
            {
                "registers": cpu.registers,
                "flags": {name: _named(cpu.registers[name], bits) for name, bits in _FLAGS.items()},
                "halted": cpu.halted,
                "tables": cpu.tables,
            }
            for cpu in look.cpus
        ],
        "paging": extents
        and {"cr3": cpu.cr3, "tables": look.table_count, "extents": [vars(extent) for extent in extents]},
        "memory_map": _memory_map(log),
        "pool": _pool(log),
        "ram": [vars(region) for region in look.regions if region.name == "pc.ram"],
        "sizes": _sizes(day),
    }


def _named(value: int, bits: dict[int, str]) -> list[str]:
    return [name for bit, name in bits.items() if value >> bit & 1]


def _memory_map(log: str) -> list[dict[str, Any]]:
    rows = re.findall(r"^  0x([0-9a-f]+) - 0x([0-9a-f]+) (.+)$", log, re.MULTILINE)
    return [{"start": int(start, 16), "end": int(end, 16), "type": kind} for start, end, kind in rows]


def _pool(log: str) -> list[int] | None:
    found = re.search(r"^page table space: 0x([0-9a-f]+) - 0x([0-9a-f]+)", log, re.MULTILINE)
    return [int(found[1], 16), int(found[2], 16)] if found else None


def _sizes(day: Day) -> dict[str, Any]:
    entry = (ROOT / "journal" / f"{day.entry}.nw").read_text()
    files = [*day.folder.glob("boot/*"), *day.folder.glob("tangled/**/*")]
    return {
        "sections": section_sizes(day.elf),
        "loaded": sum(segment.file_size for segment in segments(day.elf)),
        "image": day.iso.stat().st_size,
        "source_lines": {
            "C++": _lines(file for file in files if file.suffix in (".cpp", ".hpp")),
            "NASM": _lines(file for file in files if file.suffix in (".asm", ".inc")),
        },
        "entry_lines": len(entry.splitlines()),
        "entry_words": len(entry.split()),
    }


def _lines(files: Any) -> int:
    """Lines that are not empty, and no line directives."""
    texts: list[Path] = list(files)
    lines = (line for file in texts for line in file.read_text().splitlines())
    return sum(1 for line in lines if line.strip() and not re.match(r"#line |%line ", line))
