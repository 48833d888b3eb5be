"""The kernel's fuzzers: a short run of each finds nothing, and one on a planted mistake finds it.

(Each goes on for as long as one likes: tests/host/fuzz/run TARGET SECONDS.)
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = "60" if os.environ.get("DAYBOOK_MATRIX") else "10"

# Target, file, and what becomes of one piece of its text.
MISTAKES = [
    ("frames", "pmem/free_tree.cpp", "below->bytes.end == free.start", "below->bytes.end + 4096 == free.start"),
    ("frames", "pmem/owner_map.hpp", "at.used += is_set && !was_there;", "at.used += is_set;"),
    ("objects", "kstruct/heap.hpp", "in->kinds[slot] = kind::none;", ""),
    ("objects", "kstruct/slab.cpp", "(offset - first) % slot_size != 0", "(offset - first) % 16 != 0"),
]


def fuzz(target: str, seconds: str, *tree: Path) -> subprocess.CompletedProcess[str]:
    run = [ROOT / "tests/host/fuzz/run", target, seconds, *tree]
    return subprocess.run(run, capture_output=True, text=True)


@pytest.mark.parametrize("target", ["page", "frames", "objects"])
def test_fuzzing_finds_nothing(target: str) -> None:
    run = fuzz(target, SECONDS)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    assert "without a difference" in run.stdout


@pytest.mark.parametrize(("target", "file", "old", "new"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_planted_mistake_is_found(tmp_path: Path, target: str, file: str, old: str, new: str) -> None:
    tree = shutil.copytree(ROOT / "tangled", tmp_path / "tangled")
    text = (tree / file).read_text()
    assert text.count(old) == 1
    (tree / file).write_text(text.replace(old, new))
    run = fuzz(target, "60", tree)
    assert run.returncode != 0, f"a minute of fuzzing did not see it: {run.stdout[-2000:]}"
    assert "libFuzzer" in run.stderr, run.stderr[-4000:]
