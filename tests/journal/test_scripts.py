"""Every shell script of the project is clean in shellcheck's eyes."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def shell_scripts() -> list[str]:
    """The files that git knows (or could add) and that begin as a shell script or say that they are one."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    found = []
    for name in names:
        path = ROOT / name
        if path.is_file() and path.suffix in ("", ".sh"):
            head = path.read_bytes()[:1000]
            if head.startswith((b"#!/usr/bin/env bash", b"#!/bin/sh", b"#!/bin/bash")) or path.suffix == ".sh":
                found.append(name)
    return found


def test_the_scripts_are_found() -> None:
    assert {"weave/tangle", "tools/deps", "tests/run", ".ci/run", "tools/packages.sh"} <= set(shell_scripts())


@pytest.mark.parametrize("name", shell_scripts())
def test_shellcheck_is_content(name: str) -> None:
    result = subprocess.run(["shellcheck", "--external-sources", name], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
