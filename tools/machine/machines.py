"""Machine names, FIRMWARE-BOARD-MEMORY[-OPTION...], and the QEMU arguments they stand for.

    bios-pc-512M   uefi-q35-64M-smp4   bios-q35-6G-below4g64M   direct-pc-512M-cpu_qemu32

The firmware `direct` is none: QEMU starts the kernel itself, without GRUB.

Options: smpN (N CPUs), below4gSIZE (the rest of the memory lies above 4 GiB), cpu_MODEL (QEMU's
-cpu, with `+` for its comma: cpu_qemu64+-nx), noserial (no serial port), nodebugexit (no
isa-debug-exit device: the kernel halts when it is done), menu (GRUB waits for a person).
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .boot_information import RESERVED, USABLE, Region

QEMU = "qemu-system-x86_64"
OVMF_CODE = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
OVMF_VARS = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")

# grub.cfg reads this string from SMBIOS and then does not wait for a person.
NO_WAIT = "type=1,serial=daybook-no-wait"

_FIRMWARES = ("bios", "uefi", "direct")
_BOARDS = ("pc", "q35")
# RAM below 4 GiB: all of it, while there is less than the first; else the second.
_BELOW_4G = {"pc": (0xE0000000, 0xC0000000), "q35": (0xB0000000, 0x80000000)}
_AMD_HOLE = 0xFD_0000_0000  # up to 1 TiB, on a CPU by AMD
_AMD = r"(?:qemu64|max|EPYC|Opteron|phenom|athlon)(?!.*,vendor=GenuineIntel)"  # QEMU's own models are by AMD
_RAM = "pc.ram"  # QEMU's own name for it
_FIRMWARE_TABLES = 0x20000  # what SeaBIOS keeps at the end of it
_SIZE = r"[1-9][0-9]*[MGT]"
_WORD = r"[A-Za-z0-9_.]+"
_MODEL = rf"{_WORD}(?:-[A-Z]{_WORD})?"  # Skylake-Client
_PROPERTY = rf"[a-z0-9_-]+={_WORD}"
_GRAMMAR = (
    "FIRMWARE-BOARD-MEMORY[-OPTION...]: bios|uefi|direct, pc|q35, 64M|512M|6G|..., then any of "
    "smpN, below4gSIZE, cpu_MODEL, noserial, nodebugexit, menu"
)


class MachineError(ValueError):
    """A machine name that the grammar does not know; the text says which part and why."""


@dataclass(frozen=True)
class Machine:
    """One QEMU configuration, as its name says it."""

    name: str
    firmware: str
    board: str
    memory: str
    cpus: int = 1
    below_4g: str | None = None
    cpu_model: str | None = None
    serial: bool = True
    debug_exit: bool = True
    menu: bool = False

    @classmethod
    def parse(cls, name: str) -> "Machine":
        """The machine called `name`; a MachineError when there is none of that name."""

        def reject(why: str) -> MachineError:
            return MachineError(f'"{name}" is not a machine: {why}; a name is {_GRAMMAR}')

        # Not the minus of cpu_qemu64+-nx, of cpu_max+phys-bits=46 or of cpu_Skylake-Client.
        parts = re.split(r"(?<!\+)-(?![a-z]+=|[A-Z])", name)
        if len(parts) < 3:
            raise reject("it has fewer than three parts")
        firmware, board, memory, *options = parts
        if firmware not in _FIRMWARES:
            raise reject(f'"{firmware}" is not a firmware')
        if board not in _BOARDS:
            raise reject(f'"{board}" is not a board')
        if not re.fullmatch(_SIZE, memory):
            raise reject(f'"{memory}" is not a memory size')
        fields: dict[str, Any] = {}
        for option in options:
            setting = _option(option)
            if setting is None:
                raise reject(f'"{option}" is not an option')
            key, value = setting
            if key in fields:
                raise reject(f'"{option}" sets what another option has set')
            fields[key] = value
        return cls(name, firmware, board, memory, **fields)

    @property
    def size(self) -> int:
        """Its memory in bytes."""
        return _bytes(self.memory)

    def without_debug_exit(self) -> "Machine":
        """The same machine, on which a kernel can only halt."""
        if not self.debug_exit:
            return self
        return replace(self, name=f"{self.name}-nodebugexit", debug_exit=False)

    def with_debug_exit(self) -> "Machine":
        """The same machine, on which a kernel can end QEMU."""
        return Machine.parse(self.name.replace("-nodebugexit", ""))

    def memory_map(self) -> list[Region]:
        """The memory map that GRUB on a BIOS would hand over on this machine."""
        size = _bytes(self.memory)
        if self.below_4g:
            below = min(size, _bytes(self.below_4g))
        else:
            most, kept = _BELOW_4G[self.board]
            below = size if size < most else kept
        regions = [
            Region(0, 0x9FC00, USABLE),
            Region(0x9FC00, 0xA0000, RESERVED),
            Region(0xF0000, 0x100000, RESERVED),
            Region(0x100000, below - _FIRMWARE_TABLES, USABLE),
            Region(below - _FIRMWARE_TABLES, below, RESERVED),
            Region(0xFFFC0000, 1 << 32, RESERVED),
        ]
        above = 1 << 32
        is_amd = re.match(_AMD, self.cpu_model or "qemu64")
        if is_amd and above + size - below > _AMD_HOLE:  # then QEMU puts all of it behind the hole
            above = 1 << 40
            regions.append(Region(_AMD_HOLE, above, RESERVED))
        if size > below:
            regions.append(Region(above, above + size - below, USABLE))
        return regions

    def qemu_arguments(self, variables: Path, exit_code: Path | None = None) -> list[str]:
        """QEMU and the arguments that make this machine, without a boot medium or serial back end.

        `variables` is where a UEFI machine keeps its variables: a private copy of OVMF_VARS, which
        the firmware writes to. `exit_code`: a file that the kernel's exit code goes to, where QEMU would end with it.
        """
        board = self.board
        if self.below_4g:
            board += f",max-ram-below-4g={self.below_4g}"
        arguments = [QEMU, "-accel", "tcg", "-display", "none", "-no-reboot", "-nic", "none"]
        # Only what the guest touches takes memory here: the machine may have more than this computer.
        memory = f"memory-backend-ram,id={_RAM},size={self.memory},reserve=off"
        arguments += ["-object", memory, "-machine", f"{board},memory-backend={_RAM}"]
        arguments += ["-m", self.memory, "-smp", str(self.cpus)]
        if not self.menu:
            arguments += ["-smbios", NO_WAIT]
        if self.cpu_model:
            arguments += ["-cpu", self.cpu_model]
        if self.debug_exit and exit_code:
            arguments += ["-chardev", f"file,id=exit,path={exit_code}", "-device", "isa-debugcon,iobase=0xf4,chardev=exit"]
        elif self.debug_exit:
            arguments += ["-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
        if self.firmware == "uefi":
            arguments += ["-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={OVMF_CODE}"]
            arguments += ["-drive", f"if=pflash,unit=1,format=raw,file={variables}"]
        return arguments


def _bytes(size: str) -> int:
    return int(size[:-1]) << {"M": 20, "G": 30, "T": 40}[size[-1]]


def _option(text: str) -> tuple[str, object] | None:
    """The field of Machine that an option sets, and its value; None when it is not an option."""
    if text == "noserial":
        return "serial", False
    if text == "nodebugexit":
        return "debug_exit", False
    if text == "menu":
        return "menu", True
    if match := re.fullmatch(r"smp([1-9][0-9]*)", text):
        return "cpus", int(match[1])
    if match := re.fullmatch(rf"below4g({_SIZE})", text):
        return "below_4g", match[1]
    if match := re.fullmatch(rf"cpu_({_MODEL}(?:\+(?:-?{_WORD}|{_PROPERTY}))*)", text):
        return "cpu_model", match[1].replace("+", ",")
    return None
