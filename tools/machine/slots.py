"""At most so many QEMUs at once for this checkout, whoever starts them: each holds a locked file. And a port for each, if it wants one."""

import contextlib
import fcntl
import hashlib
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_CHECKOUT = hashlib.sha256(str(Path(__file__).resolve()).encode()).hexdigest()[:12]
_BYTES_EACH = 768 << 20  # at the most, with UEFI's firmware and a screen


def _room() -> int:
    """Each QEMU of the tests keeps about one core busy, and what its guest touches in memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(len(os.sched_getaffinity(0)), memory // _BYTES_EACH))


COUNT = int(os.environ.get("DAYBOOK_QEMUS", "0")) or _room()


@contextlib.contextmanager
def slot() -> Iterator[None]:
    """Waits for one of the COUNT places and holds it; the kernel frees it if the holder dies."""
    folder = Path(tempfile.gettempdir())
    with contextlib.ExitStack() as stack:
        paths = [folder / f"daybook-qemu-{os.getuid()}-{_CHECKOUT}-{number}.lock" for number in range(COUNT)]
        files = [stack.enter_context(path.open("w")) for path in paths]
        while not any(_try_lock(file.fileno()) for file in files):
            time.sleep(0.05)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
