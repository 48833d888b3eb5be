"""The same journal gives the same image, kernel and tree: built in another folder, a year later, by somebody else."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from machine.cases import MATRIX
from machine.trees import ROOT, Day, entries


def build(folder: Path, later: str) -> dict[str, bytes]:
    """What `make iso` makes in a copy of the project, by its path."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    for name in filter(None, files.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    home = folder / "home"
    home.mkdir()
    environment = {**os.environ, "HOME": str(home), "CCACHE_DISABLE": "1", "TZ": "Pacific/Auckland" if later else "UTC"}
    environment["NO_FAKE_STAT"] = "1"  # else faketime changes the dates that touch gives to files
    command = [*(["faketime", "-f", later] if later else []), "make", "iso"]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    made = [folder / "build/daybook.iso", folder / "build/daybook.elf", folder / "linker.ld"]
    made += sorted(path for part in ("boot", "tangled") for path in (folder / part).rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in made}


@pytest.mark.all
@pytest.mark.skipif(not MATRIX, reason="only `make matrix` builds everything twice")
def test_built_elsewhere_a_year_later(tmp_path: Path) -> None:
    here = build(tmp_path / "here", "")
    there = build(tmp_path / "a-folder-with-a-longer-name", "+400d")
    assert here.keys() == there.keys() and len(here) > 100
    assert [name for name in here if here[name] != there[name]] == []


@pytest.mark.all
@pytest.mark.kept(*map(Day, entries()))
def test_no_kernel_knows_where_it_was_built() -> None:
    """What would make it another one elsewhere."""
    kernels = [Day(entry).elf for entry in entries()]
    assert [kernel for kernel in kernels if str(ROOT).encode() in kernel.read_bytes()] == []
