"""Builds kernels with mistakes: with many at once, one of which is chosen in the kernel's file; or with one."""

import shutil
from contextlib import AbstractContextManager
from pathlib import Path

from machine.patched import patched
from operators import Mutant, read, write
from programs import HERE, ROOT, Broken, Sources, compile_all
from schemata import woven

COMMANDS = ROOT / "build/mutation/commands"  # the newest kernel's own (mutation.mk)


class Kernel:
    """Kernels below `out`: the newest, with mistakes, with checks of what C++ does not define, and with the tests of misuse.cpp."""

    def __init__(self, sources: Sources, out: Path) -> None:
        self.sources, self.out = sources, out
        if not COMMANDS.exists():
            raise Broken("nobody has said how to compile the kernel; `make mutants` does")
        self.compiler, self.linker = COMMANDS.read_text().splitlines()
        rows = (ROOT / "build/sanitized/undefined/objects.txt").read_text().splitlines()
        self.objects = {part: ROOT / path for part, path in (row.split() for row in rows)}

    def build_switched(self, numbered: dict[int, Mutant]) -> Path:
        """One with all these mutants, which wait to be chosen."""
        changed = {}
        for file in {mutant.file for mutant in numbered.values()}:
            own = {number: mutant for number, mutant in numbered.items() if mutant.file == file}
            changed[file] = woven(read(self.sources.tree / file), own)
        return self.build("switched", changed)

    def build(self, name: str, changed: dict[str, str]) -> Path:
        """One of which the texts of some files are changed."""
        folder = self.out / name
        shutil.rmtree(folder, ignore_errors=True)
        for file, text in changed.items():
            write(folder / "tree" / file, text)
        objects, commands = dict(self.objects), []
        behind = [folder / "switch.o", folder / "misuse_test.cpp.o"]  # set-up owns what tests call (linker.ld)
        sources = [HERE / "machine_switch.cpp", Path("tests/boot/misuse.cpp")]  # its place is what a panic says
        for file in self.sources.kernel:
            if self.sources.reached[str(self.sources.tree / file)] & changed.keys():
                source = folder / "tree" / file if file in changed else self.sources.tree / file
                objects[file] = folder / f"{file}.o"
                commands.append(self.compile(source, objects[file], folder / "tree"))
        compile_all([*commands, *(self.compile(source, into, folder / "tree") for source, into in zip(sources, behind))])
        elf = folder / "kernel.elf"
        compile_all([[*self.linker.split(), "-o", str(elf), *map(str, [*objects.values(), *behind])]])
        return elf

    def compile(self, source: Path, into: Path, first: Path) -> list[str]:
        into.parent.mkdir(parents=True, exist_ok=True)
        compiler, *options = self.compiler.split()
        return [compiler, "-iquote", f"{first}/proof", "-iquote", str(first), *options, "-include", str(HERE / "switch.hpp"), "-c", str(source), "-o", str(into)]


def chosen(elf: Path, number: int) -> AbstractContextManager[Path]:
    """The same kernel, which makes the mistake `number`."""
    return patched(elf, "_ZN8mutation6chosenE", number)
