"""The verdicts on mutants, kept from run to run."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

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
        self.shared = digest(OPTIONS, [read(file) for file in shared])
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
    """The verdicts of earlier runs, each of which holds as long as its basis, a digest of all that it comes from, is the same."""

    def __init__(self, path: Path, basis: Callable[[Mutant, Verdict], str], forget: bool) -> None:
        self.path, self.basis = path, basis
        self.known = json.loads(path.read_text()) if path.exists() and not forget else {}

    def get(self, mutant: Mutant) -> Verdict | None:
        entry = self.known.get(repr(mutant.name))
        verdict = Verdict(entry["killed"], entry["by"]) if entry else None
        return verdict if verdict and entry.get("basis") == self.basis(mutant, verdict) else None

    def put(self, mutant: Mutant, verdict: Verdict) -> None:
        self.known[repr(mutant.name)] = asdict(verdict) | {"basis": self.basis(mutant, verdict)}

    def save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.known, indent=0))
