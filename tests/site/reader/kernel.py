"""Builds a tree of files with the repository's own rules, and boots what comes of it."""

import os
import subprocess
import tempfile
from pathlib import Path

from machine.boot import boot_kernel
from machine.expect import read_proof
from machine.verdict import judge, report
from reader.tree import write_tree
from woven import TOP

FIRMWARES = ["bios", "uefi", "direct"]  # the one to be preferred first


def build_kernel(files: dict[str, str], entry: str, folder: Path) -> Path:
    """Writes the files below `folder` and makes the kernel there: the ELF file, and its image beside it."""
    write_tree(files, folder)
    result = subprocess.run([TOP / "tools/build", folder], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return folder / "daybook.elf"


def prove(elf: Path, entry: str) -> str:
    """Boots the kernel and holds it against the entry's own proof; empty, or why it fails."""
    proof = read_proof(elf.parent / f"tangled/proof/{entry}.expect")
    machine = min(proof.machines(), key=lambda machine: FIRMWARES.index(machine.firmware))
    boot = boot_kernel(machine, elf.with_suffix(".iso"))
    complaints = [said for block in proof.blocks_for(machine) for said in judge(boot, block, elf)]
    return report(f"{entry} on {machine.name}", complaints, boot.serial) if complaints else ""


def image(elf: Path) -> bytes:
    """What of the kernel lies in memory, without names and debug information."""
    with tempfile.NamedTemporaryFile() as flat:
        subprocess.run(["x86_64-linux-gnu-objcopy", "-O", "binary", elf, flat.name], check=True)
        return Path(flat.name).read_bytes()
