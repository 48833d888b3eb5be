"""The verdicts on mutants, kept from run to run."""

import hashlib
import json
import re
from dataclasses import asdict
from pathlib import Path

from operators import Mutant, read
from programs import HERE, OPTIONS, ROOT, Sources, Verdict

TEST = re.compile(r"^TEST(?:_F)?\((\w+), (\w+)\)\n\{.*?^\}\n", re.MULTILINE | re.DOTALL)
TOOL = ["operators.py", "schemata.py", "switch.hpp", "main.cpp"]


def digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class Results:
    """The verdicts of earlier runs, which hold as long as nothing has changed that they come from."""

    def __init__(self, path: Path, sources: Sources, forget: bool) -> None:
        self.path = path
        tree = sources.tree
        kernel = sorted(set(sources.kernel).union(*sources.reached.values()))
        self.kernel = digest([re.sub(r"^(#line.*)?\n", "", read(tree / file), flags=re.MULTILINE) for file in kernel])
        shared = [HERE / name for name in TOOL] + sources.helpers + sorted((ROOT / "tests/maps").glob("*"))
        for folder in sorted({path.parent for path in [*sources.tests, *sources.helpers]}):
            shared += sorted(folder.glob("*.hpp"))
        self.shared = digest(OPTIONS, [read(file) for file in shared])
        self.texts = {test: read(test) for test in sources.tests}
        self.known = json.loads(path.read_text()) if path.exists() and not forget else {}

    def made_of(self, mutant: Mutant, verdict: Verdict) -> str:
        """One that was killed depends on the test that did it; one that was not, on all."""
        killer = tuple(verdict.by.split("."))
        texts = []
        for text in self.texts.values():
            if not verdict.killed:
                texts.append(text)
            elif killer in (match.groups() for match in TEST.finditer(text)):
                texts.append(TEST.sub(lambda match: match[0] if match.groups() == killer else "", text))
        return digest(mutant.name, self.kernel, self.shared, texts)

    def get(self, mutant: Mutant) -> Verdict | None:
        entry = self.known.get(repr(mutant.name))
        verdict = Verdict(entry["killed"], entry["by"]) if entry else None
        return verdict if verdict and entry["made_of"] == self.made_of(mutant, verdict) else None

    def put(self, mutant: Mutant, verdict: Verdict) -> None:
        self.known[repr(mutant.name)] = asdict(verdict) | {"made_of": self.made_of(mutant, verdict)}

    def save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.known, indent=0))
