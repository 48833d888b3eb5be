"""The compilers and their options."""

import os
import shutil
from functools import cache
from pathlib import Path

from .trees import Tree, digest

# What `make toolchain` has built comes last on the path.
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
os.environ["PATH"] += f":{CACHE}/daybook/toolchain/bin"
os.environ["LC_ALL"] = "C"
CROSS = os.environ.get("CROSS") or ("x86_64-elf-" if shutil.which("x86_64-elf-g++") else "x86_64-linux-gnu-")

# Freestanding, no red zone (an interrupt would overwrite it), general registers only (nothing saves the others).
CXX = """-std=c++20 -O2 -gdwarf-4 -ffreestanding -fno-exceptions -fno-rtti -fno-pic -mno-red-zone -mgeneral-regs-only
  -mcmodel=kernel -fno-stack-protector -fno-asynchronous-unwind-tables -fno-threadsafe-statics -fno-toplevel-reorder
  -Wall -Wextra -Werror -Itangled""".split()
AS = "--gdwarf-4 --64".split()  # as the compiler calls it
NASM = f"-f elf64 -g -F dwarf -w+all -Werror -I{Path('build').absolute()}/".split()
LD = "-nostdlib -z noexecstack -z separate-code -z max-page-size=4096 --build-id=none --fatal-warnings".split()

# The kernel that counts which way each branch goes: what clang does not know is left out, and warnings are GCC's.
FOREIGN = ("-fno-toplevel-reorder", "-ftoplevel-reorder")
COUNTING = "-fprofile-instr-generate -fcoverage-mapping -fcoverage-compilation-dir=. -w --target=x86_64-linux-gnu".split()


def compiler(tree: Tree) -> list[str]:
    """The command, run at the tree's top: with the options of the tree's own."""
    files = [name for name in ("flags", tree.variant) if name and (tree.top / "tangled/compiler" / name).exists()]
    if tree.variant == "coverage":
        own = [option for name in files for option in (tree.top / "tangled/compiler" / name).read_text().split()]
        known = [option for option in [*CXX, *own] if option not in FOREIGN and not option.startswith("-W")]
        return ["clang++", *known, *COUNTING]
    return [f"{CROSS}g++", *CXX, *(f"@tangled/compiler/{name}" for name in files)]


def of_programs() -> list[str]:
    """The command for what is no part of the kernel, whatever the tree: the kernel's own options are not a program's."""
    return [f"{CROSS}g++", *CXX, "-mcmodel=small", "-ftoplevel-reorder", "-ffunction-sections", "-fdata-sections"]


def linker(tree: Tree) -> list[str]:
    """The command. Nobody refers to the counters of branches, so where they are, nothing is collected."""
    options = tree.top / "tangled/compiler/linker"
    own = [f"@{options}"] if options.exists() and tree.variant != "coverage" else []
    return [f"{CROSS}ld", *LD, *own, "-T", str(tree.top / "linker.ld")]


def in_cache(command: list[str]) -> list[str]:
    """The command through ccache, where there is one. No object says in which folder it was made, so ccache need not ask."""
    os.environ["CCACHE_NOHASHDIR"] = "1"
    return ["ccache", *command] if shutil.which("ccache") else command


@cache
def version(*programs: str) -> str:
    """A digest that another version of one of them changes."""
    found = [os.path.realpath(shutil.which(program) or program) for program in programs]
    stats = [os.stat(path) if os.path.exists(path) else None for path in found]
    return digest(*(f"{path} {stat and (stat.st_size, stat.st_mtime_ns)}" for path, stat in zip(found, stats)))
