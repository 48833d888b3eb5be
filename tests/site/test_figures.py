"""The page on memory: what the tests left is shown if it is of this kernel, and of no other."""

import json
from pathlib import Path
from runpy import run_path

import pytest

import figures
from conftest import weave
from figures import Table, record
from woven import EVIDENCE, SAMPLE, TOP, Site, trees_for

KERNEL = "2024-02-01-undone 00112233445566778899aabbccddeeff"
SEALS = f"# sealed\n2024-01-30-a-start 01 2024-01-30 as landed\n{KERNEL} 2024-02-01 as landed\n  tangled/a.cpp 12\n"


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of one record of that kernel."""
    monkeypatch.setattr(figures, "FOLDER", tmp_path / "figures")
    monkeypatch.setattr(figures, "kernel", lambda: KERNEL)
    record("machines", "make matrix", "7 of 8 ended <well>.", Table("Boots", ["CPU", "2M"], [["max & more", "7/8"]]))
    return tmp_path / "figures"


def memory_page(recorded: Path, seals: str, folder: Path) -> str:
    entries = sorted((SAMPLE / "journal").glob("*.nw"))
    (folder / "SEALS").write_text(seals)
    environment = {"DAYBOOK_FIGURES": str(recorded), "DAYBOOK_SEALS": str(folder / "SEALS"), **trees_for(entries, folder)}
    return weave(folder / "site", entries, SAMPLE / "evidence", **environment).pages["memory.html"].one("main").text


def test_a_record_of_this_kernel_is_shown(recorded: Path, tmp_path: Path) -> None:
    text = memory_page(recorded, SEALS, tmp_path)
    for part in ("by make matrix", "7 of 8 ended <well>.", "Boots", "max & more", "7/8"):
        assert part in text
    assert "make coverage (What was run)" in text and text.count("make coverage") == 1, "what is missing is said once"


def test_a_record_of_another_kernel_is_not(recorded: Path, tmp_path: Path) -> None:
    text = memory_page(recorded, SEALS.replace("0011", "1100"), tmp_path)
    assert "7/8" not in text
    assert "make matrix (Machines, " in text


def test_the_kernel_is_the_newest_that_is_sealed() -> None:
    newest = sorted(path.stem for path in (TOP / "journal").glob("*.nw"))[-1]
    assert str(figures.kernel()).split()[0] == newest


def test_the_page_says_who_owns_what_on_each_machine_of_the_newest_proof(journal: Site) -> None:
    proof = json.loads((EVIDENCE / journal.entries[-1].stem / "proof.json").read_text())
    page = journal.pages["memory.html"]
    (table,) = [each for each in page.all("table") if each.one("caption").text == "Who owns what"]
    head, *rows = [[cell.text for cell in (*row.all("th"), *row.all("td"))] for row in table.all("tr")]
    assert sorted(head) == sorted(["Owner", *(machine["name"] for machine in proof["machines"])])
    assert [row[0] for row in rows][:2] == ["the kernel", "its first stack"]
    assert {"the map of owners", "page tables", "kernel objects", "free above 4 GiB"} <= {row[0] for row in rows}


JUNIT = """<testsuites><testsuite><testcase name="AreAllOfAList" classname="SmallMaps">
<properties><property name="cases" value="{count}"/></properties>{end}</testcase><testcase name="Other" classname="Maps"/></testsuite></testsuites>"""


@pytest.mark.parametrize(("end", "is_kept"), [("", True), ("<failure/>", False)], ids=["passed", "failed"])
def test_exhaustive_tests_leave_how_many_cases_they_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, is_kept: bool) -> None:
    monkeypatch.setattr(figures, "FOLDER", tmp_path)
    monkeypatch.setattr(figures, "kernel", lambda: KERNEL)
    (tmp_path / "host.xml").write_text(JUNIT.format(count=1234567, end=end))
    run_path(str(TOP / "tests/host/record-cases"))["main"](tmp_path / "host.xml")
    assert (tmp_path / "exhaustive.json").exists() == is_kept
    if is_kept:
        (table,) = json.loads((tmp_path / "exhaustive.json").read_text())["tables"]
        assert table["rows"] == [["Small maps: are all of a list", "1,234,567"]]


def test_no_exhaustive_tests_leave_nothing(tmp_path: Path) -> None:
    run_path(str(TOP / "tests/host/record-cases"))["main"](tmp_path / "missing.xml")
