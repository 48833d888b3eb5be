"""The tests of the pages' emulator are skipped where it is not built: it needs a gigabyte of packages."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "boot"))

from emulator import folder  # noqa: E402


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder that has the emulator."""
    found = folder()
    if not found:
        pytest.skip("the emulator is not built; `make emulator` builds it")
    return found


def pytest_make_parametrize_id(val: object) -> str | None:
    """A day is shown by its entry."""
    return getattr(val, "entry", None)
