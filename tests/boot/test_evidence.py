"""The evidence: only what has passed is there, from the very files that are there now."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from machine import cases, evidence, log_sources, trees
from machine.boot import Boot
from machine.cases import BuildErrorCase, DayCase, ExhibitCase, HaltCase
from machine.cpus import Cpu
from machine.elf import Frame
from machine.halted import Look
from machine.machines import Machine
from machine.measure import Line, Measured
from machine.trees import Day, Exhibit

ENTRY = "2025-11-01-first-light"
LOG = "Daybook: first light\nKTAP version 1\n1..0\n"
MACHINE = Machine.parse("bios-pc-64M")


class StubBoots:
    """Boots that have been decided on beforehand."""

    def __init__(self, boot: Boot) -> None:
        self._boot = boot

    def get(self, _iso: Path, machine: Machine) -> Boot:
        return replace(self._boot, machine=machine)


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernels: Path) -> Path:
    """A build folder with one day and its exhibits: `other` is booted, `broken` does not build."""
    day = tmp_path / "at" / ENTRY
    proof = "on bios-pc-64M\nexit 33\n| first light\n"
    files = {
        "daybook.iso": b"an image",
        "daybook.elf": (kernels / "spin.elf").read_bytes(),  # no tests are compiled in
        f"tangled/proof/{ENTRY}.expect": proof.encode(),
        f"tangled/proof/{ENTRY}.other.expect": proof.replace("33", "triple-fault").encode(),
        f"tangled/proof/{ENTRY}.broken.expect": b"exit build-error\n| error: undeclared\n",
    }
    exhibit = {name: files[name] for name in ("daybook.iso", "daybook.elf")}
    for folder, content in [
        (day, files),
        (tmp_path / "exhibit" / ENTRY / "other", exhibit),
        (tmp_path / "exhibit" / ENTRY / "broken", {"build.log": b"x.nw:1: error: undeclared\n"}),
    ]:
        for name, data in content.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
    (tmp_path / "exhibits.txt").write_text(f"{ENTRY} other\n{ENTRY} broken\n")
    monkeypatch.setattr(trees, "BUILD", tmp_path)
    monkeypatch.setattr(evidence, "EVIDENCE", tmp_path / "evidence")
    monkeypatch.setattr(cases, "entries", lambda: [ENTRY])
    return tmp_path


PASSED = Boot(MACHINE, "exit 33", 33, LOG, 0.5)
CPU = Cpu(0, 0, True, 0x11, 0, 0, 0, 0, {"CR0": 0x11, "CR4": 0, "EFER": 0})
PNG_400_LINES = b"\x89PNG".ljust(20, b"\0") + (400).to_bytes(4, "big")
HALTED = replace(PASSED, outcome="halt", seen=Look([CPU], False, [], {}, {}, PNG_400_LINES))
MEASURED = Measured(7, [Line(3, "first light", 0x10012A)])
DAY = DayCase(Day(ENTRY), MACHINE)


def proof_of(build: Path) -> dict:
    return json.loads((build / "evidence" / ENTRY / "proof.json").read_text())


def run_of(build: Path) -> dict:
    return json.loads((build / "evidence" / ENTRY / "run.json").read_text())


def test_a_run_that_passed_is_recorded(build: Path) -> None:
    assert not DAY.is_recorded()
    assert DAY.prove(StubBoots(PASSED)) == ""
    assert DAY.is_recorded()
    (record,) = proof_of(build)["machines"]
    del record["digest"]
    assert record == {
        "name": "bios-pc-64M",
        "outcome": "exit 33",
        "status": 33,
        "tests": 0,
        "serial": "bios-pc-64M.log",
        "seconds": 0.5,
    }
    assert (build / "evidence" / ENTRY / "bios-pc-64M.log").read_text() == LOG


def test_a_run_that_failed_takes_the_record_away(build: Path) -> None:
    DAY.prove(StubBoots(PASSED))
    assert "expected exit 33" in DAY.prove(StubBoots(replace(PASSED, outcome="hang")))
    assert proof_of(build)["machines"] == []
    assert not DAY.is_recorded()


@pytest.mark.parametrize("changed", ["daybook.iso", f"tangled/proof/{ENTRY}.expect"])
def test_another_image_or_proof_is_not_recorded(build: Path, changed: str) -> None:
    DAY.prove(StubBoots(PASSED))
    file = build / "at" / ENTRY / changed
    file.write_bytes(file.read_bytes() + b"\n")
    assert not DAY.is_recorded()


def test_the_same_run_again_changes_nothing(build: Path) -> None:
    DAY.prove(StubBoots(PASSED))
    before = proof_of(build)
    DAY.prove(StubBoots(replace(PASSED, seconds=9.9)))
    assert proof_of(build) == before
    DAY.prove(StubBoots(replace(PASSED, serial=LOG + "more\n")))
    assert (build / "evidence" / ENTRY / "bios-pc-64M.log").read_text() == LOG + "more\n"


def test_exhibits_are_recorded_as_they_failed(build: Path) -> None:
    other, broken = cases.exhibit_cases()
    assert isinstance(other, ExhibitCase) and isinstance(broken, BuildErrorCase)
    fault = Boot(MACHINE, "triple-fault", 0, LOG, 0.5)
    assert other.prove(StubBoots(fault)) == "" and other.is_recorded()
    assert broken.prove(StubBoots(fault)) == "" and broken.is_recorded()
    found = [{k: v for k, v in each.items() if k != "digest"} for each in proof_of(build)["exhibits"]]
    assert found == [
        {
            "name": "other",
            "machine": "bios-pc-64M",
            "outcome": "triple-fault",
            "serial": "exhibit-other.bios-pc-64M.log",
        },
        {
            "name": "broken",
            "machine": "",
            "outcome": "build-error",
            "serial": "exhibit-broken.build.log",
        },
    ]
    assert "expected triple-fault, got exit 33" in other.prove(StubBoots(PASSED))
    assert [each["name"] for each in proof_of(build)["exhibits"]] == ["broken"]


def test_an_exhibit_that_should_not_build_and_does_fails(build: Path) -> None:
    broken = cases.exhibit_cases()[1]
    (build / "exhibit" / ENTRY / "broken" / "daybook.iso").write_bytes(b"an image")
    assert "it does build" in broken.prove(StubBoots(PASSED))
    (build / "exhibit" / ENTRY / "broken" / "build.log").write_text("another error\n")
    assert "no line of the log matches `error: undeclared`" in broken.prove(StubBoots(PASSED))


def test_what_the_journal_has_no_more_is_taken_away(build: Path) -> None:
    DAY.prove(StubBoots(PASSED))
    cases.exhibit_cases()[0].prove(StubBoots(replace(PASSED, outcome="triple-fault")))
    proof = build / "at" / ENTRY / f"tangled/proof/{ENTRY}.expect"
    proof.write_text(proof.read_text().replace("64M", "512M"))
    (build / "exhibits.txt").write_text("")
    cases.prune_evidence()
    assert (proof_of(build)["machines"], proof_of(build)["exhibits"]) == ([], [])


@pytest.mark.parametrize(("height", "recorded"), [(400, False), (768, True)])
def test_a_run_is_recorded_with_a_screen_when_the_kernel_uses_it(
    build: Path, monkeypatch: pytest.MonkeyPatch, height: int, recorded: bool
) -> None:
    monkeypatch.setattr(cases, "measure", lambda _iso, _machine: MEASURED)
    picture = b"\x89PNG".ljust(20, b"\0") + height.to_bytes(4, "big")
    halted = replace(HALTED, seen=replace(HALTED.seen, screen=picture))
    case = HaltCase(Day(ENTRY), MACHINE.without_debug_exit(), with_screen=True)
    assert case.prove(StubBoots(halted)) == "" and case.is_recorded()
    assert ("screen" in proof_of(build)) == recorded
    assert (build / "evidence" / ENTRY / "screen.png").exists() == recorded
    run = run_of(build)
    line = {"instructions": 3, "text": "first light", "address": "0x10012a", "source": None}
    assert (run["format"], run["instructions"], run["serial"]) == (2, 7, [line])
    assert run["cpus"][0]["flags"] == {"CR0": ["PE", "ET"], "CR4": [], "EFER": []}
    assert "it should halt, and ended by exit 33" in case.prove(StubBoots(PASSED))
    assert not (build / "evidence" / ENTRY / "run.json").exists() and not case.is_recorded()


@pytest.fixture
def recorded(build: Path, monkeypatch: pytest.MonkeyPatch) -> HaltCase:
    """A case whose run in full has been recorded."""
    monkeypatch.setattr(cases, "measure", lambda _iso, _machine: MEASURED)
    case = HaltCase(Day(ENTRY), MACHINE.without_debug_exit(), with_screen=True)
    assert case.prove(StubBoots(HALTED)) == "" and case.is_recorded()
    return case


@pytest.mark.parametrize("format", [1, None])
def test_a_run_of_another_format_is_not_recorded(build: Path, recorded: HaltCase, format: int | None) -> None:
    run = run_of(build)
    del run["format"]
    other = run if format is None else {"format": format} | run
    (build / "evidence" / ENTRY / "run.json").write_text(json.dumps(other))
    assert not recorded.is_recorded()
    assert recorded.prove(StubBoots(HALTED)) == "" and recorded.is_recorded() and run_of(build)["format"] == 2


def test_sources_follow_the_journal_without_a_boot(
    build: Path, monkeypatch: pytest.MonkeyPatch, recorded: HaltCase
) -> None:
    """Prose moves code to another line: the image stays as it is, and the ELF file knows better."""
    before = run_of(build)
    moved = [Frame("_start", f"journal/{ENTRY}.nw", 152)]
    monkeypatch.setattr(log_sources, "frames", lambda _elf, addresses: [moved for _ in addresses])
    cases.renew_sources()
    (line,) = run_of(build)["serial"]
    assert line["source"] == {"file": f"journal/{ENTRY}.nw", "line": 152, "function": "_start"}
    assert run_of(build) | {"serial": []} == before | {"serial": []} and recorded.is_recorded()


def test_sources_of_another_image_stay_as_they_are(
    build: Path, monkeypatch: pytest.MonkeyPatch, recorded: HaltCase
) -> None:
    """Its addresses mean nothing in the ELF file that is there now."""
    before = run_of(build)
    (build / "at" / ENTRY / "daybook.iso").write_bytes(b"another image")
    moved = [Frame("_start", f"journal/{ENTRY}.nw", 152)]
    monkeypatch.setattr(log_sources, "frames", lambda _elf, addresses: [moved for _ in addresses])
    cases.renew_sources()
    assert run_of(build) == before and not recorded.is_recorded()


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        (f"at/{ENTRY}/daybook.iso", "`make days` makes it"),
        (f"at/{ENTRY}/tangled/proof/{ENTRY}.expect", f"{ENTRY} has no proof: define the chunk"),
    ],
)
def test_a_day_that_is_not_whole_says_so(build: Path, missing: str, sentence: str) -> None:
    assert cases.unusable(Day(ENTRY)) == ""
    (build / missing).unlink()
    assert sentence in cases.unusable(Day(ENTRY))
    assert cases.day_cases() == []


def test_an_exhibit_that_is_not_whole_says_so(build: Path) -> None:
    (build / "exhibit" / ENTRY / "other" / "daybook.iso").unlink()
    assert "`make exhibits` makes it" in cases.unusable(Exhibit(ENTRY, "other"))
    (build / "at" / ENTRY / f"tangled/proof/{ENTRY}.broken.expect").unlink()
    assert "the exhibit broken" in cases.unusable(Exhibit(ENTRY, "broken"))
