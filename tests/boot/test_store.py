"""The store of verdicts: with anything changed that a verdict depends on there is a boot, and without there is none."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import store
from machine import trees, verdicts
from machine.boot import Boot
from machine.cases import DayCase
from machine.machines import Machine
from machine.trees import Day
from made_tree import ENTRY, MACHINE, PASSED, PROOF, StubBoots, change, empty_store, make_tree

PROGRAM = Path(store.__file__)


class World:
    """A made day, and copies of all that a verdict on it depends on."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, elf: bytes) -> None:
        self.folder = folder
        self.day = Day(ENTRY)
        self.machine = MACHINE
        make_tree(folder, monkeypatch, elf)
        shutil.copytree(verdicts.HARNESS, folder / "harness")
        shutil.copytree(verdicts.RECIPE / "weave", folder / "recipe/weave", ignore=shutil.ignore_patterns("site", "node_modules"))
        self.program("qemu-system-x86_64", "QEMU emulator version 7.2.15")
        self.program("g++", "g++ (Debian 12.2.0) 12.2.0")
        (folder / "firmware").mkdir()
        (folder / "firmware/bios.bin").write_bytes(b"bios")
        monkeypatch.setattr(verdicts, "HARNESS", folder / "harness")
        monkeypatch.setattr(verdicts, "RECIPE", folder / "recipe")
        monkeypatch.setattr(verdicts, "FIRMWARE", (folder / "firmware",))
        monkeypatch.setenv("PATH", f"{folder}/bin:{os.environ['PATH']}")

    def program(self, name: str, version: str) -> None:
        """Puts a program on the path that says this of itself."""
        (self.folder / "bin").mkdir(exist_ok=True)
        (self.folder / "bin" / f"{name}.version").write_text(version)
        (self.folder / "bin" / name).write_text('#!/bin/sh\ncat "$0.version"\n')
        (self.folder / "bin" / name).chmod(0o755)

    def add(self, file: str) -> None:
        """A byte more."""
        path = self.folder / file
        change(path, path.read_bytes() + b"#")

    def boots(self) -> int:
        """How many there are when the day is settled."""
        verdicts.forget()
        boots = StubBoots(PASSED)
        assert DayCase(self.day, self.machine, looked_at=True).settle(boots) == ""
        return boots.count


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kernels: Path) -> Iterator[World]:
    made = World(tmp_path, monkeypatch, (kernels / "spin.elf").read_bytes())
    assert made.boots() == 1
    yield made
    trees.forget()
    verdicts.forget()


AT = f"at/{ENTRY}"
CHANGES: dict[str, Callable[[World], object]] = {
    "a byte of the harness's verdict code": lambda w: w.add("harness/verdict.py"),
    "a byte of what the code that boots imports": lambda w: w.add("harness/qmp.py"),
    "a flag of the compiler": lambda w: w.add("recipe/weave/config.mk"),
    "the compiler's version": lambda w: w.program("g++", "g++ (Debian 12.2.0) 12.2.1"),
    "an expectation": lambda w: change(w.folder / AT / f"tangled/proof/{ENTRY}.expect", PROOF.replace("first", "f.rst").encode()),
    "a byte of the kernel's sources": lambda w: w.add(f"{AT}/boot/start.asm"),
    "QEMU's version": lambda w: w.program("qemu-system-x86_64", "QEMU emulator version 7.2.16"),
    "QEMU's program": lambda w: w.add("bin/qemu-system-x86_64"),
    "the machine": lambda w: setattr(w, "machine", Machine.parse("bios-pc-64M-smp2")),
    "the firmware": lambda w: w.add("firmware/bios.bin"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_with_anything_changed_there_is_a_boot(what: str, world: World) -> None:
    CHANGES[what](world)
    assert world.boots() == 1
    assert world.boots() == 0


def test_a_later_day_says_what_it_is_looked_at_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.machine = Machine.parse("direct-pc-64M")  # which has no screen, so the kernel passes
    assert world.boots() == 1
    later = "2025-11-02-later"
    monkeypatch.setattr(trees, "entries", lambda: [ENTRY, later])
    for proof, boots in ((PROOF, 0), (f"{PROOF}check screen\n", 1), (f"{PROOF}check screen\n", 0)):
        for entry in (ENTRY, later):
            change(world.folder / f"at/{later}/tangled/proof/{entry}.expect", proof.encode())
        assert world.boots() == boots


def test_what_judges_other_runs_judges_no_day(world: World) -> None:
    world.add("harness/program_figures.py")
    assert world.boots() == 0


def test_with_nothing_changed_there_is_none(world: World) -> None:
    start = world.folder / AT / "boot/start.asm"
    change(start, b"%line 99+1 journal/somewhere.nw\n\n" + start.read_bytes().partition(b"\n")[2])  # prose moved
    assert world.boots() == 0


def test_a_fresh_run_boots_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SINCE", time.time())
    assert (world.boots(), world.boots()) == (1, 0)


def test_a_failure_is_not_kept(world: World) -> None:
    world.add("firmware/bios.bin")
    verdicts.forget()
    case, failing = DayCase(world.day, world.machine, looked_at=True), StubBoots(Boot(MACHINE, "hang", None, "", 1.0))
    assert case.settle(failing) and case.settle(failing) and failing.count == 2


def test_files_are_kept_with_a_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty_store(tmp_path / "store", monkeypatch)
    key = store.key("kind", number=1, file=PROGRAM)
    assert store.known(key) is None
    store.keep(key, {"a": 1}, {"log": b"text"})
    store.keep(key, {"a": 2}, {"log": b"text"})  # somebody else has found it out, too
    assert store.known(key, tmp_path / "out") == {"a": 2} and (tmp_path / "out/log").read_bytes() == b"text"
    assert store.summary(store.COUNTS) == "verdicts: kind 2 new, 1 known"


def test_what_nobody_asks_for_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    empty_store(tmp_path, monkeypatch)
    old, new = store.key("kind", number=1), store.key("kind", number=2)
    for key in (old, new):
        store.keep(key, {})
    os.utime(tmp_path / old, (0, 0))
    store.forget_unused()
    assert (store.known(old), store.known(new)) == (None, {})


def test_the_command_line(tmp_path: Path) -> None:
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "DAYBOOK_VERDICTS": str(tmp_path / "log"), "FRESH": "0"}
    environment.pop("DAYBOOK_SINCE", None)  # that of the make that runs this

    def run(*arguments: str, said: str = "") -> tuple[int, str]:
        done = subprocess.run([PROGRAM, *arguments], input=said, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout.strip()

    file = tmp_path / "file"
    file.write_text("one")
    asked = json.dumps({"b": 1, "a": {"file": str(file)}}) + "\n" + json.dumps({"b": 1, "a": [{"file": str(file)}]})
    keys = run("known", "page", said=asked)[1].split("\n")
    for key in keys:
        assert run("keep", key) == (0, "")
    assert run("known", "page", said=asked)[1] == "\n".join(f"{key} known" for key in keys)
    environment |= {"FRESH": "1"}
    assert run("known", "page", said=asked)[1] == "\n".join(keys)
    environment |= {"DAYBOOK_SINCE": "1"}  # as make would have it, long ago
    assert run("known", "page", said=asked)[1] == "\n".join(f"{key} known" for key in keys)
    file.write_text("two")
    others = run("known", "page", said=asked)[1].split("\n")
    assert len({*keys, *others}) == 4
    assert run("count", str(tmp_path / "log"))[1] == "verdicts: page 2 new, 4 known"
    assert run("what")[0] == 2
