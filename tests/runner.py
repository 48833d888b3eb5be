"""Runs tests, parts of them side by side as far as the machine goes, and says at the end how many passed and what each part took.

usage: tests/run [--quick] [PART...] [-- PYTEST-OPTION...]

PART: host, journal, proof, coverage, boot, site, emulator or bench, or evidence, which records what the site shows and site and boot
wait for; without one, all. --quick: only what a newcomer waits for. SHARD=2/4 runs the second quarter of the days, and of what belongs to no day.
Everything is run even if something fails; the exit status is then 1.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import store

ROOT = Path(__file__).resolve().parents[1]
# Those that take longest begin first.
PARTS = ["evidence", "site", "proof", "boot", "host", "emulator", "journal", "bench", "coverage"]
AFTER_EVIDENCE = ["site", "boot"]
PROGRAMS = ["host_tests", "eight_bits_tests", "amend_tests", "logs_tests"]
# A newcomer waits for some of these; the other parts are for `make test-all`.
QUICK_PARTS = ["site", "boot", "host", "journal"]
QUICK = "not all"  # by pytest's marks
_BYTES_EACH = 2 << 30  # a part with its browser or its QEMUs


class Unusable(Exception):
    """The command line, or the machine, is not as it must be."""


@dataclass
class Job:
    """A program that runs tests: a part's, or one of its programs."""

    name: str
    command: list[str | Path]
    junit: Path
    key: str = ""  # of its verdict, if that is kept
    seconds: float = 0
    cpu: float = 0
    status: int = 0
    deselected: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("passed", "failed", "skipped"), 0))

    @property
    def log(self) -> Path:
        return self.junit.with_suffix(".log")

    def start(self) -> int:
        """Its process, which somebody must refer to: Python would wait for one that is forgotten."""
        self.seconds = time.monotonic()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(self.command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
        return self.process.pid

    def end(self, status: int, cpu: float) -> None:
        """Notes what became of it, and shows what it said."""
        self.seconds, self.cpu, self.status = time.monotonic() - self.seconds, cpu, status
        said = self.log.read_text(errors="replace")
        print(f"\n== {self.name}\n{said}", end="", flush=True)
        self.deselected = int((re.findall(r"\b(\d+) deselected", said) or ["0"])[-1])
        self.count()
        if self.key and not self.counts["failed"]:
            store.keep(self.key, {"passed": self.counts["passed"]}, {self.junit.name: self.junit.read_bytes()})

    def count(self) -> None:
        """Adds up a JUnit file, which GoogleTest and pytest both write. No file: the program did not get that far."""
        nothing_selected = self.status == 5
        if self.junit.exists():
            for case in ElementTree.parse(self.junit).iter("testcase"):
                kinds = {child.tag for child in case}
                self.counts["failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"] += 1
        if self.status and not nothing_selected and not self.counts["failed"]:  # a hang, a leak
            print(f"{self.name} ended with status {self.status} beside its tests")
            self.counts["failed"] += 1


def host_jobs(results: Path) -> Iterator[Job]:
    """The same program with the same files to read says the same."""
    maps = sorted((ROOT / "tests/maps").iterdir())
    for name in PROGRAMS:
        program, junit = ROOT / "build/tests" / name, results / f"{name}.xml"
        if not program.exists():
            raise Unusable(f"{program.relative_to(ROOT)} is not built: `make test` builds it")
        command: list[str | Path] = ["timeout", "900", program, "--gtest_brief=1", f"--gtest_output=xml:{junit}"]
        yield Job(name, command, junit, store.key("host", program=program, maps=maps))


def pytest_job(part: str, marks: str, results: Path, options: list[str]) -> Job:
    junit = results / f"{part}.xml"
    command = ["/usr/bin/python3", "-m", "pytest", "-p", "no:cacheprovider", "-q", "-r", "fEs", f"--junitxml={junit}", f"tests/{part}", "-m", marks, *options]
    return Job(part, [*command], junit)


def room() -> int:
    """How many jobs at once: each keeps a core busy, and some hold a browser or machines."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(len(os.sched_getaffinity(0)), memory // _BYTES_EACH))


def run_all(jobs: list[Job], at_once: int) -> None:
    """Runs them side by side, in this order as far as they can begin."""
    waiting, running = list(jobs), dict[int, Job]()

    def can_begin(job: Job) -> bool:
        return job.name not in AFTER_EVIDENCE or all(other.name != "evidence" for other in [*waiting, *running.values()])

    try:
        while waiting or running:
            while len(running) < at_once and (job := next(filter(can_begin, waiting), None)):
                waiting.remove(job)
                print(f"test    {job.name}", flush=True)
                running[job.start()] = job
            pid, status, used = os.wait4(-1, 0)
            if ended := running.pop(pid, None):
                ended.end(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime)
    finally:
        for pid in running:
            os.killpg(pid, signal.SIGTERM)


def without_known(jobs: list[Job]) -> list[Job]:
    """Takes over what is known of an earlier run."""
    for job in jobs:
        if job.key and store.known(job.key, job.junit.parent):
            job.count()
            print(f"known   {job.name}")
    return [job for job in jobs if not any(job.counts.values())]


def parse(arguments: list[str]) -> tuple[list[str], str, list[str]]:
    """The parts, which tests of them by their marks, and options for pytest."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    words, options = arguments[:cut], arguments[cut + 1 :]
    marks = QUICK if "--quick" in words else ""
    parts = [word for word in words if word != "--quick"]
    for part in parts:
        if part not in PARTS:
            raise Unusable(f"there is no part '{part}'; there are {', '.join(sorted(PARTS))}")
    asked = [part for part in PARTS if part in parts or not parts]
    return [part for part in asked if not marks or part in QUICK_PARTS], marks, options


def tell(jobs: list[Job], parts: list[str], marks: str) -> None:
    print(f"\n{'':18}passed  failed  skipped   seconds  of CPU time")
    for job in sorted(jobs, key=lambda job: -job.cpu):
        print(f"{job.name:18}{job.counts['passed']:6}{job.counts['failed']:8}{job.counts['skipped']:9}{job.seconds:10.0f}{job.cpu:13.0f}")
    if marks:
        more = [f"{job.deselected} more of {job.name}" for job in jobs if job.deselected]
        more += [f"all of {part}" for part in PARTS if part not in [*QUICK_PARTS, "evidence"]]
        print(f"\n`make test-all` adds {', '.join(more)}.")


def main(arguments: list[str]) -> int:
    """The exit status."""
    if "--help" in arguments:
        print((__doc__ or "").strip())
        return 0
    parts, marks, options = parse(arguments)
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):  # a make that a test starts is nobody's child
        os.environ.pop(name, None)
    os.environ["PYTHONPATH"] = str(ROOT / "tools")
    with tempfile.TemporaryDirectory(prefix="daybook-tests-") as folder:
        results = Path(folder)
        os.environ["DAYBOOK_VERDICTS"] = str(results / "verdicts")
        jobs = list[Job]()
        for part in parts:
            if part == "evidence":
                jobs.append(Job(part, [ROOT / "tools/record"], results / "evidence.xml"))
            elif part != "host":
                jobs.append(pytest_job(part, marks, results, options))
            elif os.environ.get("SHARD", "1/1")[:2] == "1/":
                jobs += host_jobs(results)
        run_all(without_known(jobs), room())
        cases = results / f"{PROGRAMS[0]}.xml"
        if cases.exists():
            subprocess.run([ROOT / "tests/host/record-cases", cases], check=True)
        tell(jobs, parts, marks)
        subprocess.run([ROOT / "tools/store.py", "count", results / "verdicts"], check=True)
    total = {kind: sum(job.counts[kind] for job in jobs) for kind in ("passed", "failed", "skipped")}
    print(f"\n{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 0 if total["passed"] and not total["failed"] else 1


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        sys.exit(main(sys.argv[1:]))
    except Unusable as error:
        print(f"tests/run: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(1)
