"""The memory of a halted machine, read in blocks: a command takes a millisecond, and 4 TiB may have thousands of tables."""

from functools import cache
from pathlib import Path

from .qmp import Qmp
from .walker import PAGE, Region

_BLOCK = 256 << 10


class PhysicalMemory:
    """What is behind `qmp`. Nothing changes it any more, so nothing is read twice."""

    def __init__(self, qmp: Qmp, ram: list[Region], folder: Path) -> None:
        self._qmp = qmp
        self._ram = ram
        self._file = folder / "block"
        self._read = cache(self._read_anew)

    def page(self, physical: int) -> bytes:
        """The page at `physical`."""
        start, end = self._block_around(physical)
        return self._read(start, end)[physical - start : physical - start + PAGE]

    def _block_around(self, physical: int) -> tuple[int, int]:
        """Within the RAM, which alone is changed by nobody's reading. Elsewhere a single page."""
        block = physical & -_BLOCK
        for region in self._ram:
            if region.start <= physical < region.end:
                return max(block, region.start), min(block + _BLOCK, region.end)
        return physical, physical + PAGE

    def _read_anew(self, start: int, end: int) -> bytes:
        self._qmp.execute("pmemsave", val=start, size=end - start, filename=str(self._file))
        return self._file.read_bytes()
