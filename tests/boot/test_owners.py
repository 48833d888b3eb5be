"""Who owns what, on the site's page on memory: from the recorded logs of the newest kernel, or a sentence why not."""

import json
from pathlib import Path

import pytest

import figures
from machine import run_figures
from machine.cases import ends_well
from machine.memory_log import ReportError, owners
from machine.run_figures import record_owners
from machine.trees import Day, entries
from made_tree import empty_store

LOG = """screen: none
memory:
  the kernel: 0x100000 - 0x14c000
  its first stack: 0x10a000 - 0x10e000
  a module: 0x200000 - 0x200800
  a module: 0x300000 - 0x301000
free below 1 MiB: 624 KiB
page tables: 52 KiB
somebody new: 4 KiB
kernel objects: 8 KiB
kernel objects: 2 slabs
KTAP version 1
"""


def test_areas_and_sizes_are_in_kib_and_modules_are_added_up() -> None:
    assert owners(LOG) == {
        **{"the kernel": 304, "its first stack": 16, "modules": 6},
        **{"free below 1 MiB": 624, "page tables": 52, "somebody new": 4, "kernel objects": 8},
    }


@pytest.mark.parametrize("missing", ["memory:\n", "kernel objects: 2 slabs\n", "page tables: 52 KiB\n"])
def test_a_report_that_is_not_whole_is_none(missing: str) -> None:
    broken = LOG.replace(missing, "something else\n")
    with pytest.raises(ReportError):
        owners(broken)


@pytest.fixture
def evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the newest entry's evidence, with that log from each machine."""
    monkeypatch.setattr(figures, "FOLDER", tmp_path / "figures")
    empty_store(tmp_path / "store", monkeypatch)
    monkeypatch.setattr(figures, "kernel", lambda: "a kernel")
    monkeypatch.setattr(run_figures, "EVIDENCE", tmp_path / "evidence")
    folder = tmp_path / "evidence" / entries()[-1]
    folder.mkdir(parents=True)
    newest = Day(entries()[-1])
    for machine in filter(lambda machine: machine.serial and ends_well(newest, machine), newest.machines(every=False)):
        (folder / f"{machine.name}.log").write_text(LOG)
    return folder


def test_each_machine_has_a_column_and_each_owner_a_row(evidence: Path) -> None:
    record_owners()
    (table,) = json.loads((figures.FOLDER / "owners.json").read_text())["tables"]
    machines = [log.stem for log in evidence.glob("*.log")]
    assert (table["head"][0], sorted(table["head"][1:])) == ("Owner", sorted(machines))
    rows = {owner: set(cells) for owner, *cells in table["rows"]}
    assert list(rows)[0] == "the kernel" and rows["the kernel"] == {"304"}
    assert rows["free above 4 GiB"] == {"0"} and rows["somebody new"] == {"4"}


def test_a_log_without_a_report_is_named(evidence: Path) -> None:
    log = next(evidence.glob("*.log"))
    log.write_text("KTAP version 1\n")
    with pytest.raises(ReportError, match=f"{log}: it does not say who owns what"):
        record_owners()
    assert not figures.FOLDER.exists()


def test_without_a_log_of_each_machine_nothing_is_recorded(evidence: Path) -> None:
    next(evidence.glob("*.log")).unlink()
    record_owners()
    assert not figures.FOLDER.exists()
