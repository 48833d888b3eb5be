"""At most so many QEMUs at once on this computer, whoever starts them: each holds a locked file."""

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# Each QEMU of the tests keeps about one core busy.
COUNT = int(os.environ.get("DAYBOOK_QEMUS", "2"))


@contextlib.contextmanager
def slot() -> Iterator[None]:
    """Waits for one of the COUNT places and holds it; the kernel frees it if the holder dies."""
    folder = Path(tempfile.gettempdir())
    with contextlib.ExitStack() as stack:
        paths = [folder / f"daybook-qemu-{os.getuid()}-{number}.lock" for number in range(COUNT)]
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
