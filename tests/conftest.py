"""What the tests start finds the modules in tools/, as they do themselves (pytest.ini). Which tests a shard runs, and which have
passed before and would again."""

import os
import re
import zlib
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

import store

ROOT = Path(__file__).resolve().parents[1]
DAY = re.compile(r"\d{4}-\d\d-\d\d[a-z]*-[\w-]+")

os.environ["PYTHONPATH"] = str(ROOT / "tools")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """SHARD=2/4: of the days, every fourth from the second one on; what belongs to no day is shared out by its name."""
    number, _, count = os.environ.get("SHARD", "1/1").partition("/")
    if not (number.isdigit() and count.isdigit() and 1 <= int(number) <= int(count)):
        raise pytest.UsageError(f"SHARD must be like 2/4, not {os.environ['SHARD']}")
    days = sorted(file.stem for file in (ROOT / "journal").glob("*.nw"))

    def is_of_shard(item: pytest.Item) -> bool:
        day = DAY.search(item.name)
        place = days.index(day[0]) if day and day[0] in days else zlib.crc32(item.location[0].encode())
        return place % int(count) == int(number) - 1

    others = [item for item in items if not is_of_shard(item)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if is_of_shard(item)]


@pytest.hookimpl(hookwrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, None]:
    """mark.depends(ON, ARGUMENT...): that the test passes depends on what ON(ARGUMENT...) says, {"name": value, ...} (store.key), and
    on the test's own file."""
    mark = pyfuncitem.get_closest_marker("depends")
    if mark is None:
        yield
        return
    on, *arguments = mark.args
    key = store.key(pyfuncitem.path.parent.name, test=pyfuncitem.name, file=pyfuncitem.path, **on(*arguments))
    is_known = store.known(key) is not None
    if is_known:
        pyfuncitem.obj = lambda **_fixtures: None
    outcome = yield
    if not is_known and outcome.excinfo is None:
        store.keep(key, {})
