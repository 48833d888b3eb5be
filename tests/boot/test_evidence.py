"""The evidence: only what has passed is there, from the very sources that are there now."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from machine import cases, run_record, trees
from machine.cases import BuildErrorCase, Case, DayCase, ExhibitCase, RunCase, unusable
from machine.evidence import evidence_cases, write
from machine.measure import Line, Measured
from machine.trees import Day, Exhibit, TreeError
from made_tree import ENTRY, LOG, MACHINE, PASSED, StubBoots, change, make_tree

MEASURED = Measured(7, [Line(3, "first light", 0x10012A)])
SOURCE = {"file": f"journal/{ENTRY}.nw", "line": 7, "function": "_start"}


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernels: Path) -> Iterator[Path]:
    """A build folder with a made day; what is counted of its run is decided on, too."""
    monkeypatch.setattr(cases, "measure", lambda _iso, _machine: MEASURED)
    monkeypatch.setattr(run_record, "with_sources", lambda lines, _elf: [line | {"source": dict(SOURCE)} for line in lines])
    yield make_tree(tmp_path, monkeypatch, (kernels / "spin.elf").read_bytes())  # no tests are compiled in
    trees.forget()


def settle(case: Case, boots: StubBoots | None = None) -> str:
    return case.settle(boots or StubBoots(PASSED))


def shown(build: Path, name: str = "proof.json") -> dict:
    """A file of the evidence, written from all that is known."""
    write(ENTRY, evidence_cases())
    return json.loads((build / "evidence" / ENTRY / name).read_text())


DAY = DayCase(Day(ENTRY), MACHINE, looked_at=True)
RUN = RunCase(Day(ENTRY), MACHINE)
OTHER, BROKEN = Exhibit(ENTRY, "other"), Exhibit(ENTRY, "broken")


def test_what_is_shown_of_a_day(build: Path) -> None:
    days, runs, other, broken = evidence_cases()
    assert (days, runs) == (DAY, RUN)
    assert isinstance(other, ExhibitCase) and isinstance(broken, BuildErrorCase)


def test_a_run_that_passed_is_shown(build: Path) -> None:
    assert shown(build)["machines"] == []
    assert settle(DAY) == ""
    machine = {"name": "bios-pc-64M", "outcome": "exit 33", "status": 33, "tests": 0, "serial": "bios-pc-64M.log", "seconds": 0.5}
    assert shown(build) == {"entry": ENTRY, "machines": [machine], "exhibits": []}
    assert (build / "evidence" / ENTRY / "bios-pc-64M.log").read_text() == LOG


def test_a_run_that_failed_is_not(build: Path) -> None:
    assert "expected exit 33" in settle(DAY, StubBoots(replace(PASSED, outcome="hang")))
    assert shown(build)["machines"] == []


def test_exhibits_are_shown_as_they_failed(build: Path) -> None:
    *_, other, broken = evidence_cases()
    assert "expected triple-fault, got exit 33" in settle(other)
    assert settle(other, StubBoots(replace(PASSED, outcome="triple-fault"))) == "" and settle(broken) == ""
    assert shown(build)["exhibits"] == [
        {"name": "other", "machine": "bios-pc-64M", "outcome": "triple-fault", "serial": "exhibit-other.bios-pc-64M.log"},
        {"name": "broken", "machine": "", "outcome": "build-error", "serial": "exhibit-broken.build.log"},
    ]


def test_an_exhibit_that_should_not_build_and_does_fails(build: Path) -> None:
    broken = evidence_cases()[-1]
    (BROKEN.folder / "daybook.iso").write_bytes(b"an image")
    assert "it does build" in settle(broken)
    BROKEN.build_log.write_text("another error\n")
    assert "no line of the log matches `error: undeclared`" in settle(broken)


def test_what_the_journal_has_no_more_is_taken_away(build: Path) -> None:
    for case in evidence_cases()[:2]:
        settle(case)
    assert shown(build)["machines"] and len(list((build / "evidence" / ENTRY).iterdir())) == 3
    proof = DAY.day.folder / f"tangled/proof/{ENTRY}.expect"
    change(proof, proof.read_bytes().replace(b"64M", b"512M"))
    assert shown(build)["machines"] == [] and [file.name for file in (build / "evidence" / ENTRY).iterdir()] == ["proof.json"]


@pytest.mark.parametrize(("height", "recorded"), [(400, False), (768, True)])
def test_a_run_is_shown_with_a_screen_when_the_kernel_uses_it(build: Path, height: int, recorded: bool) -> None:
    picture = b"\x89PNG".ljust(20, b"\0") + height.to_bytes(4, "big")
    boots = StubBoots(replace(PASSED, seen=replace(PASSED.seen, screen=picture)))
    assert "it should halt, and ended by exit 37" in settle(RUN, StubBoots(replace(PASSED, outcome="exit 37")))
    assert settle(RUN, boots) == ""
    assert ("screen" in shown(build)) == recorded
    assert (build / "evidence" / ENTRY / "screen.png").exists() == recorded
    run = shown(build, "run.json")
    line = {"instructions": 3, "text": "first light", "address": "0x10012a", "source": SOURCE}
    assert (run["format"], run["instructions"], run["serial"]) == (2, 7, [line])
    assert run["cpus"][0]["flags"] == {"CR0": ["PE", "ET"], "CR4": [], "EFER": []}


def test_places_follow_the_journal_without_a_boot(build: Path) -> None:
    """Prose moves code to another line: the kernel stays as it is, and what is shown of it leads to the new line."""
    *_, broken = evidence_cases()
    said = StubBoots(replace(PASSED, serial=f"{LOG}PANIC at journal/{ENTRY}.nw:7: no; journal/{ENTRY}.nw:99\n"))
    for case in (DAY, RUN, broken):
        assert settle(case, said) == ""
    for tree in (DAY.day, BROKEN):
        start = tree.folder / "boot/start.asm"
        change(start, start.read_bytes().replace(b"%line 6+1", b"\n%line 51+1"))
    boots = StubBoots(PASSED)
    assert [settle(case, boots) for case in (DAY, RUN, broken)] == ["", "", ""] and boots.count == 0
    assert shown(build, "run.json")["serial"][0]["source"] == SOURCE | {"line": 52}
    log = (build / "evidence" / ENTRY / "bios-pc-64M.log").read_text()
    assert log == f"{LOG}PANIC at journal/{ENTRY}.nw:52: no; journal/{ENTRY}.nw:99\n"
    assert f"{ENTRY}.nw:52: error" in (build / "evidence" / ENTRY / "exhibit-broken.build.log").read_text()


def test_a_file_that_would_not_change_is_left_alone(build: Path) -> None:
    settle(DAY)
    shown(build)
    before = (build / "evidence" / ENTRY / "proof.json").stat()
    shown(build)
    assert (build / "evidence" / ENTRY / "proof.json").stat() == before


def test_a_day_that_is_not_whole_says_so(build: Path) -> None:
    assert unusable(Day(ENTRY)) == ""
    (Day(ENTRY).folder / f"tangled/proof/{ENTRY}.expect").unlink()
    trees.forget()
    assert "is missing; `make days` makes it" in unusable(Day(ENTRY))
    change(Day(ENTRY).folder / "tangled/proof/2025-10-01-before.expect", b"on bios-pc-64M\nexit 33\n| x\n")
    assert f"{ENTRY} has no proof: define the chunk" in unusable(Day(ENTRY))
    assert [type(case) for case in evidence_cases()] == [ExhibitCase, BuildErrorCase]


def test_an_exhibit_that_is_not_whole_says_so(build: Path) -> None:
    other = evidence_cases()[2]
    (OTHER.folder / "daybook.iso").unlink()
    assert "`make exhibits` makes it" in settle(other)
    (Day(ENTRY).folder / f"tangled/proof/{ENTRY}.broken.expect").unlink()
    with pytest.raises(TreeError, match="the exhibit broken"):
        BROKEN.proof()
