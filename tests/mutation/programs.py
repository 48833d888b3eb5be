"""Compiles the host tests: with many mutants at once, to be chosen at run time, or with one of them; and runs them."""

import os
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from operators import Mutant, found_in, read, write
from schemata import woven

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
WORKERS = 2
OPTIONS = ["-std=c++20", "-O1", "-fsanitize=address,undefined,bounds-strict", "-fno-sanitize-recover=all", "-w", "-Wno-narrowing"]
# A mistake may eat memory, and never end: its process may not.
QUIET = {"ASAN_OPTIONS": "symbolize=0:hard_rss_limit_mb=3000", "UBSAN_OPTIONS": "symbolize=0", "LSAN_OPTIONS": "symbolize=0"}


class Broken(Exception):
    """What must compile, or pass, does not."""


@dataclass(frozen=True)
class Verdict:
    """How a mutant ended: killed, and by what; or not."""

    killed: bool
    by: str = ""


def compile_all(commands: list[list[str]]) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        for run in pool.map(lambda c: subprocess.run(c, cwd=ROOT, capture_output=True, text=True), commands):
            if run.returncode != 0:
                raise Broken(f"this does not compile:\n{' '.join(run.args)}\n{run.stderr[-4000:]}")


def run_tests(program: Path, cpu_seconds: float, filter: str, environment: dict[str, str]) -> Verdict:
    """Up to the first test that fails."""
    command = ["prlimit", f"--cpu={int(cpu_seconds) + 2}", str(program), "--gtest_fail_fast", f"--gtest_filter={filter}"]
    environment = {**os.environ, **QUIET, **environment}
    try:
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, errors="replace", timeout=3600)
    except subprocess.TimeoutExpired:
        return Verdict(True, "no test: it waits for ever")
    if run.returncode == 0:
        return Verdict(False)
    failed = re.search(r"^\[  FAILED  \] (\w+\.\w+)", run.stdout, re.MULTILINE)
    begun = re.findall(r"^\[ RUN      \] (\S+)", run.stdout, re.MULTILINE)
    return Verdict(True, failed[1] if failed else (begun or ["no test"])[-1])


@dataclass(frozen=True)
class Sources:
    """What the tests are made of: the kernel's files, below `tree`; the tests, each with a main part; what helps them."""

    tree: Path
    kernel: list[str]
    tests: list[Path]
    helpers: list[Path]
    includes: list[str]

    @cached_property
    def reached(self) -> dict[str, set[str]]:
        """By source, as a path: the kernel's files that it is compiled from, as paths below the tree."""
        reached = {}
        for source in [*(self.tree / file for file in self.kernel), *self.tests, *self.helpers]:
            command = ["g++", "-std=c++20", "-MM", *found_in(self.tree), *self.includes, str(source)]
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            if run.returncode != 0:
                raise Broken(run.stderr)
            words = run.stdout.replace("\\\n", " ").split()[1:]
            reached[str(source)] = {str(Path(w).relative_to(self.tree)) for w in words if Path(w).is_relative_to(self.tree)}
        return reached

    def mutated(self, folders: list[str]) -> list[str]:
        """The kernel's files of these folders that are part of the tests."""
        everything = set().union(*self.reached.values())
        return sorted(file for file in everything if file.removeprefix("proof/").split("/")[0] in folders)


