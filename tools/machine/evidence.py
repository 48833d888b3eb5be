"""What the site shows as an entry's proof: build/evidence/ENTRY/proof.json and the logs beside it.

    {"entry": "YYYY-MM-DD-first-light",
     "machines": [{"name": "bios-pc-64M", "outcome": "exit 33", "status": 33, "tests": 0,
                   "serial": "bios-pc-64M.log", "seconds": 0.7, "digest": "..."}],
     "exhibits": [{"name": "no-stack", "machine": "bios-pc-64M", "outcome": "triple-fault",
                   "serial": "exhibit-no-stack.bios-pc-64M.log", "digest": "..."}],
     "screen": "screen.png", "screen_digest": "..."}

and build/evidence/ENTRY/run.json, one run in full, of which run_record.py says what is in it.

Only a run that passed is recorded; a run that fails takes the record of an earlier one away. `digest`
is that of what was run: while it is the same and the log says the same, the record stays as it is,
so that the pages do not change with every run.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from .boot import Boot
from .halted import Look
from .ktap import read_ktap
from .log_sources import with_sources
from .machines import Machine
from .measure import Measured
from .run_record import FORMAT, run_record
from .trees import BUILD, Day, Exhibit

EVIDENCE = BUILD / "evidence"

Record = dict[str, Any]


def digest(*files: Path) -> str:
    """One digest of the contents of `files`."""
    total = hashlib.sha256()
    for file in files:
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


class Evidence:
    """The evidence of one entry, on disk."""

    def __init__(self, entry: str) -> None:
        self._entry = entry
        self._folder = EVIDENCE / entry
        self._file = self._folder / "proof.json"
        self._run_file = self._folder / "run.json"

    def machine(self, day: Day, boot: Boot) -> None:
        """Records a passed boot of the entry's kernel on a machine of its own proof."""
        record = {
            "name": boot.machine.name,
            "outcome": boot.outcome,
            "status": boot.status,
            "tests": read_ktap(boot.serial).passed,
            "serial": f"{boot.machine.name}.log",
            "seconds": round(boot.seconds, 2),
            "digest": digest(day.iso, day.proofs()[day.entry].path),
        }
        self._put("machines", record, boot.serial)

    def exhibit(self, exhibit: Exhibit, machine: str, outcome: str, log: str) -> None:
        """Records an exhibit that did on `machine` (empty: in the build) what its proof says."""
        image = exhibit.build_log if outcome == "build-error" else exhibit.iso
        record = {
            "name": exhibit.name,
            "machine": machine,
            "outcome": outcome,
            "serial": f"exhibit-{exhibit.name}.{machine or 'build'}.log",
            "digest": digest(image, exhibit.proof().path),
        }
        self._put("exhibits", record, log)

    def screen(self, picture: bytes | None, of: str) -> None:
        """Records a picture of the screen (PNG), or that the kernel shows none; `of`: the digest of
        what was run."""
        proof = self._read() | {"screen_digest": of}
        proof.pop("screen", None)
        if picture:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / "screen.png").write_bytes(picture)
            proof["screen"] = "screen.png"
        self._write(proof)

    def run(self, day: Day, look: Look, measured: Measured, machine: Machine, log: str) -> None:
        """Records one run in full; run_record.py says what that is."""
        self._write_run({"digest": digest(day.iso)} | run_record(day, look, measured, machine, log))

    def holds_run(self, of: str) -> bool:
        """Whether the run that is recorded is one of the very file that `of` is the digest of, and is
        recorded as run_record.py now does it."""
        record = self._read_run()
        return record.get("format") == FORMAT and record["digest"] == of

    def renew_sources(self, day: Day) -> None:
        """Finds the lines of the journal anew that the recorded run leads to.

        Debug information is not in the image: prose that moves code to other lines leaves the image, and
        with it the run, as it was.
        """
        if self.holds_run(digest(day.iso)):
            record = self._read_run()
            renewed = record | {"serial": with_sources(record["serial"], day.elf)}
            if renewed != record:
                self._write_run(renewed)

    def forget_run(self) -> None:
        """Takes back the record of the run."""
        self._run_file.unlink(missing_ok=True)

    def holds_screen(self, of: str) -> bool:
        """Whether the screen was looked at in a run of the very file that `of` is the digest of."""
        return self._read().get("screen_digest") == of

    def forget(self, kind: str, **keys: str) -> None:
        """Takes back what is recorded under `keys`, because it does not hold any more."""
        proof = self._read()
        kept = [record for record in proof[kind] if not _matches(record, keys)]
        if kept != proof[kind]:
            proof[kind] = kept
            self._write(proof)

    def keep_only(self, machines: list[str], exhibits: list[tuple[str, str]]) -> None:
        """Takes back records of machines and exhibits (name, machine) that the journal has not."""
        proof = self._read()
        for record in proof["machines"]:
            if record["name"] not in machines:
                self.forget("machines", name=record["name"])
        for record in proof["exhibits"]:
            if (record["name"], record["machine"]) not in exhibits:
                self.forget("exhibits", name=record["name"], machine=record["machine"])

    def holds(self, kind: str, digest: str, **keys: str) -> bool:
        """Whether something is recorded under `keys` from the very files that `digest` is of."""
        return any(
            _matches(record, keys) and record["digest"] == digest for record in self._read()[kind]
        )

    def _put(self, kind: str, record: Record, log: str) -> None:
        keys = {key: record[key] for key in ("name", "machine") if key in record}
        file = self._folder / record["serial"]
        if self.holds(kind, record["digest"], **keys) and file.exists() and file.read_text() == log:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        file.write_text(log)
        proof = self._read()
        for index, other in enumerate(proof[kind]):
            if _matches(other, keys):
                proof[kind][index] = record  # in place: the order is that of the journal
                break
        else:
            proof[kind].append(record)
        self._write(proof)

    def _read(self) -> Record:
        if self._file.exists():
            return json.loads(self._file.read_text())
        return {"entry": self._entry, "machines": [], "exhibits": []}

    def _read_run(self) -> Record:
        return json.loads(self._run_file.read_text()) if self._run_file.exists() else {}

    def _write(self, proof: Record) -> None:
        self._replace(self._file, proof)

    def _write_run(self, record: Record) -> None:
        self._replace(self._run_file, record)

    def _replace(self, file: Path, record: Record) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(record, indent=1) + "\n")
        os.replace(part, file)


def _matches(record: Record, keys: dict[str, str]) -> bool:
    return all(record[key] == value for key, value in keys.items())
