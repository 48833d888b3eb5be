"""Debian's Chromium, without a window, as a way to ask what a page looks like."""

import contextlib
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Iterator

from woven import TOP

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def dom_after_load(address: str) -> str:
    """The document at `address` as it is once everything in it is loaded, scripts included."""
    with tempfile.TemporaryDirectory() as profile:
        command = ["chromium", *QUIET, f"--user-data-dir={profile}", "--dump-dom", address]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@contextlib.contextmanager
def served(site: Path, port: int = 8000) -> Iterator[str]:
    """Runs weave/site/serve; gives the address that it says."""
    server = subprocess.Popen(
        [TOP / "weave/site/serve", site],
        env={**os.environ, "PORT": str(port)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = server.stdout.readline()
        yield re.search(r"http://127\.0\.0\.1:\d+/", line)[0]
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
