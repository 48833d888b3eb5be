"""The mutation tests themselves: which mistakes are made of a text, what is said of them, and a few in the memory code.

(All of them: make mutants.)
"""

import re
from pathlib import Path

import pytest

import store
from boots import MACHINE, Trial, kernel_sources, met
from explained import read_explained, shown
from judge import Judge, judge_all
from kernels import Kernel, chosen
from machine.misuses import MISUSES
from operators import Mutant, mutants
from programs import Sources
from report import report
from results import HostTests, Results

ROOT = Path(__file__).resolve().parents[2]

# A line of code, and all that can become of it.
LINES = [
    ("return a < b;", ["return a <= b;", "return a >= b;"]),
    ("return a == 7;", ["return a != 7;", "return a == 6;", "return a == 8;"]),
    ("return a && !b;", ["return !(a && !b);", "return a || !b;", "return a && b;"]),
    ("return true;", ["return false;"]),
    ("a = b + c * d;", [";", "a = b - c * d;", "a = b + c / d;"]),
    ("a = b % c << d;", [";", "a = b * c << d;", "a = b % c >> d;"]),
    ("a = b & ~c;", [";", "a = b | ~c;", "a = b & c;"]),
    ("a = -b ^ c;", [";", "a = b ^ c;", "a = -b & c;"]),
    ("a += b;", [";", "a -= b;"]),
    ("++a;", [";", "--a;"]),
    ("a--;", [";", "a++;"]),
    ("use(a);", [";"]),
    ("if (same(a)) use(b);", ["if (!(same(a))) use(b);", "if (same(a)) ;"]),
    ("while (same(a)) {}", ["while (!(same(a))) {}"]),
    ("for (; same(a); ++a) {}", ["for (; !(same(a)); ++a) {}", "for (; same(a); --a) {}", "for (; same(a); (void)0) {}"]),
    ("return same(a) ? true : false;", ["return !(same(a)) ? true : false;", "return same(a) ? false : false;",
                                       "return same(a) ? true : true;", "return !(same(a) ? true : false);"]),
    ("a = 0x10;", [";", "a = 0xf;", "a = 0x11;"]),
    ("unsigned char bytes[9]; use(*bytes);", [";", "unsigned char bytes[8]; use(*bytes);", "unsigned char bytes[10]; use(*bytes);"]),
    ("static_assert(1 + 1 == 2);", []),
    ("// return a + b;", []),
    ('say("a < b");', [";"]),
]  # fmt: skip


def named(text: str) -> str:
    """In a namespace, as all of the kernel's own code is."""
    return f"namespace toy {{\n{text}}}\n"


def of_line(tmp_path: Path, line: str) -> list[str]:
    before = "void use(unsigned); bool same(unsigned); void say(const char*);\nbool f(unsigned a, unsigned b, unsigned c, unsigned d)\n"
    (tmp_path / "toy.cpp").write_text(named(f"{before}{{\n{line}\nreturn f(a, b, c, d);\n}}\n"))
    found = mutants(tmp_path, "toy.cpp")
    return [m.new_line for m in found if m.old_line == line]


@pytest.mark.parametrize(("line", "become"), LINES, ids=[line for line, _ in LINES])
def test_each_mistake_is_made(tmp_path: Path, line: str, become: list[str]) -> None:
    made = of_line(tmp_path, line)
    # What is deleted leaves its semicolon, and what else is on the line.
    assert sorted(re.sub(r"^unsigned char bytes\[9\]; ;$", ";", each) for each in made) == sorted(become)


def test_an_enumerator_becomes_the_next(tmp_path: Path) -> None:
    (tmp_path / "toy.cpp").write_text(named("enum class e { a, b, c };\ne f(bool x)\n{\n    return x ? e::a : e::c;\n}\n"))
    found = [m.new_line for m in mutants(tmp_path, "toy.cpp")]
    assert found == ["return !(x) ? e::a : e::c;", "return x ? e::b : e::c;", "return x ? e::a : e::a;"]


def test_a_constant_is_the_compilers(tmp_path: Path) -> None:
    (tmp_path / "toy.hpp").write_text(named("constexpr int size = 8;\nenum e { a = 1 };\ninline int f(int x) { return x * 2; }\n"))
    found = {m.old_line: m.around is None for m in mutants(tmp_path, "toy.hpp")}
    assert found == {"constexpr int size = 8;": True, "enum e { a = 1 };": True, "inline int f(int x) { return x * 2; }": False}


def test_what_is_in_no_namespace_is_of_the_kernels_tests(tmp_path: Path) -> None:
    (tmp_path / "toy.cpp").write_text("static int size = 8;\nstatic int f(int x) { return x * 2; }\nnamespace a { int f(); }\nint a::f() { return 3; }\n")
    assert {m.old_line for m in mutants(tmp_path, "toy.cpp")} == {"int a::f() { return 3; }"}


def test_a_mutant_is_found_again_when_lines_move(tmp_path: Path) -> None:
    text = '#line 7 "journal/day.nw"\nint f(int x)\n{\n    return x + 1;  // why\n}\n'
    (tmp_path / "toy.cpp").write_text(named(text))
    first = mutants(tmp_path, "toy.cpp")
    assert {m.journal(tmp_path) for m in first} == {"journal/day.nw:9"}
    (tmp_path / "toy.cpp").write_text(named(f"int g();\n{text}"))
    assert [m.name for m in mutants(tmp_path, "toy.cpp")] == [m.name for m in first]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs are made; GoogleTest's header is compiled there once."""
    return tmp_path_factory.mktemp("mutation")


