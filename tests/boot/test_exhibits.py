"""Every variant that an entry tries fails, or behaves, exactly as its proof says."""

import pytest

from machine.boots import Boots
from machine.cases import BuildErrorCase, ExhibitCase, exhibit_cases, unusable, usable_days
from machine.trees import Exhibit, exhibits


@pytest.mark.parametrize(("entry", "name"), exhibits())
def test_exhibit_is_whole(entry: str, name: str) -> None:
    assert not (why := unusable(Exhibit(entry, name))), why


def test_every_proof_of_an_exhibit_has_its_exhibit() -> None:
    known = {f"{entry}.{name}" for entry, name in exhibits()}
    for day in usable_days():
        for proof in (day.folder / "tangled/proof").glob(f"{day.entry}.*.expect"):
            assert proof.stem in known, f"{proof} proves an exhibit that {day.entry} does not have"


@pytest.mark.all
@pytest.mark.parametrize("case", exhibit_cases())
def test_exhibit(case: ExhibitCase | BuildErrorCase, boots: Boots) -> None:
    if failure := case.settle(boots):
        pytest.fail(failure, pytrace=False)