class Programs:
    """Below `out`. Everything that includes a file finds the mutated one first."""

    def __init__(self, sources: Sources, out: Path) -> None:
        self.sources, self.out = sources, out

    def compile(self, source: Path, into: Path, first: Path | None = None) -> list[str]:
        into.parent.mkdir(parents=True, exist_ok=True)
        includes = [*(found_in(first) if first else []), *found_in(self.sources.tree), *self.sources.includes]
        header = self.out / "gtest.hpp" if source in self.sources.tests else HERE / "switch.hpp"
        return ["g++", *OPTIONS, "-include", str(header), *includes, "-c", str(source), "-o", str(into)]

    def make_header(self) -> None:
        """Compiles GoogleTest's header once for all."""
        header = self.out / "gtest.hpp"
        text = f'// {" ".join(OPTIONS)}\n#include "{HERE}/switch.hpp"\n#include <gtest/gtest.h>\n'
        if Path(f"{header}.gch").exists() and read(header) == text:
            return
        write(header, text)
        compile_all([["g++", *OPTIONS, "-x", "c++-header", str(header), "-o", f"{header}.gch"]])

    def link(self, objects: list[Path], program: Path) -> list[str]:
        return ["g++", *OPTIONS, *map(str, objects), "-lgtest", "-fuse-ld=gold", "-o", str(program)]

    def build(self, numbered: dict[int, Mutant], name: str) -> Path:
        """All tests with all these mutants, which wait to be chosen."""
        tree, objects, commands = self.out / name / "tree", [], []
        shutil.rmtree(tree, ignore_errors=True)  # the switches of another run have other numbers
        for file in {m.file for m in numbered.values()}:
            own = {number: m for number, m in numbered.items() if m.file == file}
            write(tree / file, woven(read(self.sources.tree / file), own))
        everything = [*((self.sources.tree / f, tree / f) for f in self.sources.kernel),
                      *((t, t) for t in [*self.sources.tests, *self.sources.helpers, HERE / "main.cpp"])]  # fmt: skip
        for source, changed in everything:
            into = self.out / name / (str(source).strip("/").replace("/", "_") + ".o")
            objects.append(into)
            commands.append(self.compile(changed if changed.exists() else source, into, tree))
        compile_all(commands)
        program = self.out / name / "tests"
        compile_all([self.link(objects, program)])
        return program

    def object_of(self, source: Path) -> Path:
        """As build({}, "plain") left it."""
        return self.out / "plain" / (str(source).strip("/").replace("/", "_") + ".o")

    @cached_property
    def parts(self) -> dict[Path, list[Path]]:
        """By test: the sources that its program is linked from. Makes the objects, without any mistake."""
        self.build({}, "plain")
        common = [*(self.sources.tree / file for file in self.sources.kernel), *self.sources.helpers]
        by_object = {self.object_of(source).name: source for source in common}
        library, parts = self.out / "plain/common.a", {}
        library.unlink(missing_ok=True)
        compile_all([["ar", "rcs", str(library), *(str(self.object_of(source)) for source in common)]])
        for test in self.sources.tests:
            own = [test, HERE / "main.cpp"]
            link = self.link([*map(self.object_of, own), library], self.out / "plain/tests") + ["-Wl,--trace"]
            said = subprocess.run(link, cwd=ROOT, capture_output=True, text=True).stdout
            parts[test] = own + [by_object[name] for name in re.findall(r"common\.a\((.*)\)$", said, re.MULTILINE)]
        return parts

    def judge_alone(self, mutant: Mutant, place: str, cpu_seconds: dict[Path, float]) -> Verdict:
        """Compiles the tests with this mutant alone, one test file after the other until one fails; `place` is nobody else's.
        `cpu_seconds`: what each file's tests take."""
        folder = self.out / place
        write(folder / "tree" / mutant.file, mutant.applied(read(self.sources.tree / mutant.file)))
        try:
            return self.judge_in(folder, mutant, cpu_seconds)
        finally:
            (folder / "tree" / mutant.file).unlink()

    def judge_in(self, folder: Path, mutant: Mutant, cpu_seconds: dict[Path, float]) -> Verdict:
        compiled: dict[Path, Path] = {}
        program = folder / "tests"
        # Those that include the file are the likeliest to fail.
        likely = sorted(self.sources.tests, key=lambda t: (mutant.file not in self.sources.reached[str(t)], cpu_seconds[t]))
        for test in likely:
            for source in self.parts[test]:
                if mutant.file not in self.sources.reached.get(str(source), ()):
                    compiled[source] = self.object_of(source)
                elif source not in compiled:
                    compiled[source] = folder / (source.stem + ".o")
                    changed = folder / "tree" / mutant.file if source == self.sources.tree / mutant.file else source
                    command = self.compile(changed, compiled[source], folder / "tree")
                    if subprocess.run(command, cwd=ROOT, capture_output=True).returncode != 0:
                        return Verdict(True, "the compiler")
            if not any(compiled[source].is_relative_to(folder) for source in self.parts[test]):
                continue
            compile_all([self.link([compiled[source] for source in self.parts[test]], program)])
            verdict = run_tests(program, 3 * cpu_seconds[test], "*", {})
            if verdict.killed:
                return verdict
        return Verdict(False)
