"""Asks the tests about mutants."""

import re
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock, get_ident
from typing import Protocol

from operators import Mutant, read
from programs import WORKERS, Broken, Programs, Sources, Verdict, run_tests
from results import Results

QUICK = 0.1  # CPU seconds: tests that take longer are run after the others, each by itself


class Judge:
    """Runs the tests with one mutant after the other."""

    def __init__(self, sources: Sources, wanted: list[Mutant], out: Path) -> None:
        self.numbered = dict(enumerate(wanted, 1))
        self.sources, self.programs = sources, Programs(sources, out)
        self.programs.make_header()
        self.tests = self.programs.build(self.numbered, "switched")
        record = out / "met"
        verdict = run_tests(self.tests, 3600, "*", {"MET": str(record)})
        if verdict.killed:
            raise Broken(f"the tests fail without any mistake, at {verdict.by}; run build/tests/host_tests")
        self.cpu_seconds: dict[str, float] = {}
        self.tests_that_meet: dict[int, list[str]] = {number: [] for number in self.numbered}
        for line in record.read_text().splitlines():
            test, microseconds, *met = line.split()
            self.cpu_seconds[test] = int(microseconds) / 1e6
            for number in met:
                self.tests_that_meet[int(number)].append(test)
        self.of_file = {
            source: sum(self.cpu_seconds.get(f"{s}.{t}", 0) for s, t in re.findall(r"^TEST(?:_F)?\((\w+), (\w+)\)", read(source), re.M))
            for source in sources.tests
        }
        self.places: dict[int, str] = {}
        self.lock = Lock()

    def judge(self, number: int) -> Verdict:
        mutant = self.numbered[number]
        verdict = Verdict(False)
        if mutant.around is not None:
            verdict = self.run_switched(number)
        if not verdict.killed and (mutant.may_be_constant or not self.tests_that_meet[number]):
            with self.lock:
                self.programs.parts  # made by the first that needs them
                place = self.places.setdefault(get_ident(), f"alone.{len(self.places)}")
            verdict = self.programs.judge_alone(mutant, place, self.of_file)
        return verdict

    def run_switched(self, number: int) -> Verdict:
        met = self.tests_that_meet[number]
        quick = [test for test in met if self.cpu_seconds[test] < QUICK]
        slow = sorted(set(met) - set(quick), key=lambda test: self.cpu_seconds[test])
        for tests in [quick] * bool(quick) + [[test] for test in slow]:
            verdict = run_tests(self.tests, 3 * sum(self.cpu_seconds[t] for t in tests), ":".join(tests), {"MUTANT": str(number)})
            if verdict.killed:
                return verdict
        return Verdict(False)


class AnyJudge(Protocol):
    numbered: dict[int, Mutant]

    def judge(self, number: int) -> Verdict: ...


def judge_all(new_judge: Callable[[list[Mutant]], AnyJudge], asked: list[Mutant], results: Results) -> None:
    """Asks a judge of what is not known yet. What is known by then is kept if somebody stops it."""
    missing = [mutant for mutant in asked if results.get(mutant) is None]
    if not missing:
        return
    judge, lock = new_judge(missing), Lock()
    count: Counter[str] = Counter()

    def one(number: int) -> None:
        verdict = judge.judge(number)
        with lock:
            results.put(judge.numbered[number], verdict)
            count["killed" if verdict.killed else "survive"] += 1
            if sum(count.values()) % 50 == 0:
                print(f"{sum(count.values())} of {len(missing)} mutants, {count['survive']} survive", file=sys.stderr, flush=True)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(one, judge.numbered))
