"""weave/site/serve shows the journal at once, says where, and keeps up with what is written and recorded."""

import contextlib
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from woven import SAMPLE, TOP, trees_for

FIRST, PAGE = "2024-01-30-a-start", "2024-01/30-a-start.html"
NOT_RECORDED = b"The boot of this day is not recorded yet"


@dataclass
class Served:
    """A copy of the sample that is being served."""

    folder: Path
    process: subprocess.Popen[str]
    address: str

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(self.address + path) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    @property
    def entry(self) -> Path:
        return self.folder / f"sample/journal/{FIRST}.nw"

    @property
    def evidence(self) -> Path:
        return self.folder / f"sample/evidence/{FIRST}"

    def says(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()


@contextlib.contextmanager
def serve(folder: Path, port: int = 8300) -> Iterator[Served]:
    """Serves the sample that is in the folder."""
    environment = {
        **os.environ,
        **trees_for(sorted((folder / "sample/journal").glob("*.nw")), folder),
        "DAYBOOK_EVIDENCE": str(folder / "sample/evidence"),
        "JOURNAL": str(folder / "sample/journal"),
        "PORT": str(port),
    }
    command = [TOP / "weave/site/serve", folder / "site"]
    with subprocess.Popen(command, env=environment, cwd=TOP, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout and process.stdout.readline().startswith("woven   the journal ")
            yield Served(folder, process, re.findall(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())[0])
        finally:
            process.terminate()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    shutil.copytree(SAMPLE, tmp_path / "sample")
    with serve(tmp_path) as one:
        yield one


def test_pages_and_the_page_for_what_is_not_there(served: Served) -> None:
    text = (served.folder / "site/index.html").read_bytes()
    status, home = served.get("")
    assert status == 200 and home.startswith(text[: text.index(b"</body>")])
    assert served.get("no/such/page.html") == (404, (served.folder / "site/404.html").read_bytes())


def test_the_next_free_port_is_taken(served: Served) -> None:
    port = int(served.address.rstrip("/").rsplit(":", 1)[1])
    with serve(served.folder, port) as second:
        assert served.address != second.address and second.get("")[0] == 200


def test_a_port_that_is_none_is_said_before_anything_is_woven(tmp_path: Path) -> None:
    command = [TOP / "weave/site/serve", tmp_path / "site"]
    result = subprocess.run(command, env={"PATH": "/usr/bin", "PORT": "http"}, cwd=tmp_path, capture_output=True, text=True)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "serve: PORT=http is not a port number\n")
    assert not list(tmp_path.iterdir())


def test_a_saved_entry_is_woven_again(served: Served) -> None:
    """The terminal says so, the page has the new words, and open pages are told."""
    text = served.entry.read_text().replace("Everything else.", "Everything but this.")
    before = int(served.get(".woven")[1])
    served.entry.write_text(text)
    assert re.match(rf"woven   \S*{FIRST}\.nw ", served.says())
    assert int(served.get(".woven")[1]) == before + 1
    assert b"Everything but this." in served.get(PAGE)[1]
    served.entry.write_text(text.replace("## Goal", "## Gaol"))
    assert 'the heading "Goal" is missing' in served.says()
    assert served.says().startswith("not woven: ")
    assert b"Everything but this." in served.get(PAGE)[1]


def test_what_is_not_recorded_yet_is_said_until_it_is(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "sample")
    (tmp_path / f"sample/evidence/{FIRST}").rename(tmp_path / "later")
    with serve(tmp_path) as served:
        status, page = served.get(PAGE)
        assert status == 200 and NOT_RECORDED in page and b"Recorded by the run" not in page
        (tmp_path / "later").rename(served.evidence)
        assert served.says().startswith("woven   what was recorded ")
        assert NOT_RECORDED not in served.get(PAGE)[1] and b"Recorded by the run" in served.get(PAGE)[1]
