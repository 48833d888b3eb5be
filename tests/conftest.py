"""What the tests start finds the modules in tools/, as they do themselves (pytest.ini). And which of them a shard runs."""

import os
import re
import zlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DAY = re.compile(r"\d{4}-\d\d-\d\d[a-z]?-[\w-]+")

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
