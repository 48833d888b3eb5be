"""A build folder with one made day and its exhibits, and boots that were decided on beforehand: for the tests of what is kept."""

from dataclasses import replace
from pathlib import Path

import pytest

import store
from machine import cases, evidence, trees
from machine.boot import Boot
from machine.boots import BootKey, Boots
from machine.cpus import Cpu
from machine.halted import Look
from machine.machines import Machine

ENTRY = "2025-11-01-first-light"
LOG = "Daybook: first light\nKTAP version 1\n1..0\n"
MACHINE = Machine.parse("bios-pc-64M")
CPU = Cpu(0, 0, True, 0x11, 0, 0, 0, 0, {"CR0": 0x11, "CR4": 0, "EFER": 0})
PNG_400_LINES = b"\x89PNG".ljust(20, b"\0") + (400).to_bytes(4, "big")
PASSED = Boot(MACHINE, "exit 33", 33, LOG, 0.5, seen=Look([CPU], False, [], {}, {}, PNG_400_LINES))
PROOF = "on bios-pc-64M\nexit 33\n| first light\n"


class StubBoots(Boots):
    """Boots that have been decided on beforehand, and counted."""

    def __init__(self, boot: Boot) -> None:
        self._boot = boot
        self.count = 0

    def get(self, key: BootKey) -> Boot:
        self.count += 1
        return replace(self._boot, machine=key[1])


def make_tree(folder: Path, monkeypatch: pytest.MonkeyPatch, elf: bytes) -> Path:
    """The folder, in place of build/: of the exhibits, `other` is booted and `broken` does not build. The store is empty."""
    monkeypatch.setattr(trees, "ROOT", folder)
    monkeypatch.setattr(trees, "BUILD", folder)
    monkeypatch.setattr(evidence, "EVIDENCE", folder / "evidence")
    empty_store(folder / "verdicts", monkeypatch)
    monkeypatch.setattr(trees, "entries", lambda: [ENTRY])
    monkeypatch.setattr(cases, "entries", lambda: [ENTRY])
    day = {
        "daybook.iso": b"an image",
        "daybook.elf": elf,
        "boot/start.asm": f"%line 6+1 journal/{ENTRY}.nw\n  hlt\n".encode(),
        f"tangled/proof/{ENTRY}.expect": PROOF.encode(),
        f"tangled/proof/{ENTRY}.other.expect": PROOF.replace("33", "triple-fault").encode(),
        f"tangled/proof/{ENTRY}.broken.expect": b"exit build-error\n| error: undeclared\n",
    }
    exhibit = {name: day[name] for name in ("daybook.iso", "daybook.elf", "boot/start.asm")}
    broken = {"build.log": f"journal/{ENTRY}.nw:7: error: undeclared\n".encode(), "boot/start.asm": day["boot/start.asm"]}
    for part, files in ((f"at/{ENTRY}", day), (f"exhibit/{ENTRY}/other", exhibit), (f"exhibit/{ENTRY}/broken", broken)):
        for name, data in files.items():
            change(folder / part / name, data)
    (folder / "exhibits.txt").write_text(f"{ENTRY} other\n{ENTRY} broken\n")
    return folder


def empty_store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of the test's own, which nobody counts."""
    monkeypatch.setattr(store, "FOLDER", folder)
    monkeypatch.setattr(store, "SINCE", 0.0)
    monkeypatch.setattr(store, "COUNTS", store.Counter())
    monkeypatch.delenv("DAYBOOK_VERDICTS", raising=False)


def change(file: Path, content: bytes) -> None:
    """Writes a file, as if it were tangled anew."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    trees.forget()
