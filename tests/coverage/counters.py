"""A guest's counters: where they lie in its memory, and the file that LLVM's tools read them from.

clang leaves four things in a kernel that it has built with -fprofile-instr-generate: the counters, a record for each function,
the functions' names, and which counter belongs to which place of the source. No program of LLVM runs in the guest, so what
it would write is put together here (compiler-rt/include/profile/InstrProfData.inc, version 8, which is clang 14's).
"""

import struct
from pathlib import Path

from machine.elf import sections, segments
from machine.qmp import Qmp

_MAGIC = 0xFF_6C_70_72_6F_66_72_81
_VERSION = 8
_RECORD_BYTES = 48
_VALUE_KINDS = 1  # the last of them


class Counters:
    """The counters of the kernel `elf`, added up over its runs."""

    def __init__(self, elf: Path) -> None:
        found = sections(elf)
        self._counters = found["__llvm_prf_cnts"]
        self._records = found["__llvm_prf_data"]
        self._names = found["__llvm_prf_names"]
        address = self._counters.address
        self._physical = next(
            segment.physical + address - segment.virtual
            for segment in segments(elf)
            if segment.virtual <= address < segment.virtual + segment.memory_size
        )
        self.sums = [0] * (len(self._counters.content) // 8)

    def read(self, qmp: Qmp, folder: Path) -> list[int]:
        """The counters of a machine that has stopped, from its physical memory: whatever its page tables are like."""
        file = folder / "counters"
        size = len(self._counters.content)
        qmp.execute("pmemsave", val=self._physical, size=size, filename=str(file))
        return [value for (value,) in struct.iter_unpack("<Q", file.read_bytes())]

    def add(self, counts: list[int]) -> None:
        """Adds one run."""
        self.sums = [a + b for a, b in zip(self.sums, counts, strict=True)]

    def write(self, path: Path) -> None:
        """Writes the sums as a program that runs on Linux would."""
        header = [
            *(_MAGIC, _VERSION),
            0,  # bytes of build ids
            len(self._records.content) // _RECORD_BYTES,
            *(0, len(self.sums), 0),  # counters, without padding before or behind
            len(self._names.content),
            (self._counters.address - self._records.address) % (1 << 64),
            self._names.address,
            _VALUE_KINDS,
        ]
        names = self._names.content + bytes(-len(self._names.content) % 8)
        path.write_bytes(
            struct.pack("<11Q", *header) + self._records.content + struct.pack(f"<{len(self.sums)}Q", *self.sums) + names
        )
