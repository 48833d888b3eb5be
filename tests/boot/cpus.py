"""The registers of a machine's CPUs, as QEMU's monitor prints them."""

import re
from dataclasses import dataclass

from qmp import Qmp

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


def read_cpus(qmp: Qmp) -> list[Cpu]:
    """The CPUs of the machine behind `qmp`, CPU 0 first."""
    return [_parse(text) for text in qmp.monitor("info registers -a").split("CPU#")[1:]]


def _parse(text: str) -> Cpu:
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
    )
