"""The tests of the pages' emulator are skipped where it is not built: it needs a gigabyte of packages."""

from pathlib import Path

import pytest

from emulator import folder


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
