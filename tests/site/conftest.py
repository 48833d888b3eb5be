"""The two sites that the tests look at: the sample, which has every case in it, and the journal."""

from pathlib import Path

import pytest

from woven import EVIDENCE, JOURNAL, SAMPLE, Site, run_weave, trees_for


def weave(out: Path, entries: list[Path], evidence: Path, **environment: str) -> Site:
    result = run_weave(out, entries, evidence, **environment)
    assert result.returncode == 0, result.stderr
    return Site(out, entries, evidence)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Site:
    entries = sorted((SAMPLE / "journal").glob("*.nw"))
    folder = tmp_path_factory.mktemp("woven")
    return weave(folder / "sample", entries, SAMPLE / "evidence", **trees_for(entries, folder))


@pytest.fixture(scope="session")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Site:
    entries = sorted(JOURNAL.glob("*.nw"))
    return weave(tmp_path_factory.mktemp("woven") / "journal", entries, EVIDENCE)


@pytest.fixture(params=["sample", "journal"])
def site(request: pytest.FixtureRequest) -> Site:
    return request.getfixturevalue(request.param)


def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    """A newcomer does not wait for what needs all of the journal, built and recorded."""
    for item in items:
        params = item.callspec.params if hasattr(item, "callspec") else {}
        if {"journal", "published", "recorded"} & {*item.fixturenames, params.get("site")}:
            item.add_marker(pytest.mark.all)
