"""Links programs: each folder below a folder `user` is one, but for the library's.

A program is linked by user/program.ld, on its own: it can name nothing of the kernel's. What is loaded of it goes, byte by byte,
into an object of the kernel's, which also has a table of their names (section .programs). A program that boot/grub.cfg loads as a
module, /boot/NAME, is not in the kernel: its ELF file, without symbols, is handed over beside it.
"""

import re
import shutil
from pathlib import Path

from . import compiler
from .objects import run, write
from .trees import Tree

LIBRARY = "daybook"  # which every program is given
MODULE = re.compile(r"^\s*module2\s+/boot/(\S+)", re.MULTILINE)


def program_of(name: str) -> str:
    parts = Path(name).parts
    return parts[parts.index("user") + 1]


def modules_of(tree: Tree) -> list[str]:
    """The files below /boot/ that the kernel's own menu loads as modules. Not all need be programs."""
    menu = tree.top / "boot/grub.cfg"
    return MODULE.findall(menu.read_text()) if menu.exists() else []


def link_programs(tree: Tree, objects: list[tuple[str, Path]]) -> list[Path]:
    """The kernel's object with all programs; none where there are no programs. The programs' own ELF files stay in the
    tree's folder user/ (the product's: product-user/), with their lines of the journal. The kernel's modules are in tree.modules."""
    folder = (tree.folder / ("product-user" if tree.product else "user")).absolute()
    names = sorted({program_of(name) for name, _ in objects} - {LIBRARY})
    modules = modules_of(tree)
    shutil.rmtree(tree.modules, ignore_errors=True)
    if not names:
        return []
    folder.mkdir(exist_ok=True)
    table = []
    for name in names:
        paths = [str(path) for source, path in objects if program_of(source) in (name, LIBRARY)]
        elf, image = folder / f"{name}.elf", folder / f"{name}.bin"
        script = str(tree.top / "tangled/user/program.ld")
        run([f"{compiler.CROSS}ld", *compiler.LD, "--gc-sections", "-T", script, "-o", str(elf), *paths])
        if name in modules:
            tree.modules.mkdir(exist_ok=True)
            run([f"{compiler.CROSS}objcopy", "--strip-all", str(elf), str(tree.modules / name)])
            continue
        run([f"{compiler.CROSS}objcopy", "-O", "binary", str(elf), str(image)])
        table.append(ENTRY.format(name=name, image=image))
    write(folder / "programs.s", "".join(table))
    run([f"{compiler.CROSS}as", "--64", "-o", str(folder / "programs.o"), str(folder / "programs.s")])
    return [folder / "programs.o"]


ENTRY = """
        .section .programs, "a"
        .quad 1f, 2f, 3f
        .section .rodata.program_names, "a"
1:      .asciz "{name}"
        .section .rodata.programs, "a"
        .balign 4096
2:      .incbin "{image}"
3:
"""
