"""What every boot test shares: readable names, verdicts that are known, kernels that are built and boots that begin ahead."""

import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

import figures
import store
from machine import pressure, run_figures, trees, verdicts
from machine.assembled import build_kernel
from machine.boots import Boots
from machine.cases import MATRIX, Case, DayCase, covered, unsettled

HERE = Path(__file__).parent
PROGRAMS = ("build/map-check", "build/tests/count.so", "build/tests/programs.so")
KEY = pytest.StashKey[str]()
CASES: dict[str, Case] = {}  # that the selected tests settle


def pytest_configure(config: pytest.Config) -> None:
    """The cases are read from the tangled proofs. Which tests are kept stands with them."""
    config.addinivalue_line("markers", "kept(*trees, files=()): it passes as long as these trees, files and the harness are the same")
    trees.tangle()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Parameters with a name of their own are shown by it."""
    return getattr(val, "test_id", None)


def case_of(item: pytest.Item) -> Case | None:
    """The case that the test settles."""
    case = item.callspec.params.get("case") if hasattr(item, "callspec") else None
    return case if isinstance(case, Case) else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """What has passed before passes; the kernels of the other tests are built, all at once."""
    if session.config.option.collectonly:
        return
    CASES.update((item.nodeid, case) for item in session.items if (case := case_of(item)))
    needed = [case.tree for case in unsettled(CASES.values())]
    for item in session.items:
        if not (mark := item.get_closest_marker("kept")):
            continue
        files = [item.path, Path(__file__), *mark.kwargs.get("files", ())]
        item.stash[KEY] = verdicts.key("test", mark.args, [], test=item.nodeid, files=files, matrix=MATRIX)
        if store.known(item.stash[KEY]) is not None:
            del item.stash[KEY]
            item.setup = item.runtest = lambda: None  # type: ignore[assignment]  # of this one item, not of all
        else:
            needed += [tree for tree in mark.args if not isinstance(tree, Path)]
    if needed:
        trees.build(needed)
        subprocess.run(["make", "-s", *PROGRAMS], cwd=trees.ROOT, check=True, stdout=subprocess.DEVNULL)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Generator[None, Any, None]:
    """What passes is kept."""
    outcome = yield
    if call.when == "call" and KEY in item.stash and outcome.get_result().passed:
        store.keep(item.stash[KEY], {})


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """How many boots, memory maps and refusals went well. What the site shows of that is recorded."""
    if pressure.TABLE.rows:
        terminalreporter.write_line(f"\n{pressure.TABLE.text()}")
        run_figures.record_machines()
    passed, failed = ([report.nodeid for report in terminalreporter.getreports(kind)] for kind in ("passed", "failed"))
    run_figures.record_maps(passed, failed)
    run_figures.record_injection()
    figures.recall()
    latest = [case for node in passed if isinstance(case := CASES.get(node), DayCase) and case.day == trees.newest()]
    pairs = covered((case.machine for case in latest), trees.newest().machines(every=True)) if latest else []
    for line in [*run_figures.summary(passed, failed), *(f"the newest kernel: {line}" for line in pairs), store.summary(store.COUNTS)]:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def boots() -> Iterator[Boots]:
    """The boots of this run. Those of all selected tests are started now, in the tests' order."""
    shared = Boots()
    for case in unsettled(CASES.values()):
        if case.boot_key:
            shared.start(case.boot_key)
    yield shared
    shared.cancel()


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the assembled kernels of must_fail/."""
    folder = tmp_path_factory.mktemp("must_fail")
    for source in sorted((HERE / "must_fail").glob("*.asm")):
        build_kernel(source, folder / f"{source.stem}.elf")
    return folder
