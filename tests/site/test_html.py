"""The pages are valid HTML, says html-validate (from npm, pinned by package-lock.json)."""

import shutil
import subprocess
from pathlib import Path

import pytest

from woven import Site

HERE = Path(__file__).parent
NEEDED_NODE = 20


@pytest.fixture(scope="session")
def html_validate() -> Path:
    if not shutil.which("npm"):
        pytest.skip("npm is not installed, and html-validate comes from there")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").split(".")[0]) < NEEDED_NODE:
        pytest.skip(f"html-validate needs Node {NEEDED_NODE}; this is {version.strip()}")
    program = HERE / "node_modules/.bin/html-validate"
    if not program.exists():
        subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=HERE, check=True)
    return program


def test_pages_are_valid(site: Site, html_validate: Path) -> None:
    result = subprocess.run(
        [html_validate, "--config", HERE / "htmlvalidate.json", "--formatter", "text", site.root],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout + result.stderr
