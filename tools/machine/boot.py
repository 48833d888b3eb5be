"""Boots one machine once and says what became of it.

What ends a boot, and how it is told from the others:

    exit N         the kernel wrote to the isa-debug-exit device; N is QEMU's status. Where the machine is to be looked at, a
                   device in its place takes the number down, the kernel halts, and N is what QEMU's status would be
    halt           without that device: the kernel said so, and every CPU halts for good
    triple-fault   the machine wants a reset, and QEMU's log of resets says "Triple fault".
                   QEMU's status would be 0 for it, which looks like success
    reset          the machine wants a reset for another reason
    shutdown       the machine switched itself off
    hang           nothing of these, and the machine does not get on
    qemu N         QEMU itself failed with status N
"""

import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .boot_information import Module, boot_information
from .cpus import read_cpus
from .elf import segments
from .machines import OVMF_VARS, Machine
from .qmp import Qmp, QmpClosed
from .slots import slot

HALT_LINE = "the kernel halts"

# QEMU's CPU time since the last serial output, per CPU of the machine, after which it hangs. CPU
# time, because a busy host stretches wall time. A whole boot takes 0.7 s of it with a BIOS; UEFI
# firmware alone is silent for 4 s.
SILENT_CPU_SECONDS = {"direct": 4.0, "bios": 4.0, "uefi": 12.0}
SILENT_WALL_SECONDS = 120.0
TOTAL_WALL_SECONDS = 600.0
PAGE = 4096  # bytes
MOST_OUTPUT = 1 << 20  # bytes: a hundred times a long log

_POLL_SECONDS = 0.1
_CLOCK_TICKS = 100  # of /proc/PID/stat, on every Linux
_RFLAGS_IF = 1 << 9
_ESCAPES = re.compile(r"\x1b\[[0-9;?=]*[A-Za-z]|\x1b[()][A-Z0-9]|[\r\0]")


class BootError(Exception):
    """QEMU could not be started."""


@dataclass(frozen=True)
class Boot:
    """One boot: what a verdict is made from."""

    machine: Machine
    outcome: str
    status: int | None  # what QEMU's would be; None for a machine that did not end
    serial: str
    seconds: float
    reason: str = ""  # for a hang and for QEMU's own failure
    program_counters: tuple[int, ...] = ()  # of each CPU that ran, when the boot ended badly
    seen: Any = None  # what `inspect` returned
    after_exit: str = ""  # what the kernel said when it had written its exit code, and was still there

    @property
    def whole_log(self) -> str:
        """All that the kernel said."""
        return self.serial + self.after_exit


def cdrom(iso: Path) -> list[str]:
    """The QEMU arguments to boot `iso` from the CD-ROM drive."""
    return ["-cdrom", str(iso)]


def direct(elf: Path, information: Path | None = None, modules: Iterable[Module] = ()) -> list[str]:
    """The QEMU arguments to start `elf` at its PVH entry, without GRUB; `information`: a file with
    the Multiboot2 information for it, `modules`: those that it names."""
    loaded = [f"loader,file={each.file},addr={each.start:#x},force-raw=on" for each in modules]
    arguments = ["-kernel", str(elf), *(["-initrd", str(information)] if information else [])]
    return arguments + [argument for device in loaded for argument in ("-device", device)]


