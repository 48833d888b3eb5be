"""The emulator of the pages, run in Node."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from boot_data.modules import add_modules
from machine import verdicts
from machine.trees import Day

TOP = Path(__file__).resolve().parents[2]
WEAVE = TOP / "weave/emulator"
FILES = ("bochs.js", "bochs.wasm", "vgabios.bin", "boot.bin")
_PATIENCE_SECONDS = 300


def folder() -> Path | None:
    """Where `make emulator` has put it; None where it has not been built."""
    run = subprocess.run([WEAVE / "build", "--where"], capture_output=True, text=True)
    return Path(run.stdout.strip()) if run.returncode == 0 else None


def depends_on(day: Day) -> dict[str, Any]:
    """What it depends on whether a day's kernel does the same in the emulator and in QEMU."""
    here = sorted(file for file in Path(__file__).parent.iterdir() if file.is_file())
    built = folder()
    files = [*here, TOP / "weave/site/boot_data/modules.py", *sorted(WEAVE.glob("*.*js")), *(built / name for name in FILES if built)]
    made = {"tree": day.digest, "toolchain": verdicts.toolchain(), "recipe": verdicts.recipe()}
    return {**made, "qemu": verdicts.qemu(), "harness": verdicts.harness(), "files": files}


def each(days: Sequence[Day], *others: Any) -> list[ParameterSet]:
    """The days as parameters, with `others`, of a test that is not run again while nothing that it depends on has changed."""
    return [pytest.param(day, *others, marks=pytest.mark.depends(depends_on, day)) for day in days]


def like_it(memory: str) -> str:
    """The machine of the tests that is like the emulator's: one CPU with the same features (test_features.py)."""
    return f"direct-pc-{memory}-cpu_SandyBridge+-avx+-hypervisor+monitor+acpi+ss"


@dataclass(frozen=True)
class Run:
    """What became of a kernel in the emulator."""

    serial: list[str]  # lines
    end: dict[str, Any]  # boot.mjs' last line
    changes: list[dict[str, Any]]  # of control registers, if they were asked for

    @property
    def outcome(self) -> str:
        """In the words of tools/machine."""
        status = self.end["status"]
        if status == "exited":
            return f"exit {self.end['exitStatus']}"
        return {"halted": "halt", "triple fault": "triple-fault", "reset": "reset"}.get(status, "hang")


def boot(elf: Path, memory: str, scratch: Path, changes: bool = False) -> Run:
    """Boots `elf` with its modules. The boot information goes to scratch/information."""
    built = folder()
    assert built
    kernel = Path(shutil.copy(elf, scratch / "with-modules"))
    add_modules(elf, kernel)
    command: list[str | Path] = ["node", WEAVE / "boot.mjs", built, kernel, "--memory", memory, "--blob", scratch / "information"]
    if changes:
        command += ["--changes", scratch / "changes"]
    run = subprocess.run(command, stdout=subprocess.PIPE, timeout=_PATIENCE_SECONDS, text=True)
    assert run.returncode == 0, f"boot.mjs ended with status {run.returncode}: {run.stdout[-2000:]}"
    *lines, end = run.stdout.replace("\r", "").splitlines()
    if lines[-1] == "":  # the text ended with its last line
        lines.pop()
    seen = json.loads((scratch / "changes").read_text()) if changes else []
    return Run(serial=lines, end=json.loads(end), changes=seen)
