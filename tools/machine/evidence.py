"""What the site shows as an entry's proof: build/evidence/ENTRY/proof.json and the logs beside it.

    {"entry": "YYYY-MM-DD-first-light",
     "machines": [{"name": "bios-pc-64M", "outcome": "exit 33", "status": 33, "tests": 0,
                   "serial": "bios-pc-64M.log", "seconds": 0.7}],
     "exhibits": [{"name": "no-stack", "machine": "bios-pc-64M", "outcome": "triple-fault",
                   "serial": "exhibit-no-stack.bios-pc-64M.log"}],
     "screen": "screen.png"}

and build/evidence/ENTRY/run.json, one run in full, of which run_record.py says what is in it.

All of it comes from verdicts in the store, so only a run that passed is shown. Places in the journal are where they now are. A
file that would not change is left as it is, so that the pages do not change with every run.
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import store
from . import places
from .cases import BuildErrorCase, Case, DayCase, ExhibitCase, RunCase, day_cases, exhibit_cases, run_cases
from .trees import BUILD

EVIDENCE = BUILD / "evidence"


def evidence_cases() -> list[Case]:
    """What is shown: every day on the machines of its own proof, in full on one of them, and every exhibit."""
    days: dict[Any, DayCase] = {}
    for case in day_cases():
        if case.is_of_its_own_proof:
            days.setdefault((case.day, case.machine), case)
    return [*days.values(), *run_cases(), *exhibit_cases()]


def write(entry: str, cases: list[Case]) -> None:
    """The evidence of an entry: of those of its cases that the store has a verdict of."""
    proof: dict[str, Any] = {"entry": entry, "machines": [], "exhibits": []}
    files: dict[str, bytes] = {}
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="daybook-evidence-") as temporary:
            folder = Path(temporary)
            if (verdict := store.known(case.key(), folder)) is None:
                continue
            kept = {file.name: file.read_bytes() for file in folder.iterdir()}
        here = case.tree.folder
        log = places.moved(here, kept["log"].decode(), verdict["spots"]).encode()
        if isinstance(case, DayCase):
            serial = f"{case.machine.name}.log"
            said = {name: verdict[name] for name in ("outcome", "status", "tests")}
            proof["machines"].append({"name": case.machine.name} | said | {"serial": serial, "seconds": verdict["seconds"]})
            files[serial] = log
        elif isinstance(case, RunCase):
            files["run.json"] = _run(kept["run.json"], here, verdict["spots"])
            if "screen.png" in kept:
                files["screen.png"] = kept["screen.png"]
                proof["screen"] = "screen.png"
        elif isinstance(case, (ExhibitCase, BuildErrorCase)):
            name, machine = case.exhibit.name, case.machine_name
            serial = f"exhibit-{name}.{machine or 'build'}.log"
            proof["exhibits"].append({"name": name, "machine": machine, "outcome": verdict["outcome"], "serial": serial})
            files[serial] = log
    _replace(EVIDENCE / entry, files | {"proof.json": (json.dumps(proof, indent=1) + "\n").encode()})


def _run(record: bytes, folder: Path, spots: dict[str, places.Spot]) -> bytes:
    """A run as it was kept, with what prose changes as it is now."""
    run = json.loads(record)
    for line in run["serial"]:
        if source := line["source"]:
            source["file"], _, number = places.moved(folder, f"{source['file']}:{source['line']}", spots).rpartition(":")
            source["line"] = int(number)
    return (json.dumps(run, indent=1) + "\n").encode()


def _replace(folder: Path, files: dict[str, bytes]) -> None:
    """Makes these the files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for other in folder.iterdir():
        if other.name not in files:
            shutil.rmtree(other) if other.is_dir() else other.unlink()
    for name, content in files.items():
        if not (folder / name).exists() or (folder / name).read_bytes() != content:
            part = folder / f".{name}.part"
            part.write_bytes(content)
            part.replace(folder / name)
