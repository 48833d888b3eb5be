"""The memory of a halted machine is read in blocks, which never leave the RAM."""

from pathlib import Path
from typing import Any

from machine.physical_memory import PhysicalMemory
from machine.qmp import Qmp
from machine.walker import PAGE, Region

KIB, MIB = 1 << 10, 1 << 20
RAM = [Region(0, 640 * KIB, "pc.ram"), Region(MIB, 64 * MIB, "pc.ram")]


class FakeQmp(Qmp):
    """A machine in whose memory each page is full of its own number's lowest byte."""

    def __init__(self) -> None:
        self.read: list[tuple[int, int]] = []

    def execute(self, command: str, val: int = 0, size: int = 0, filename: str = "", **_: Any) -> None:
        assert command == "pmemsave"
        self.read.append((val, val + size))
        pages = range(val // PAGE, (val + size) // PAGE)
        Path(filename).write_bytes(b"".join(bytes([number & 0xFF]) * PAGE for number in pages))


def test_blocks_are_within_the_ram_and_read_once(tmp_path: Path) -> None:
    qmp = FakeQmp()
    memory = PhysicalMemory(qmp, RAM, tmp_path)
    for number in (1, 5, 0x9F, 0xA0, 0x101, 0x100, 0xA0):
        assert memory.page(number * PAGE) == bytes([number & 0xFF]) * PAGE
    assert qmp.read == [(0, 256 * KIB), (512 * KIB, 640 * KIB), (640 * KIB, 644 * KIB), (MIB, MIB + 256 * KIB)]
