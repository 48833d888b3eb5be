"""What was published once is there for ever."""

import shutil
import subprocess
from pathlib import Path

from woven import TOP, Site


def check(site: Path, tool: Path = TOP / "weave/site/anchors") -> subprocess.CompletedProcess[str]:
    return subprocess.run([tool, "check", site], capture_output=True, text=True)


def test_no_published_anchor_has_vanished(journal: Site) -> None:
    result = check(journal.root)
    assert result.returncode == 0, result.stderr


def test_what_vanishes_and_what_is_new_is_named(tmp_path: Path) -> None:
    tool = shutil.copy(TOP / "weave/site/anchors", tmp_path)
    site = tmp_path / "site"
    site.mkdir()
    (site / "one.html").write_text('<p id="first"></p><p id="_own"></p>')
    (site / "two.html").write_text('<p id="second"></p>')
    subprocess.run([tool, "record", site], check=True)
    assert check(site, tool).returncode == 0
    (site / "one.html").write_text('<p id="third"></p>')
    (site / "two.html").unlink()
    result = check(site, tool)
    assert (result.returncode, result.stderr.splitlines()) == (
        1,
        [
            "anchors: one.html#first was published, and is no more",
            "anchors: two.html was published, and is no more",
            "anchors: 1 pages and anchors are not in published-anchors; 'make anchors' adds them",
        ],
    )
    subprocess.run([tool, "record", site], check=True)
    result = check(site, tool)
    assert "not in published-anchors" not in result.stderr and "one.html#first" in result.stderr, "it stays listed"
