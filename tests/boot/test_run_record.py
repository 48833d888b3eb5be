"""One run of every day in full: it agrees with what the kernel itself says, and is the same every time."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import store
from machine import evidence
from machine.boots import Boots
from machine.cases import RunCase, run_cases
from machine.machines import Machine
from machine.measure import Line, MeasureError, measure, timed_lines
from machine.screen import PAST_THE_KERNEL
from machine.trees import ROOT, Day, Exhibit, entries, exhibits

CASES = run_cases()
pytestmark = pytest.mark.all


def test_every_day_has_one() -> None:
    assert [case.day.entry for case in CASES] == entries()


@pytest.fixture
def kept(case: RunCase, boots: Boots, tmp_path: Path) -> Path:
    """The folder of what is kept of the run, which is made now if it is not there."""
    assert not case.settle(boots)
    assert store.known(case.key(), tmp_path) is not None
    return tmp_path


@pytest.fixture
def run(case: RunCase, kept: Path) -> dict[str, Any]:
    """The record, with the places in the journal as they are now."""
    evidence.write(case.day.entry, [case])
    record = json.loads((evidence.EVIDENCE / case.day.entry / "run.json").read_text())
    assert (record["entry"], record["machine"]) == (case.day.entry, case.machine.name)
    return record


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "EVIDENCE", tmp_path / "evidence")


@pytest.mark.parametrize("case", CASES)
def test_a_run_agrees_with_the_kernel(case: RunCase, run: dict[str, Any], kept: Path) -> None:
    log = (kept / "log").read_text().replace(f"{PAST_THE_KERNEL}\n", "")
    lines = [line["text"] for line in run["serial"]]
    assert lines[0] == "Daybook: first light"
    assert "\n".join([*lines, "No debug-exit device here: the kernel halts."]) in log.rstrip()
    times = [line["instructions"] for line in run["serial"]]
    assert times == sorted(times) and 0 < times[0] and times[-1] < run["instructions"]

    cpu = run["cpus"][0]
    assert cpu["halted"] and int(cpu["tables"]["CS"]["selector"], 16) != 0
    said = re.search(r"^64-bit: CR0 = (0x\w+), CR4 = (0x\w+), EFER = (0x\w+)$", log, re.MULTILINE)
    assert bool(said) == bool(run["paging"])
    if said:
        # Nothing changes these registers once the kernel has printed them, save that system calls are turned on (EFER.SCE).
        turned_on = int("SCE" in cpu["flags"]["EFER"])
        assert tuple(cpu["registers"][name] for name in ("CR0", "CR4")) == said.groups()[:2]
        assert int(cpu["registers"]["EFER"], 16) == int(said[3], 16) + turned_on
        assert cpu["registers"]["CR3"] == run["paging"]["cr3"]
        assert cpu["flags"]["EFER"] == ["SCE"] * turned_on + ["LME", "LMA", "NXE"]
    regions = re.search(r"^memory map: (\d+) regions", log, re.MULTILINE)
    assert len(run["memory_map"]) == (int(regions[1]) if regions else 0)
    assert bool(run["pool"]) == ("page table space:" in log)
    assert sum(int(region["end"], 16) - int(region["start"], 16) for region in run["ram"]) > 60 << 20
    if run["paging"]:
        top = run["paging"]["tree"][0]
        assert (top["address"], top["level"]) == (run["paging"]["cr3"], 4)
        assert len(run["paging"]["tree"]) == run["paging"]["tables"]
    assert int(run["symbols"]["kernel_start"], 16) < int(run["symbols"]["kernel_end"], 16)
    assert run["sizes"]["sections"] and run["sizes"]["source_lines"]["NASM"] > 0


@pytest.mark.parametrize("case", CASES)
def test_every_line_leads_to_the_journal(case: RunCase, run: dict[str, Any]) -> None:
    """To a line of code that calls a printer, in an entry that the day has; a program's line to where the kernel is called."""
    for line in run["serial"]:
        source = line["source"]
        assert source, line
        assert source["file"] <= f"journal/{case.day.entry}.nw", line
        code = (ROOT / source["file"]).read_text().splitlines()[source["line"] - 1]
        assert re.search(r"\b(?:call|jmp) +print|console::print\(|call +\[system_calls", code), (line, code)


# What knows the words of a line that begins so, on every day that says it.
KNOWS = {"Daybook: ": {"_start"}, "CR0 = ": {"print_cr0"}, "64-bit: ": {"kernel_main", "set_up"}}


@pytest.mark.parametrize("case", CASES)
def test_lines_lead_to_what_knows_the_words(case: RunCase, run: dict[str, Any]) -> None:
    for start, functions in KNOWS.items():
        assert {line["source"]["function"] for line in run["serial"] if line["text"].startswith(start)} <= functions


def test_each_of_these_words_is_said(boots: Boots, tmp_path: Path) -> None:
    assert not CASES[-1].settle(boots) and store.known(CASES[-1].key(), tmp_path) is not None
    log = (tmp_path / "log").read_text()
    assert all(f"\n{start}" in log for start in KNOWS)


@pytest.mark.parametrize("case", [case for case in CASES if "page-tables" in case.day.checks()])
def test_the_page_tables_are_as_many_as_the_kernel_says(case: RunCase, run: dict[str, Any]) -> None:
    taken = next(line["text"] for line in run["serial"] if line["text"].startswith("page tables: "))
    built = int(taken.split()[2]) // 4
    # It says so before the screen is mapped, on the days when that comes later.
    assert built == run["paging"]["tables"]
    assert not any(extent["writable"] and extent["executable"] for extent in run["paging"]["extents"])


WAITING = Day(entries()[5])  # its kernel waits for a second CPU, most of the time
LOST = [Exhibit(entry, name) for entry, name in exhibits() if name == "take-the-first-page"]
PLUGIN = [ROOT / "tests/boot/plugin/count.c"]


@pytest.mark.kept(WAITING, files=PLUGIN)
def test_the_count_is_the_same_every_time() -> None:
    once, again = (measure(WAITING.iso, Machine.parse("bios-pc-64M")) for _ in range(2))
    assert once == again
    assert once.instructions > 20_000_000


@pytest.mark.kept(*LOST, files=PLUGIN)
def test_a_kernel_that_does_not_end_cannot_be_measured() -> None:
    (exhibit,) = LOST
    with pytest.raises(MeasureError, match="did not come to its exit: triple-fault"):
        measure(exhibit.iso, exhibit.proof().machines()[0])


def test_lines_are_timed_by_their_first_byte() -> None:
    times = [10, 11, 12, 13, 20, 21, 22, 23]  # "ab\r\n" "cd\r\n"
    callers = [0xA, 0xB, 0xB, 0xB, 0xC, 0xC, 0xD, 0xD]
    sent = list(zip(times, callers, strict=True))
    assert timed_lines("GRUB\nab\ncd\n", sent) == [Line(10, "ab", 0xA), Line(20, "cd", 0xC)]
    with pytest.raises(MeasureError):
        timed_lines("b\n", sent)
