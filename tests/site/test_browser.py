"""The site in a real browser, one suite of browser/ at a time."""

import json
import os
import subprocess
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import weave
from woven import EVIDENCE, JOURNAL, TOP, Site, page_of

RUN = Path(__file__).parent / "browser/run"
# Below a sub-path, which the page for what is not there has to know.
URL = "http://127.0.0.1/daybook/"
# The longest first: they are started in this order.
SUITES = """
    boot exhibits axe width budgets valid firefox lighthouse shift noscript file keyboard keys links previews print requests search source
    theme workflow
""".split()


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The journal's site, bound as a book, too."""
    out = tmp_path_factory.mktemp("published") / "site"
    environment = {**os.environ, "DAYBOOK_EVIDENCE": str(EVIDENCE), "SITE_URL": URL}
    subprocess.run([TOP / "weave/site/book", out], cwd=TOP, env=environment, check=True)
    return Site(out, sorted(JOURNAL.glob("*.nw")), EVIDENCE)


@pytest.fixture(scope="session")
def result_of(
    request: pytest.FixtureRequest, published: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], subprocess.CompletedProcess[str]]]:
    """What became of a suite. All that are selected are started now, two at a time."""
    folder = tmp_path_factory.mktemp("results")
    selected = [item.callspec.params.get("suite") for item in request.session.items if hasattr(item, "callspec")]
    with ThreadPoolExecutor(2) as pool:
        runs = {suite: pool.submit(run_once_more, published, suite, folder) for suite in SUITES if suite in selected}
        yield lambda suite: runs[suite].result()
        pool.shutdown(cancel_futures=True)


def run(site: Site, suite: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [RUN, site.root, folder / f"{suite}.xml", suite]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=1800)


def run_once_more(site: Site, suite: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A suite that failed is run once more, and what failed in it is named among the warnings: a browser shares two cores with
    another one, with Java and with machines, and not each failure was one of the site. What is broken fails twice."""
    first = run(site, suite, folder)
    if first.returncode == 0:
        return first
    failed = sorted({line.strip() for line in first.stdout.splitlines() if line.lstrip().startswith("✖") and " (" in line})
    warnings.warn(f"{suite}, tried once more after: {'; '.join(failed)}{first.stderr}", stacklevel=1)
    return run(site, suite, folder)


def check(result: subprocess.CompletedProcess[str]) -> None:
    failures = [line for line in result.stdout.splitlines() if not line.lstrip().startswith("✔")]
    assert result.returncode == 0, "\n".join(failures)[-6000:] + result.stderr


def test_a_page_of_each_kind_in_a_browser(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """As they are shown to somebody who has built and recorded nothing yet. (Only an entry's differs from the published one, which
    may be examined, too.) And what scripts may not have."""
    is_repeated = any(item.name == "test_in_a_browser[axe]" for item in request.session.items)
    site = weave(tmp_path / "site", sorted(JOURNAL.glob("*.nw")), EVIDENCE, DAYBOOK_PREVIEW="1", SITE_URL=URL)
    check(run(site, "axe", tmp_path, **{"DAYBOOK_KIND": "entry"} if is_repeated else {}))
    check(run(site, "eslint", tmp_path))


@pytest.mark.parametrize("suite", SUITES)
def test_in_a_browser(result_of: Callable[[str], subprocess.CompletedProcess[str]], suite: str) -> None:
    check(result_of(suite))


def test_the_book_is_sound(published: Site) -> None:
    epub = published.root / "daybook.epub"
    checked = subprocess.run(["java", "-jar", "/usr/share/java/epubcheck.jar", epub], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    pdf = published.root / "daybook.pdf"
    assert pdf.stat().st_size <= 6_000_000
    said = subprocess.run(["qpdf", "--json", "--json-key=outlines", pdf], check=True, capture_output=True, text=True).stdout
    bookmarks = json.loads(said)["outlines"][2:]  # behind the cover and the contents
    # Chromium leaves out the blank at which a title's line is broken.
    titles = ["".join(published.pages[page_of(entry.stem)].one("h1").text.split()) for entry in published.entries]
    marked = ["".join(bookmark["title"].split()) for bookmark in bookmarks]
    assert [mark[: len(title)] for mark, title in zip(marked, titles, strict=True)] == titles
