"""A kernel's file with a number in it that is another than the compiler wrote."""

import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .elf import ElfError, segments, symbols


@contextmanager
def patched(elf: Path, symbol: str, value: int) -> Iterator[Path]:
    """A copy of `elf`, in which the 32 bits at `symbol`, which must be in the file, are `value`."""
    address = symbols(elf)[symbol]
    content = bytearray(elf.read_bytes())
    places = [
        segment.offset + address - segment.virtual
        for segment in segments(elf)
        if segment.virtual <= address < segment.virtual + segment.file_size
    ]
    if not places:
        raise ElfError(f"{elf}: {symbol} is not in the file")
    struct.pack_into("<I", content, places[0], value)
    with tempfile.TemporaryDirectory(prefix="daybook-patched-") as folder:
        copy = Path(folder) / elf.name
        copy.write_bytes(content)
        yield copy
