"""The proofs prove what they say: today's code holds, the log's is refuted, and so is every planted mistake."""

import re
import subprocess
from pathlib import Path

import pytest
import z3
from depends import proof
from frames_properties import TABLE_SPACE
from llvm import Module, State, Unsupported
from mutants import MUTANTS
from properties import ALIGN, ALLOC, ALLOC_FIRST, POWER, SET
from table_properties import TABLES

ROOT = Path(__file__).resolve().parents[2]
OLD = ROOT / "build/at/2025-11-06-page-table-space/tangled"


def prove(*arguments: str | Path) -> tuple[int, str]:
    run = subprocess.run([ROOT / "tests/proof/prove", *arguments], cwd=ROOT, capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


def claims(said: str, verdict: str) -> set[str]:
    """The claims with this verdict."""
    return {line.partition(": ")[2] for line in said.splitlines() if line.startswith(verdict)}


@pytest.mark.depends(proof, ROOT / "tangled")
def test_everything_is_proved() -> None:
    status, said = prove("tangled")
    assert status == 0, said
    everything = {claim.text for subject in (ALLOC, ALLOC_FIRST, TABLE_SPACE, SET, ALIGN, POWER, *TABLES) for claim in subject.claims}
    assert claims(said, "proved ") == everything


@pytest.mark.depends(proof, OLD)
def test_that_of_the_log_is_refuted() -> None:
    status, said = prove("--old", OLD)
    assert status == 0, said
    refuted = claims(said, "refuted")
    assert refuted == {
        "what is handed out lies in the pool, and its end does not wrap",
        "what is handed out is aligned",
        "what is handed out was not in use before, and is in use from then on",
        "it refuses only when it must",
        "an alignment that is not a power of two is refused",
        "a refusal changes nothing",
        "the cursor stays in the pool",
    }
    counterexample = (
        r"    before: start_addr = 0x\w+, end_addr = 0x\w+, current_addr = 0x\w+\n"
        r"    called with size = 0x\w+, alignment = 0x\w+, returned 0x\w+\n"
        r"    after:  start_addr = 0x\w+, end_addr = 0x\w+, current_addr = 0x\w+\n"
    )
    assert len(re.findall(counterexample, said)) == len(refuted)


@pytest.mark.depends(proof, OLD)
def test_a_counterexample_is_one() -> None:
    """Each, computed again by hand, does what the log's function does, and breaks a rule."""
    _, said = prove("--old", OLD)
    for block in re.findall(r"^refuted .*\n((?:    .*\n){3})", said, re.MULTILINE):
        n = [int(number, 16) for number in re.findall(r"0x\w+", block)]
        start, end, current, size, alignment, answer, *after = n
        mask = (1 << 64) - 1
        address = (current + alignment - 1) & ~(alignment - 1) & mask
        cursor = (address + size) & mask
        assert after == [start, end, cursor]
        assert answer == (0 if cursor >= end else address)
        bad_alignment = alignment == 0 or alignment & (alignment - 1) != 0
        wrong_answer = answer != 0 and (bad_alignment or answer + size > end or answer < current)
        must_refuse = bad_alignment or -(-current // alignment) * alignment + size > end
        wrong_refusal = answer == 0 and (cursor != current or not must_refuse)
        assert wrong_answer or wrong_refusal or not start <= cursor <= end, block


@pytest.mark.depends(proof, ROOT / "tangled")
def test_every_planted_mistake_is_refuted() -> None:
    status, said = prove("--mutants", "tangled")
    assert status == 0, said
    assert said.count("refuted ") == len(MUTANTS) >= 70


@pytest.mark.parametrize(
    ("arguments", "complaint"), [([], "usage: prove"), (["--old"], "usage: prove"), (["nowhere"], "prove: .*pt_space.cpp does not compile")]
)
def test_bad_arguments_are_errors(arguments: list[str], complaint: str) -> None:
    status, said = prove(*arguments)
    assert status == 2 and re.search(complaint, said)


def function(body: str, rest: str = "") -> Module:
    return Module(f"define dso_local i64 @f(i64 noundef %x) #0 {{\nentry:\n{body}\n}}\n{rest}")


def ways(module: Module) -> list[State]:
    return module.run(module.functions["f"], [z3.BitVec("x", 64)], State([], {}, []))


@pytest.mark.parametrize(
    "body",
    [
        "  br label %entry",
        "  %1 = call i64 @elsewhere(i64 %x)\n  ret i64 %1",
        "  %1 = udiv i64 %x, 3\n  ret i64 %1",
        "  %1 = load i64, i64* @unknown, align 8\n  ret i64 %1",
        "  %1 = call i64 @llvm.bswap.i64(i64 %x)\n  ret i64 %1",
        "  switch i64 %x, label %entry []",
    ],
)
def test_what_is_not_understood_is_an_error(body: str) -> None:
    with pytest.raises(Unsupported):
        ways(function(body))


@pytest.mark.parametrize(
    ("body", "harmless"),
    [
        ("  %1 = add nuw i64 %x, 1\n  ret i64 %1", False),
        ("  %1 = add i64 %x, 1\n  ret i64 %1", True),
        ("  %1 = shl i64 1, %x\n  ret i64 %1", False),
        ("  %1 = lshr exact i64 %x, 1\n  ret i64 %1", False),
        ("  %1 = and i64 %x, 63\n  %2 = shl i64 1, %1\n  ret i64 %2", True),
        ("  unreachable", False),
    ],
)
def test_what_is_undefined_becomes_a_duty(body: str, harmless: bool) -> None:
    solver = z3.Solver()
    solver.add(z3.Or([z3.Not(z3.And(*way.duties, True)) for way in ways(function(body))]))
    assert (solver.check() == z3.unsat) == harmless


def test_a_call_is_run_in_place() -> None:
    twice = "define dso_local i64 @g(i64 %y) {\n  %2 = add i64 %y, %y\n  ret i64 %2\n}\n"
    (way,) = ways(function("  %1 = tail call i64 @g(i64 noundef %x) #3\n  ret i64 %1", twice))
    assert z3.simplify(way.result == 2 * z3.BitVec("x", 64)).eq(z3.BoolVal(True))


@pytest.mark.parametrize("number", [0, 1, 0x8000000000000001, (1 << 64) - 1, 0x5555])
def test_bits_are_counted(number: int) -> None:
    module = function("  %1 = call i64 @llvm.ctpop.i64(i64 %x) #6, !range !3\n  ret i64 %1")
    (way,) = module.run(module.functions["f"], [z3.BitVecVal(number, 64)], State([], {}, []))
    assert z3.simplify(way.result).as_long() == number.bit_count()


def test_each_function_has_its_own_local_structures() -> None:
    """Both have a %1; what the inner one stores is not seen in the outer one."""
    local = "  %1 = alloca %t, align 8\n  %2 = getelementptr inbounds %t, %t* %1, i64 0, i32 0\n  store i64 {}, i64* %2, align 8\n"
    inner = f"define dso_local i64 @g(i64 %y) {{\n{local.format('%y')}  ret i64 %y\n}}\n"
    outer = f"{local.format(5)}  %3 = call i64 @g(i64 noundef %x)\n  %4 = load i64, i64* %2, align 8\n  ret i64 %4"
    (way,) = ways(function(outer, inner))
    assert z3.simplify(way.result).eq(z3.BitVecVal(5, 64))
