"""The models of threads hold what is claimed of them, in every order of steps, and every planted mistake is refuted."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from building.compiler import version
from planted import MUTANTS

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent


def check(*arguments: str | Path) -> tuple[int, str]:
    run = subprocess.run([HERE / "check", *arguments], cwd=ROOT, capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


def models(folder: Path) -> dict[str, Any]:
    """On what the verdicts depend."""
    spin = subprocess.run(["spin", "-V"], capture_output=True, text=True, check=True).stdout
    return {"models": sorted(folder.iterdir()), "own": [HERE / "check", HERE / "planted.py"], "tools": [spin, version("gcc")]}


@pytest.mark.depends(models, ROOT / "tangled/proof/model")
def test_every_claim_holds() -> None:
    status, said = check("tangled")
    assert status == 0, said
    states = [int(number.replace(",", "")) for number in re.findall(r"^proved  .*: ([\d,]+) states$", said, re.MULTILINE)]
    assert len(states) == 6 and min(states) > 1000 and max(states) > 500_000, said


@pytest.mark.depends(models, ROOT / "tangled/proof/model")
def test_every_planted_mistake_is_refuted() -> None:
    status, said = check("--mutants", "tangled")
    assert status == 0, said
    assert said.count("refuted ") == len(MUTANTS) >= 20


def test_a_violation_is_shown_step_by_step(tmp_path: Path) -> None:
    """Who waits without a look sleeps over a signal that is there."""
    (mistake,) = [mutant for mutant in MUTANTS if mutant.name == "who waits does not look"]
    folder = tmp_path / "proof/model"
    folder.mkdir(parents=True)
    for file in (ROOT / "tangled/proof/model").iterdir():
        (folder / file.name).write_text(file.read_text().replace(mistake.old, mistake.new))
    status, said = check(tmp_path)
    steps = r"^refuted anything.pml, 2 .*: assertion violated .*waiter.*\nthread (.), .*: +signal\(.*\nthread \1, .*: +await_signal\(.*\nrefuted"
    assert status == 1 and re.search(steps, said, re.MULTILINE), said


@pytest.mark.parametrize(("arguments", "complaint"), [([], "usage: check"), (["--old"], "usage: check"), (["nowhere"], "check: .*nowhere/proof/model")])
def test_bad_arguments_are_errors(arguments: list[str], complaint: str) -> None:
    status, said = check(*arguments)
    assert status == 2 and re.search(complaint, said)
