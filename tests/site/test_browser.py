"""The site in a real browser, one suite of browser/ at a time."""

import os
import subprocess
from pathlib import Path

import pytest

from conftest import weave
from woven import EVIDENCE, JOURNAL, TOP, Site

RUN = Path(__file__).parent / "browser/run"
SUITES = """
    axe boot budgets file firefox keyboard keys lighthouse links motion noscript previews print requests search shift source theme valid
    width workflow
""".split()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The journal's site as it would be below a sub-path, which its page for what is not there has to know."""
    out = tmp_path_factory.mktemp("published") / "site"
    bound = tmp_path_factory.mktemp("bound")
    entries = sorted(JOURNAL.glob("*.nw"))
    site = weave(out, entries, EVIDENCE, SITE_URL="http://127.0.0.1/daybook/", DAYBOOK_BOOK=str(bound))
    subprocess.run([TOP / "weave/site/book", out], cwd=TOP, env={**os.environ, "DAYBOOK_BOOK": str(bound)}, check=True)
    return site


@pytest.mark.parametrize("suite", SUITES)
def test_in_a_browser(published: Site, tmp_path: Path, suite: str) -> None:
    run = [RUN, published.root, tmp_path / "results.xml", suite]
    result = subprocess.run(run, capture_output=True, text=True, timeout=900)
    failures = [line for line in result.stdout.splitlines() if not line.lstrip().startswith("✔")]
    assert result.returncode == 0, "\n".join(failures)[-6000:] + result.stderr


def test_the_book_is_sound(published: Site) -> None:
    epub = published.root / "daybook.epub"
    check = subprocess.run(["java", "-jar", "/usr/share/java/epubcheck.jar", epub], capture_output=True, text=True)
    assert check.returncode == 0, check.stderr
    assert (published.root / "daybook.pdf").read_bytes().startswith(b"%PDF-")
