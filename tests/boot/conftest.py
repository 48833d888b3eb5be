"""What every boot test shares: readable names, boots that begin ahead, the kernels that must fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

from machine import pressure, run_figures
from machine.assembled import build_kernel
from machine.boots import Boots
from machine.cases import prune_evidence, renew_sources
from machine.memory_log import ReportError


def pytest_make_parametrize_id(val: object) -> str | None:
    """Parameters with a name of their own are shown by it."""
    return getattr(val, "test_id", None)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """How many boots, memory maps and refusals went well. What the site shows of that is recorded."""
    if pressure.TABLE.rows:
        terminalreporter.write_line(f"\n{pressure.TABLE.text()}")
        run_figures.record_machines()
    passed, failed = ([report.nodeid for report in terminalreporter.getreports(kind)] for kind in ("passed", "failed"))
    run_figures.record_maps(passed, failed)
    run_figures.record_injection()
    try:
        run_figures.record_owners()
    except ReportError as error:
        terminalreporter.write_line(f"who owns what is not known: {error}")
    for line in run_figures.summary(passed, failed):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def boots(request: pytest.FixtureRequest) -> Iterator[Boots]:
    """The boots of this run. Those of all selected tests are started now, in the tests' order."""
    prune_evidence()
    renew_sources()
    shared = Boots()
    for item in request.session.items:
        case = getattr(item, "callspec", None) and item.callspec.params.get("case")
        if key := getattr(case, "boot_key", None):
            shared.start(*key)
    yield shared
    shared.cancel()


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the assembled kernels of must_fail/."""
    folder = tmp_path_factory.mktemp("must_fail")
    for source in sorted((Path(__file__).parent / "must_fail").glob("*.asm")):
        build_kernel(source, folder / f"{source.stem}.elf")
    return folder
