"""Multiboot2 boot information for a kernel that is started without a loader, and the memory maps to put into it.

A map file has a line `START END TYPE MULTIBOOT_TYPE` for each region, END exclusive, in the firmware's order; # begins a
comment. Numbers are decimal or 0x, MULTIBOOT_TYPE is the number that GRUB would pass on.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

USABLE, RESERVED = 1, 2

_COMMAND_LINE, _MODULE, _MEMORY_MAP, _END = 1, 3, 6, 0
_HIGHEST = 1 << 64


class MapError(Exception):
    """A map file that cannot be read as one; the text has file and line."""


@dataclass(frozen=True)
class Module:
    """A file that a loader has put into memory at [start, end) for the kernel."""

    file: Path
    start: int
    end: int


@dataclass(frozen=True)
class Region:
    """A region of a memory map: [start, end), with the type that GRUB passes on."""

    start: int
    end: int
    kind: int


def read_map(path: Path) -> list[Region]:
    """The regions of a map file, in its order."""
    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text"
        raise MapError(f"{path}: cannot be read: {reason}") from None
    rows = [(number, line.partition("#")[0].split()) for number, line in enumerate(lines, 1)]
    regions = [_read_region(f"{path}:{number}", row) for number, row in rows if row]
    if not regions:
        raise MapError(f"{path}: there is no region in it")
    return regions


def _read_region(where: str, fields: list[str]) -> Region:
    if len(fields) != 4:
        raise MapError(f"{where}: a region is START END TYPE MULTIBOOT_TYPE, four fields; here are {len(fields)}")
    start = _read_number(where, fields[0], _HIGHEST - 1)
    end = _read_number(where, fields[1], _HIGHEST)
    kind = _read_number(where, fields[3], _HIGHEST - 1)
    if end < start:
        raise MapError(f"{where}: the range ends at {fields[1]}, before its start {fields[0]}")
    if kind >= 1 << 32:
        raise MapError(f"{where}: MULTIBOOT_TYPE is a number of 32 bits, not {fields[3]}")
    return Region(start, end, kind)


def _read_number(where: str, text: str, highest: int) -> int:
    digits, base = (text[2:], 16) if text.lower().startswith("0x") else (text, 10)
    try:
        if not (digits.isascii() and digits.isalnum()):
            raise ValueError
        number = int(digits, base)
    except ValueError:
        raise MapError(f"{where}: '{text}' is no number; write it decimal or as 0x…") from None
    if number > highest:
        raise MapError(f"{where}: '{text}' is a number of more than 64 bits")
    return number


def boot_information(regions: list[Region], command_line: str = "", modules: Iterable[Module] = ()) -> bytes:
    """What a Multiboot2 loader would leave in memory (Multiboot2 §3.6): a command line, modules and a memory map."""
    entries = b"".join(
        # A length of 2^64 does not fit; the last byte of memory is no page.
        struct.pack("<QQII", region.start, min(region.end - region.start, _HIGHEST - 1), region.kind, 0)
        for region in regions
    )
    tags = [
        _tag(_COMMAND_LINE, command_line.encode() + b"\0"),
        *(_tag(_MODULE, struct.pack("<II", each.start, each.end) + each.file.name.encode() + b"\0") for each in modules),
        _tag(_MEMORY_MAP, struct.pack("<II", 24, 0) + entries),
        _tag(_END, b""),
    ]
    body = b"".join(tags)
    return struct.pack("<II", 8 + len(body), 0) + body


def _tag(kind: int, content: bytes) -> bytes:
    tag = struct.pack("<II", kind, 8 + len(content)) + content
    return tag + b"\0" * (-len(tag) % 8)
