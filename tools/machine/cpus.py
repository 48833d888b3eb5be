"""The registers of a machine's CPUs, as QEMU's monitor prints them."""

import re
from dataclasses import dataclass, field

from .qmp import Qmp

_REGISTER = re.compile(r"\b(RIP|EIP|RFL|EFL|CR0|CR2|CR3|CR4|EFER|HLT)=\s*([0-9a-f]+)")


@dataclass(frozen=True)
class Cpu:
    """One CPU at the moment of the look."""

    program_counter: int
    flags: int
    halted: bool
    cr0: int
    cr2: int
    cr3: int
    cr4: int
    efer: int
    registers: dict[str, int] = field(default_factory=dict)  # all that have one value: RAX, RIP, CR0, ...
    tables: dict[str, dict[str, int]] = field(default_factory=dict)  # CS, TR, GDT, ...: selector, base, limit


def read_cpus(qmp: Qmp) -> list[Cpu]:
    """The CPUs of the machine behind `qmp`, CPU 0 first."""
    return [_parse(text) for text in qmp.monitor("info registers -a").split("CPU#")[1:]]


_ANY_REGISTER = re.compile(r"\b([A-Z][A-Z0-9]{1,3}) ?=([0-9a-f]{8,16})\b")
_SEGMENT = re.compile(r"\b([C-GST]S|TR|LDT) ?=([0-9a-f]{4}) ([0-9a-f]+) ([0-9a-f]{8})")
_TABLE = re.compile(r"\b([GI]DT)= +([0-9a-f]+) ([0-9a-f]{8})")


def _parse(text: str) -> Cpu:
    tables = {
        name: {"selector": int(selector, 16), "base": int(base, 16), "limit": int(limit, 16)}
        for name, selector, base, limit in _SEGMENT.findall(text)
    }
    tables |= {name: {"base": int(base, 16), "limit": int(limit, 16)} for name, base, limit in _TABLE.findall(text)}
    values = {name: int(value, 16) for name, value in _REGISTER.findall(text)}
    return Cpu(
        program_counter=values.get("RIP", values.get("EIP", 0)),
        flags=values.get("RFL", values.get("EFL", 0)),
        halted=values["HLT"] == 1,
        cr0=values["CR0"],
        cr2=values["CR2"],
        cr3=values["CR3"],
        cr4=values["CR4"],
        efer=values["EFER"],
        registers={name: int(value, 16) for name, value in _ANY_REGISTER.findall(text) if name[:3] != "FPR"},
        tables=tables,
    )
