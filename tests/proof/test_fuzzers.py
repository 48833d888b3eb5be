"""A short run of the kernel's fuzzers. (Each goes on for as long as one likes: tests/host/fuzz/run SECONDS.)"""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_ten_seconds_of_page_tables_find_nothing() -> None:
    run = subprocess.run([ROOT / "tests/host/fuzz/run", "10"], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    assert "without a difference" in run.stdout
