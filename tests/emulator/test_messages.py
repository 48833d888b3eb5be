"""The machine behind its messages: messages.test.mjs, in Node."""

import os
import subprocess
from pathlib import Path

from machine.assembled import build_kernel
from machine.cases import usable_days

HERE = Path(__file__).parent


def test_messages(built: Path, tmp_path: Path) -> None:
    echo = tmp_path / "echo.elf"
    build_kernel(HERE / "endings.asm", echo, define="ECHO")
    environment = os.environ | {"EMULATOR": str(built), "ECHO": str(echo)}
    environment["KERNEL"] = str(usable_days()[-1].elf)
    command: list[str | Path] = ["node", "--test", HERE / "messages.test.mjs"]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600)
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr
