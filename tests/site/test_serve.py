"""weave/site/serve shows the site and says where."""

import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from browser import served
from woven import TOP, Site


def get(address: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(address) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_pages_and_the_page_for_what_is_not_there(sample: Site) -> None:
    with served(sample.root) as address:
        assert get(address) == (200, (sample.root / "index.html").read_bytes())
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
