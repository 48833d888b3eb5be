"""Boots that are shared: each image on each machine once, started ahead on as many QEMUs as fit."""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from . import slots
from .boot import Boot, boot_kernel
from .halted import look
from .machines import Machine
from .page_tables import wanted_pages


class Boots:
    """The boots of one test run."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(slots.COUNT)
        self._boots: dict[tuple[Path, Machine], Future[Boot]] = {}

    def start(self, iso: Path, machine: Machine) -> Future[Boot]:
        """Starts a boot as soon as there is room, unless it has been started before.

        The kernel's ELF file is expected beside `iso`. A kernel that halts is looked at.
        """
        key = (iso, machine)
        if key not in self._boots:
            inspect = partial(look, wanted=wanted_pages(iso.with_suffix(".elf")))
            self._boots[key] = self._pool.submit(boot_kernel, machine, iso, inspect)
        return self._boots[key]

    def get(self, iso: Path, machine: Machine) -> Boot:
        """The boot of `iso` on `machine`, when it has ended."""
        return self.start(iso, machine).result()

    def cancel(self) -> None:
        """Gives up the boots that have not begun, and waits for those that have."""
        self._pool.shutdown(cancel_futures=True)
