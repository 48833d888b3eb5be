"""What a verdict on a boot depends on: its key in the store (tools/store.py)."""

import ast
import os
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import store
from .machines import OVMF_CODE, OVMF_VARS, QEMU, Machine
from .trees import ROOT, Tree

HARNESS = ROOT / "tools/machine"  # all that boots, looks and judges
RECIPE = ROOT  # the top of what says how a kernel and its image are made from their sources
_TOOLS = ("nasm -v", "g++ --version", "ld --version", "objcopy --version")
_FONT = Path("/usr/share/consolefonts/spleen-8x16.psfu.gz")
_RECIPES = ("weave/*.mk", "tools/build", "tools/building/*.py", "tools/directives.py", "tools/mkiso")
FIRMWARE = ("/usr/share/seabios", "/usr/share/qemu", "/usr/lib/ipxe/qemu", "/usr/lib/grub/i386-pc", "/usr/lib/grub/x86_64-efi")


@cache
def toolchain() -> list[str]:
    """What the assembler, the compiler and the linker say of themselves, and what chooses the compiler; and the font, which is assembled."""
    cross = ("x86_64-elf-", "x86_64-linux-gnu-", "")
    said = [os.environ.get("CROSS", ""), store.digest_of(_FONT) if _FONT.exists() else ""]
    for command in (f"{prefix}{tool}" for tool in _TOOLS for prefix in cross):
        if shutil.which(command.split()[0]):
            said.append(subprocess.run(command.split(), capture_output=True, text=True).stdout)
    return said


@cache
def qemu() -> list[Any]:
    """QEMU's version and program, and the firmware and boot loader that it may start."""
    version = subprocess.run([QEMU, "--version"], capture_output=True, text=True).stdout
    program = shutil.which(QEMU)
    folders = (file for folder in FIRMWARE for file in sorted(Path(folder).glob("*")) if file.is_file())
    files = [Path(program or QEMU), OVMF_CODE, OVMF_VARS, *folders]
    return [version, [store.digest_of(file.resolve()) for file in files if file.exists()]]


@cache
def harness(judge: str | None = None) -> dict[str, str]:
    """What boots, looks and judges, as it was when this program began to: all of it, or what the module `judge` imports."""
    modules = {file.stem: file for file in sorted(HARNESS.glob("*.py"))}
    used, looked_at = {judge} if judge else set(modules), set[str]()
    while new := (used & set(modules)) - looked_at:
        looked_at |= new
        for module in new:
            used |= _imported(modules[module])
    return {modules[module].name: store.digest_of(modules[module]) for module in sorted(looked_at)}


def _imported(file: Path) -> set[str]:
    """The modules beside it that a module imports."""
    imports = [node for node in ast.walk(ast.parse(file.read_bytes())) if isinstance(node, ast.ImportFrom) and node.level == 1]
    return {name for node in imports for name in ([node.module] if node.module else [alias.name for alias in node.names])}


@cache
def recipe() -> dict[str, str]:
    """What says how a kernel and its image are made from their sources."""
    files = [file for pattern in _RECIPES for file in sorted(RECIPE.glob(pattern))]
    return {str(file.relative_to(RECIPE)): store.digest_of(file) for file in files}


def forget() -> None:
    """What was found out about this machine and its programs."""
    toolchain.cache_clear()
    qemu.cache_clear()
    harness.cache_clear()
    recipe.cache_clear()


def key(kind: str, kernels: Iterable[Tree | Path], machines: Iterable[Machine], judge: str | None = None, **more: Any) -> str:
    """Of a verdict on boots of `kernels` on `machines`: trees by their sources and how these are compiled, other kernels by their
    file. `judge`: the file that gives the verdict (else any of the harness may have); `more`: what it depends on beside."""
    kernels = list(kernels)
    made = [store.digest_of(kernel) for kernel in kernels if isinstance(kernel, Path)]
    trees = [(type(kernel).__name__, kernel.digest) for kernel in kernels if not isinstance(kernel, Path)]
    return store.key(
        kind,
        kernels=[*made, *trees],
        compiled=[toolchain(), recipe()] if trees else [],
        machines=[(machine.name, machine.qemu_arguments(Path("variables"))) for machine in machines],
        qemu=qemu(),
        harness=harness(judge and Path(judge).stem),
        **more,
    )