def modules_of(elf: Path) -> list[Module]:
    """What is handed to the kernel beside it, from the page behind it on, each at a page of its own."""
    found: list[Module] = []
    for file in sorted(elf.with_suffix(".modules").glob("*")):
        end = found[-1].end if found else max(each.physical + each.memory_size for each in segments(elf))
        start = -(-end // PAGE) * PAGE
        found.append(Module(file, start, start + file.stat().st_size))
    return found


@contextmanager
def medium(machine: Machine, iso: Path, command_line: str = "") -> Iterator[list[str]]:
    """The QEMU arguments to boot the image `iso`, or on a machine without firmware the ELF file beside it. Only that gets a
    command line from here."""
    if machine.firmware != "direct":
        yield cdrom(iso)
        return
    with tempfile.NamedTemporaryFile(prefix="daybook-information-") as file:
        elf = iso.with_suffix(".elf")
        modules = modules_of(elf)
        file.write(boot_information(machine.memory_map(), command_line, modules))
        file.flush()
        yield direct(elf, Path(file.name), modules)


def boot_kernel(machine: Machine, iso: Path, inspect: Callable[[Qmp], Any] | None = None) -> Boot:
    """Boots the image `iso`, or on a machine without firmware the ELF file beside it."""
    with medium(machine, iso) as arguments:
        return boot(machine, arguments, inspect)


def boot(
    machine: Machine,
    medium: list[str],
    inspect: Callable[[Qmp], Any] | None = None,
    attend: Callable[[Qmp, Callable[[], str]], None] | None = None,
    slower: int = 1,
) -> Boot:
    """Boots `machine` from `medium` and waits for its end. A BootError when QEMU does not start.

    `attend` is called first, with a function that returns the serial log so far. `inspect` is
    called once the kernel has written its exit code and halted, or halted as it should (the outcome `halt`), with the machine
    still there; what it returns is the boot's `seen`. `slower`: by how much QEMU is slower than usual, so that
    it may be silent for longer.
    """
    with slot(), tempfile.TemporaryDirectory(prefix="daybook-boot-") as folder:
        return _Run(machine, medium, Path(folder), slower, looked_at=bool(inspect)).wait(inspect, attend)


class _Run:
    """A running QEMU. -no-shutdown keeps the machine for a look at its registers where the guest
    asks for a reset; isa-debug-exit ends QEMU all the same."""

    def __init__(self, machine: Machine, medium: list[str], folder: Path, slower: int, looked_at: bool) -> None:
        self._machine = machine
        self._patience = SILENT_CPU_SECONDS[machine.firmware] * machine.cpus * slower
        self._serial = folder / "serial"
        self._resets = folder / "resets"
        self._errors = folder / "errors"
        self._exit_code = folder / "exit"
        variables = folder / "variables"
        if machine.firmware == "uefi":
            shutil.copyfile(OVMF_VARS, variables)
        self._serial.touch()
        ours, theirs = socket.socketpair()
        arguments = machine.qemu_arguments(variables, self._exit_code if looked_at else None) + medium
        arguments += ["-no-shutdown", "-d", "cpu_reset", "-D", str(self._resets)]
        arguments += ["-serial", f"file:{self._serial}" if machine.serial else "none"]
        arguments += ["-chardev", f"socket,id=qmp,fd={theirs.fileno()}", "-mon", "qmp,mode=control"]
        self._start = time.monotonic()
        try:
            with self._errors.open("wb") as errors:
                self._process = subprocess.Popen(
                    arguments,
                    stdin=subprocess.DEVNULL,
                    stdout=errors,
                    stderr=errors,
                    pass_fds=[theirs.fileno()],
                )
        except OSError as error:
            raise BootError(f"{arguments[0]} does not start: {error}") from None
        finally:
            theirs.close()
        self._qmp = Qmp(ours)

    def wait(
        self,
        inspect: Callable[[Qmp], Any] | None,
        attend: Callable[[Qmp, Callable[[], str]], None] | None,
    ) -> Boot:
        """The boot's end; QEMU is gone when this returns."""
        try:
            self._qmp.negotiate()
            if attend:
                attend(self._qmp, self._log)
            outcome, reason = self._wait_outcome()
            seconds = time.monotonic() - self._start
            well = outcome == "halt" or outcome.startswith("exit ")
            serial, after_exit = self._log(), ""
            if outcome.startswith("exit "):
                serial, after_exit = _before_the_last_words(serial)
            return Boot(
                machine=self._machine,
                outcome=outcome,
                status=int(outcome[5:]) if outcome.startswith("exit ") else None if outcome in ("halt", "hang") else 0,
                serial=serial,
                seconds=seconds,
                reason=reason,
                program_counters=() if well else tuple(self._program_counters()),
                seen=inspect(self._qmp) if inspect and well else None,
                after_exit=after_exit,
            )
        except QmpClosed:
            self._process.wait()
            return self._ended(time.monotonic() - self._start)
        finally:
            self._process.kill()
            self._process.wait()

    def _ended(self, seconds: float) -> Boot:
        """QEMU has ended by itself: through isa-debug-exit, or because of an error of its own."""
        status = self._process.returncode
        if status < 3 or status % 2 == 0:
            errors = self._errors.read_text(errors="replace").strip()
            return Boot(self._machine, f"qemu {status}", status, self._log(), seconds, errors)
        return Boot(self._machine, f"exit {status}", status, self._log(), seconds)

    def _wait_outcome(self) -> tuple[str, str]:
        """The outcome and, for a hang, its reason; QmpClosed when QEMU ends by itself."""
        size = halted_checks = 0
        silent_since, silent_cpu = self._start, 0.0
        while True:
            event = self._qmp.wait_event(_POLL_SECONDS)
            if event and event["event"] == "SHUTDOWN":
                return self._shutdown_outcome(event["data"]["reason"]), ""
            now, cpu, grown = time.monotonic(), self._cpu_seconds(), self._serial.stat().st_size
            if grown != size:
                size, silent_since, silent_cpu = grown, now, cpu
            if size > MOST_OUTPUT:
                return "hang", f"still writing after {size} bytes"
            # Twice, because the CPUs are looked at one after the other.
            halted_checks = halted_checks + 1 if self._halted_for_good() else 0
            if halted_checks == 2 and (codes := self._exit_codes()):
                return f"exit {2 * codes[0] + 1}", ""  # as isa-debug-exit makes a status of it
            if halted_checks == 2:
                if not self._machine.debug_exit and self._says_it_halts():
                    return "halt", ""
                return "hang", "every CPU halts with interrupts off"
            if cpu - silent_cpu > self._patience:
                return "hang", f"no output for {cpu - silent_cpu:.0f} s of CPU time"
            if now - silent_since > SILENT_WALL_SECONDS:
                return "hang", f"no output for {now - silent_since:.0f} s"
            if now - self._start > TOTAL_WALL_SECONDS:
                return "hang", f"not done after {TOTAL_WALL_SECONDS:.0f} s, and still writing"

    def _shutdown_outcome(self, reason: str) -> str:
        if reason == "guest-shutdown":
            return "shutdown"
        # A kernel may ask for a reset at the keyboard controller too: QMP calls both guest-reset.
        triple = "Triple fault" in self._resets.read_text(errors="replace")
        return "triple-fault" if triple else "reset"

    def _exit_codes(self) -> bytes:
        """What the kernel has written to the port that ends QEMU on other machines."""
        return self._exit_code.read_bytes() if self._exit_code.exists() else b""

    def _says_it_halts(self) -> bool:
        return not self._machine.serial or HALT_LINE in self._log()

    def _halted_for_good(self) -> bool:
        return all(cpu.halted and not cpu.flags & _RFLAGS_IF for cpu in read_cpus(self._qmp))

    def _program_counters(self) -> list[int]:
        return [cpu.program_counter for cpu in read_cpus(self._qmp) if not cpu.halted]

    def _cpu_seconds(self) -> float:
        """The CPU time that QEMU has used; that of the last look when it has just ended."""
        try:
            fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        user, system = int(fields[11]), int(fields[12])
        return (user + system) / _CLOCK_TICKS

    def _log(self) -> str:
        return readable(self._serial.read_bytes())


def _before_the_last_words(log: str) -> tuple[str, str]:
    """What was said before the kernel noticed that nothing ended it, and from that line on."""
    start = log.rfind("\n", 0, log.rfind(HALT_LINE)) + 1 if HALT_LINE in log else len(log)
    return log[:start], log[start:]


def readable(serial: bytes) -> str:
    """A serial log as text, without the firmware's and GRUB's terminal escapes."""
    return _ESCAPES.sub("", serial.decode("utf-8", errors="replace"))
