"""What the verdicts of this folder depend on, for the store."""

import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import z3
from building.compiler import CXX, version
from directives import code
from mutants import CLAIMED

ROOT = Path(__file__).resolve().parents[2]
PROOF, FUZZ = ROOT / "tests/proof", ROOT / "tests/host/fuzz"
TREE = ROOT / "tangled"


@cache
def text_of(sources: tuple[Path, ...], tree: Path) -> dict[str, list[str]]:
    """The lines of the sources that are there, and of whatever of the project they include, wherever the journal has them."""
    there = [source for source in sources if source.exists()]
    listing: list[str | Path] = ["clang++", "-std=c++20", "-MM", "-MG", f"-I{tree}/proof", f"-I{tree}", f"-I{ROOT}/tests/host", *there]
    run = subprocess.run(listing, capture_output=True, text=True, check=True)
    names = {word for word in run.stdout.replace("\\\n", " ").split() if not word.endswith(":")}
    files = sorted(file for file in map(Path, names) if file.exists())  # the log's tree has not all that today's claims are about
    return {os.path.relpath(file, ROOT): [line for _, line in code(file.read_text())] for file in files}


def proof(*trees: Path) -> dict[str, Any]:
    """Of claims about all that is proved, in the code of these trees."""
    own = sorted([*PROOF.glob("*.py"), *PROOF.glob("*.cpp"), PROOF / "prove"])
    sources = sorted({*CLAIMED, *(subject.source for subjects in CLAIMED.values() for subject in subjects)})
    texts = [text_of((*PROOF.glob("*.cpp"), *(tree / source for source in sources)), tree) for tree in trees]
    return {"texts": texts, "own": own, "options": CXX, "tools": version("clang++", "c++filt"), "solver": z3.get_full_version()}


def fuzzer(target: str, seconds: str) -> dict[str, Any]:
    """Of what fuzzing finds."""
    listing = subprocess.run([FUZZ / "run", "--sources", target], capture_output=True, text=True, check=True)
    sources = tuple(ROOT / name for name in listing.stdout.split())
    corpus = sorted((FUZZ / "corpus" / target).iterdir())
    return {"text": text_of(sources, TREE), "run": FUZZ / "run", "corpus": corpus, "seconds": seconds, "tools": version("clang++")}
