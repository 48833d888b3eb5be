"""A copy of this tree on a machine that has seen nothing: no store, no compiler's cache, nothing built."""

import contextlib
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from made_journal import ROOT, make_journal

COUNTED = "x86_64-linux-gnu-g++"  # the compiler whose runs are counted
COUNTER = f"""#!/bin/sh
case " $* " in *" -E "*) ;; *" -c "* | *" -S "*) echo >>"$DAYBOOK_COMPILATIONS" ;; esac
exec /usr/bin/{COUNTED} "$@"
"""


def cpu_seconds() -> float:
    """Of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def said_by(process: subprocess.Popen[str]) -> Iterator[str]:
    """Its lines, as they come. (`yield from` would close the pipe when nobody asks for more, and a program that says more would die.)"""
    assert process.stdout
    for line in process.stdout:
        yield line


@dataclass
class Run:
    """A program that has run to its end."""

    lines: list[str]
    status: int
    seconds: float
    cpu: float
    lines_before: int  # the line that was looked for, or else 0
    seconds_before: float


class Clone:
    """The tree with the journal as it is, or a made one of as many days."""

    def __init__(self, work: Path, days: int | None):
        self.days = days
        self.top = Path(tempfile.mkdtemp(prefix="clone-", dir=work)) / "daybook"
        self._copy_tree()
        if days:
            shutil.rmtree(self.top / "journal")
            make_journal(self.top / "journal", days)
        for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=-", "-c", "user.email=-", "commit", "-qm", "as it is"]):
            subprocess.run(["git", *command], cwd=self.top, check=True)
        home, shims = self.top.parent / "home", self.top.parent / "shims"
        for folder in (home / ".cache/daybook", shims):
            folder.mkdir(parents=True)
        (shims / COUNTED).write_text(COUNTER)
        (shims / COUNTED).chmod(0o755)
        self._compilations = self.top.parent / "compilations"
        # What a clone is not the first to need on a machine: the page's emulator, and where npm finds its packages.
        emulator = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "daybook/emulator"
        if emulator.exists():
            (home / ".cache/daybook/emulator").symlink_to(emulator)
        self.environment = {
            **{name: os.environ[name] for name in ("LANG", "TERM") if name in os.environ},
            "NPM_CONFIG_USERCONFIG": str(Path.home() / ".npmrc"),
            "HOME": str(home),
            "PATH": f"{shims}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "DAYBOOK_COMPILATIONS": str(self._compilations),
        }

    def _copy_tree(self) -> None:
        listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        for name in subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
            if (ROOT / name).is_file():
                (self.top / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.top / name)

    def remove(self) -> None:
        shutil.rmtree(self.top.parent)

    def entries(self) -> list[Path]:
        return sorted((self.top / "journal").glob("*.nw"))

    def compilations(self) -> int:
        """How often a compiler has run."""
        return self._compilations.read_text().count("\n") if self._compilations.exists() else 0

    def run(self, *command: str, until: str | None = None) -> Run:
        before, start = cpu_seconds(), time.monotonic()
        lines: list[str] = []
        found = (0, 0.0)
        with self.started(*command) as process:
            for line in said_by(process):
                if until and not found[0] and re.search(until, line):
                    found = len(lines), time.monotonic() - start
                lines.append(line.rstrip("\n"))
            process.wait()
        return Run(lines, process.returncode, time.monotonic() - start, cpu_seconds() - before, *found)

    def make(self, *goals: str, until: str | None = None) -> Run:
        """A make that must not fail."""
        run = self.run("make", *goals, until=until)
        if run.status or until and not run.lines_before:
            raise RuntimeError(f"make {' '.join(goals)} in {self.top} failed:\n" + "\n".join(run.lines[-20:]))
        return run

    @contextlib.contextmanager
    def started(self, *command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """A program and all that it starts, until the block ends."""
        process = subprocess.Popen(
            command,
            cwd=self.top,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait()
