"""Memory that is misused on the machine, in each way that the kernel has a word for."""

from dataclasses import replace

import pytest

from machine.elf import ElfError
from machine.misuses import MISUSES, Misuse
from machine.patched import patched
from machine.trees import BUILD, ROOT, newest

pytestmark = [pytest.mark.all, pytest.mark.kept(newest(), files=sorted((ROOT / "tests/boot").glob("misuse.*")))]

ELF = BUILD / "tests/misuse.elf"


@pytest.mark.parametrize("case", MISUSES)
def test_misuse_is_noticed(case: Misuse) -> None:
    if complaints := case.complaints(ELF):
        pytest.fail("\n".join(complaints), pytrace=False)


def test_another_end_is_noticed() -> None:
    nothing, *_, report = MISUSES
    assert "expected exit 37, got exit 33" in replace(nothing, outcome="exit 37").complaints(ELF)[0]
    assert replace(nothing, says=report.says).complaints(ELF)[0].startswith("the log does not say ")


def test_what_is_not_in_the_file_cannot_be_changed() -> None:
    with pytest.raises(ElfError, match="kernel_stackE is not in the file"), patched(ELF, "_ZN3cpu12kernel_stackE", 1):
        pass
