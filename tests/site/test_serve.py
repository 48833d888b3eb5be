"""weave/site/serve shows the site and says where."""

import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from browser import served
from woven import SAMPLE, TOP, Site, trees_for


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
