"""A kernel that QEMU starts as the emulator does: with the same boot information at the same address."""

import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).parent / "pvh.asm"
START = 0x800000  # behind every kernel; nothing of it is needed once the kernel runs
NOTE_BYTES = 24
_PT_LOAD, _PT_NOTE = 1, 4
_READ_EXECUTE = 5
_PAGE = 4096
_ALIGN = 4  # by which QEMU finds the parts of a note


def with_pvh_entry(elf: Path, information: Path, address: int, screen: tuple[int, int], to: Path) -> None:
    """Writes the kernel `elf` to `to` with a PVH entry that copies `information` to the physical `address`,
    sets the screen, in pixels, unless it is (0, 0), and enters the kernel as a Multiboot2 loader would."""
    data = bytearray(elf.read_bytes())
    (entry,) = struct.unpack_from("<Q", data, 24)
    code = _assemble(entry, information, address, screen, to.with_suffix(".bin"))
    data += b"\0" * (-len(data) % _PAGE)
    offset = len(data)
    headers = [header for header in _headers(data) if struct.unpack_from("<I", header)[0] == _PT_LOAD]
    headers += [_header(kind, offset, size) for kind, size in ((_PT_LOAD, len(code)), (_PT_NOTE, NOTE_BYTES))]
    data += code
    data += b"\0" * (-len(data) % 8)
    struct.pack_into("<Q", data, 32, len(data))
    struct.pack_into("<H", data, 56, len(headers))
    to.write_bytes(bytes(data) + b"".join(headers))


def _assemble(entry: int, information: Path, address: int, screen: tuple[int, int], to: Path) -> bytes:
    values = {"START": START, "ENTRY": entry, "INFORMATION": address, "WIDTH": screen[0], "HEIGHT": screen[1]}
    defines = [f"-D{name}={value}" for name, value in values.items()]
    defines.append(f'-DINFORMATION_FILE="{information}"')
    subprocess.run(["nasm", "-f", "bin", "-w+all", *defines, "-o", to, SOURCE], check=True)
    return to.read_bytes()


def _headers(data: bytes) -> list[bytes]:
    (table,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    return [bytes(data[table + index * size : table + (index + 1) * size]) for index in range(count)]


def _header(kind: int, offset: int, size: int) -> bytes:
    return struct.pack("<IIQQQQQQ", kind, _READ_EXECUTE, offset, START, START, size, size, _ALIGN)
