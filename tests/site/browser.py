"""Debian's Chromium, without a window, as a way to ask what a page looks like."""

import subprocess
import tempfile

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
