"""weave/site/serve shows the site and says where."""

import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from browser import served
from woven import EVIDENCE, JOURNAL, SAMPLE, TOP, Site, trees_for


def get(address: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(address) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_pages_and_the_page_for_what_is_not_there(sample: Site) -> None:
    with served(sample.root) as address:
        status, home = get(address)
        text = (sample.root / "index.html").read_bytes()
        assert status == 200 and home.startswith(text[: text.index(b"</body>")])
        assert get(address + "no/such/page.html") == (404, (sample.root / "404.html").read_bytes())


def test_the_next_free_port_is_taken(sample: Site) -> None:
    with served(sample.root) as first:
        port = int(first.rstrip("/").rsplit(":", 1)[1])
        with served(sample.root, port) as second:
            assert first != second and get(second)[0] == 200


@pytest.mark.parametrize(
    "site, port, sentence",
    [
        ("nowhere", "8000", 'serve: there is no site in nowhere; "make site" makes it\n'),
        ("", "http", "serve: PORT=http is not a port number\n"),
    ],
)
def test_mistakes_are_said(sample: Site, tmp_path: Path, site: str, port: str, sentence: str) -> None:
    result = subprocess.run(
        [TOP / "weave/site/serve", site or sample.root],
        env={"PATH": "/usr/bin", "PORT": port},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=10,
    )
    assert (result.returncode, result.stdout, result.stderr) == (1, "", sentence)


def test_a_saved_entry_is_woven_again(tmp_path: Path) -> None:
    """On a copy of the sample: the terminal says so, the page has the new words, and open pages are told."""
    shutil.copytree(SAMPLE, tmp_path / "sample")
    entries = sorted((tmp_path / "sample/journal").glob("*.nw"))
    environment = {
        **os.environ,
        **trees_for(entries, tmp_path),
        "DAYBOOK_EVIDENCE": str(tmp_path / "sample/evidence"),
        "JOURNAL": str(tmp_path / "sample/journal"),
    }
    site = tmp_path / "site"
    subprocess.run([TOP / "weave/site/weave", site], env=environment, cwd=TOP, check=True)
    server = subprocess.Popen(
        [TOP / "weave/site/serve", site], env={**environment, "PORT": "8300"}, cwd=TOP, stdout=subprocess.PIPE, text=True
    )
    try:
        address = re.search(r"http://\S+/", server.stdout.readline())[0]
        assert get(address + ".woven") == (200, b"0")
        entries[0].write_text(entries[0].read_text().replace("Everything else.", "Everything but this."))
        assert server.stdout.readline().startswith("woven   ")
        assert get(address + ".woven") == (200, b"1")
        assert b"Everything but this." in get(address + "2024-01/30-a-start.html")[1]
        entries[0].write_text(entries[0].read_text().replace("## Goal", "## Gaol"))
        assert 'the heading "Goal" is missing' in server.stdout.readline()
        assert server.stdout.readline().startswith("not woven: ")
        assert b"Everything but this." in get(address + "2024-01/30-a-start.html")[1]
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def add_prose(entry: Path) -> None:
    """A paragraph of two lines below the first heading, so that all code moves down."""
    text = entry.read_text()
    heading_ends = text.index("\n", text.index("\n## ") + 1)
    entry.write_text(text[:heading_ends] + "\n\nA paragraph that was not there,\nin *two* lines." + text[heading_ends:])


def without_printers(evidence: Path, to: Path) -> Path:
    """The evidence, without the lines that printed its log: what was recorded before code moved leads to the old ones."""
    shutil.copytree(evidence, to)
    for path in to.glob("*/run.json"):
        run = json.loads(path.read_text())
        for line in run["serial"]:
            line["source"] = None
        path.write_text(json.dumps(run))
    return to


def files_of(site: Path) -> dict[str, bytes]:
    return {str(path.relative_to(site)): path.read_bytes() for path in site.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["sample", "journal"])
def test_a_draft_is_what_a_weave_would_have_made(tmp_path: Path, name: str) -> None:
    journal, evidence = (SAMPLE / "journal", SAMPLE / "evidence") if name == "sample" else (JOURNAL, EVIDENCE)
    shutil.copytree(journal, tmp_path / "journal")
    entries = sorted((tmp_path / "journal").glob("*.nw"))
    ground = tmp_path / "ground"
    ground.mkdir()
    environment = {
        **os.environ,
        **trees_for(entries, tmp_path),
        "DAYBOOK_EVIDENCE": str(without_printers(evidence, tmp_path / "evidence")),
        "JOURNAL": str(tmp_path / "journal"),
        "DAYBOOK_GROUND": str(ground),
    }

    def run(program: str, *arguments: Path) -> int:
        return subprocess.run([TOP / "weave/site" / program, *arguments], env=environment, cwd=TOP).returncode

    site, again = tmp_path / "site", tmp_path / "again"
    assert run("weave", site) == 0
    for entry in entries:
        add_prose(entry)
        assert run("draft", site) == 0
    assert run("index", ground / "documents", site) == 0
    assert run("weave", again) == 0
    drafted, woven = files_of(site), files_of(again)
    assert [path for path in drafted.keys() | woven.keys() if drafted.get(path) != woven.get(path)] == []


def test_a_draft_is_refused_when_more_than_prose_has_changed(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE / "journal", tmp_path / "journal")
    entries = sorted((tmp_path / "journal").glob("*.nw"))
    (tmp_path / "ground").mkdir()
    environment = {
        **os.environ,
        **trees_for(entries, tmp_path),
        "DAYBOOK_EVIDENCE": str(SAMPLE / "evidence"),
        "JOURNAL": str(tmp_path / "journal"),
        "DAYBOOK_GROUND": str(tmp_path / "ground"),
    }
    site = tmp_path / "site"

    def draft() -> int:
        return subprocess.run([TOP / "weave/site/draft", site], env=environment, cwd=TOP).returncode

    assert draft() == 3, "there is no site"
    subprocess.run([TOP / "weave/site/weave", site], env=environment, cwd=TOP, check=True)
    before = files_of(site)
    text = entries[0].read_text()
    for old, new in [("title:", "title: Another"), ("\n@\n", "\n// one more\n@\n"), (">>=", " more>>=")]:
        entries[0].write_text(text.replace(old, new, 1))
        assert draft() == 3, new
    entries[0].unlink()
    assert draft() == 3, "an entry is gone"
    assert files_of(site) == before
