"""The verdicts on mutants, kept from run to run; FRESH=1 forgets them."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import store
from building.compiler import version
from directives import code
from operators import Mutant, read
from programs import HERE, OPTIONS, ROOT, Sources, Verdict

TEST = re.compile(r"^TEST(?:_F)?\((\w+), (\w+)\)\n\{.*?^\}\n", re.MULTILINE | re.DOTALL)
TOOL = ["operators.py", "schemata.py", "switch.hpp", "main.cpp"]


def digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def digest_of_kernel(sources: Sources) -> str:
    """Of all files that the kernel is compiled from, wherever the journal has them."""
    files = sorted(set(sources.kernel).union(*sources.reached.values()))
    return digest([[line for _, line in code(read(sources.tree / file))] for file in files])


class HostTests:
    """What a verdict of the host tests comes from."""

    def __init__(self, sources: Sources) -> None:
        self.kernel = digest_of_kernel(sources)
        shared = [HERE / name for name in TOOL] + sources.helpers + sorted((ROOT / "tests/maps").glob("*"))
        for folder in sorted({path.parent for path in [*sources.tests, *sources.helpers]}):
            shared += sorted(folder.glob("*.hpp"))
        self.shared = digest(OPTIONS, version("g++"), [read(file) for file in shared])
        self.texts = {test: read(test) for test in sources.tests}

    def basis(self, mutant: Mutant, verdict: Verdict) -> str:
        """One that was killed depends on the test that did it; one that was not, on all."""
        killer = tuple(verdict.by.split("."))
        texts = []
        for text in self.texts.values():
            if not verdict.killed:
                texts.append(text)
            elif killer in (match.groups() for match in TEST.finditer(text)):
                texts.append(TEST.sub(lambda match: match[0] if match.groups() == killer else "", text))
        return digest(mutant.name, self.kernel, self.shared, texts)


class Results:
    """Verdicts in the store, each of which holds as long as its basis, a digest of all that it comes from, is the same."""

    def __init__(self, basis: Callable[[Mutant, Verdict], str]) -> None:
        self.basis = basis
        self.found: dict[str, Verdict] = {}  # of this run

    def get(self, mutant: Mutant) -> Verdict | None:
        key = store.key("mutant", name=mutant.name)
        if key not in self.found and (entry := store.known(key)):
            verdict = Verdict(entry["killed"], entry["by"])
            if entry["basis"] == self.basis(mutant, verdict):
                self.found[key] = verdict
        return self.found.get(key)

    def __getitem__(self, mutant: Mutant) -> Verdict:
        verdict = self.get(mutant)
        assert verdict is not None, mutant.name
        return verdict

    def put(self, mutant: Mutant, verdict: Verdict) -> None:
        key = store.key("mutant", name=mutant.name)
        self.found[key] = verdict
        store.keep(key, asdict(verdict) | {"basis": self.basis(mutant, verdict)})