def toy(folder: Path, assertion: str) -> Sources:
    tree = folder / "tree"
    (tree / "toy").mkdir(parents=True)
    (tree / "toy/toy.hpp").write_text(named("constexpr int size = 8;\nint larger(int a, int b);\n") + "using namespace toy;\n")
    (tree / "toy/toy.cpp").write_text(
        '#line 5 "journal/toy.nw"\n#include "toy/toy.hpp"\nint toy::larger(int a, int b)\n{\n    return a < b ? b : a;\n}\n'
    )
    test = folder / "toy_test.cpp"
    test.write_text(f'#include "toy/toy.hpp"\n#include <gtest/gtest.h>\nTEST(Larger, OfTwo)\n{{\n    {assertion}\n}}\n')
    return Sources(tree, ["toy/toy.cpp"], [test], [], [])


def test_what_survives_is_told_and_must_be_explained(
    tmp_path: Path, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "FOLDER", tmp_path / "verdicts")
    sources = toy(tmp_path, "EXPECT_EQ(larger(1, 2), 2);\n    EXPECT_EQ(size, 8);")
    files = sources.mutated(["toy"])
    assert files == ["toy/toy.cpp", "toy/toy.hpp"]
    asked = [mutant for file in files for mutant in mutants(sources.tree, file)]
    results = Results(HostTests(sources).basis)
    judge_all(lambda wanted: Judge(sources, wanted, out), asked, results)

    def said(reasons: dict) -> tuple[bool, str]:
        capsys.readouterr()
        is_well = report(asked, results, reasons, sources.tree, is_all=True)
        return is_well, capsys.readouterr().out

    survivor = ("toy/toy.cpp", "larger", "return a < b ? b : a;", "return a <= b ? b : a;", 1)
    is_well, text = said({})
    assert not is_well
    assert re.search(r"toy/toy.cpp +2 +1 +0 +1\n", text) and re.search(r"toy/toy.hpp +2 +2 +0 +0\n", text)
    assert f"journal/toy.nw:8: no test notices, and nothing explains:\n{shown(survivor)}" in text

    assert said({survivor: "of equals, either is the larger"})[0]

    killed = (*survivor[:3], "return a >= b ? b : a;", 1)
    is_well, text = said({survivor: "", killed: ""})
    assert not is_well and "an explanation is stale: Larger.OfTwo kills it now" in text

    is_well, text = said({survivor: "", (*survivor[:3], "return a;", 1): ""})
    assert not is_well and "an explanation is stale: there is no such mutant any more" in text

    # The next run knows it all, until a test has changed.
    assert all(Results(HostTests(sources).basis).get(mutant) for mutant in asked)
    sources.tests[0].write_text(sources.tests[0].read_text() + "// another\n")
    assert not any(Results(HostTests(sources).basis).get(mutant) for mutant in asked)


def test_explanations_are_read(tmp_path: Path) -> None:
    file = tmp_path / "explained"
    file.write_text("# why\n\na.cpp f\n- x < y\n+ x <= y\na.cpp c::g #2\n- h();\n+ ;\n  They are\n  the same.\n")
    assert read_explained(file) == {
        ("a.cpp", "f", "x < y", "x <= y", 1): "They are the same.",
        ("a.cpp", "c::g", "h();", ";", 2): "They are the same.",
    }
    for wrong in ("a.cpp f\n- x\n+ y\n", "  a reason\n", "a.cpp f\n- x\n", "a.cpp f\n- x\n+ y\na.cpp f\n- x\n+ y\n  twice\n"):
        file.write_text(wrong)
        with pytest.raises(ValueError, match="explained"):
            read_explained(file)


def test_a_few_mistakes_in_the_memory_code_are_noticed(out: Path) -> None:
    host = ROOT / "tests/host"
    tests = [host / "page_table_supply_test.cpp", host / "page_pt_space_test.cpp"]
    sources = Sources(ROOT / "tangled", ["page/table_supply.cpp", "page/pt_space.cpp"], tests, [], [f"-I{host}"])
    reasons = read_explained(ROOT / "tests/mutation/explained")

    def some(file: str, count: int) -> list[Mutant]:
        able = [m for m in mutants(sources.tree, file) if m.around is not None and m.name not in reasons]
        return able[:: len(able) // count][:count]

    asked = some("page/table_supply.cpp", 6) + some("page/pt_space.cpp", 6)
    results = Results(HostTests(sources).basis)
    judge_all(lambda wanted: Judge(sources, wanted, out), asked, results)
    assert [shown(m.name) for m in asked if not results[m].killed] == []
    assert len(asked) == 12


def test_a_mistake_of_a_kernel_is_chosen_in_its_file(out: Path) -> None:
    """Of what only a machine can run: the inventory forgets to count slabs."""
    sources = kernel_sources()
    numbered = dict(enumerate(mutants(sources.tree, "proof/kernel/inventory.cpp"), 1))
    (forgets_slabs,) = (number for number, mutant in numbered.items() if mutant.old_line.startswith("now.slabs =") and mutant.new == ";")
    elf = Kernel(sources, out / "machine").build_switched(numbered)
    (moves_objects,) = (each for each in MISUSES if each.test_id == "objects are kept in fewer slabs")
    trial = Trial(MACHINE, misuse=moves_objects)
    assert forgets_slabs in met(elf, trial, len(numbered))
    with chosen(elf, 0) as none, chosen(elf, forgets_slabs) as one:
        assert trial.complaints(none) == []
        assert "the log does not say " in trial.complaints(one)[0]
