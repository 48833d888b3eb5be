"""Boots that are shared: each image on each machine once, started ahead on as many QEMUs as fit."""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from . import slots
from .boot import Boot, boot_kernel
from .halted import look
from .machines import Machine
from .page_tables import wanted_pages

BootKey = tuple[Path, Machine, bool]  # the image, the machine, and whether this is looked at in the end


class Boots:
    """The boots of one test run."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(slots.COUNT)
        self._boots: dict[BootKey, Future[Boot]] = {}

    def start(self, key: BootKey) -> Future[Boot]:
        """Starts a boot as soon as there is room, unless it has been started before.

        The kernel's ELF file is expected beside the image. If the machine is looked at in the end, the kernel halts.
        """
        if key not in self._boots:
            iso, machine, looked_at = key
            inspect = partial(look, wanted=wanted_pages(iso.with_suffix(".elf"))) if looked_at else None
            self._boots[key] = self._pool.submit(boot_kernel, machine, iso, inspect)
        return self._boots[key]

    def get(self, key: BootKey) -> Boot:
        """The boot, when it has ended."""
        return self.start(key).result()

    def cancel(self) -> None:
        """Gives up the boots that have not begun, and waits for those that have."""
        self._pool.shutdown(cancel_futures=True)
