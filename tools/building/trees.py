"""The trees that a kernel is built from, named by folder; and what is remembered of each."""

import json
import os
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

JOURNAL = Path("journal")
BUILD = Path("build")
SANITIZED = ("undefined", "address")  # each a file of options in tangled/compiler/


class Defect(Exception):
    """What keeps a tree from being built, in sentences for a person."""


def digest(*parts: str | bytes) -> str:
    """Of all parts; where one ends and the next begins counts."""
    total = sha256()
    for part in parts:
        data = part.encode(errors="surrogateescape") if isinstance(part, str) else part
        total.update(b"%d " % len(data) + data)
    return total.hexdigest()[:32]


def entries() -> list[str]:
    """The journal's entries in file-name order, which is date order."""
    return sorted(file.stem for file in JOURNAL.glob("*.nw"))


def only_proves(name: str) -> bool:
    """Whether a file, by its name in the journal or in the tree, belongs to the second kernel alone."""
    return name.removeprefix("tangled/").startswith("proof/") or name.endswith(("_test.cpp", "_test.asm"))


def is_users(name: str) -> bool:
    """Whether a source is a program's, and no part of the kernel: by its name."""
    return "user" in Path(name).parts[:-1]


@dataclass(frozen=True)
class Tree:
    """boot/, linker.ld and tangled/ below `top`; what is made of them below `folder`."""

    folder: Path
    top: Path
    entry: str = ""  # as of this one; empty: the newest, or none where the sources are given
    exhibit: str = ""
    given: bool = False  # somebody else writes the sources
    variant: str = ""  # a folder of build/ whose name says how the newest kernel is compiled
    product: bool = False  # without what only proves it: the second kernel of a day that has two

    @property
    def elf(self) -> Path:
        return self.folder / ("product.elf" if self.product else "daybook.elf")

    @property
    def iso(self) -> Path:
        """The image of this one kernel. build/daybook.iso has all days'."""
        return self.folder / "newest.iso" if self.elf == BUILD / "daybook.elf" else self.elf.with_suffix(".iso")

    @property
    def modules(self) -> Path:
        """The folder with what the loader hands to the kernel beside it; there is none where that is nothing."""
        return self.elf.with_suffix(".modules")

    @property
    def name(self) -> str:
        """As a person is told."""
        if self.product:
            return f"{replace(self, product=False).name}, the product"
        if self.folder == BUILD:
            return "the newest kernel"
        if self.variant:
            return f"the newest kernel ({self.variant})"
        return f"{self.entry} with exhibit {self.exhibit}" if self.exhibit else self.entry or str(self.folder)

    def sources(self) -> list[str]:
        """The files that are compiled, in the order in which they are linked: by their names in the journal."""
        names = [str(file.relative_to(self.top)) for part in ("boot", "tangled") for file in (self.top / part).rglob("*")]
        names = [name for name in names if name.endswith((".asm", ".cpp")) and not (self.product and only_proves(name))]
        return sorted(names, key=lambda name: name.removeprefix("tangled/"))

    def as_product(self) -> "Tree":
        """The kernel that ships: what somebody finds in the tangled tree that only proves it is left out."""
        product = replace(self, product=True)
        return product if product.sources() != self.sources() else self

    def state(self) -> str:
        """A digest of names, sizes and times of the sources: whoever touches one of them changes it."""
        found = []
        for folder, folders, files in os.walk(self.top / "tangled"):
            folders.sort()
            found += [os.path.join(folder, file) for file in files]
        found += [str(file) for file in (self.top / "boot").glob("*")] + [str(self.top / "linker.ld")]
        stats = [(path, os.stat(path)) for path in sorted(found) if os.path.exists(path)]
        return digest(*(f"{path} {stat.st_size} {stat.st_mtime_ns}" for path, stat in stats))


def tree_of(name: str) -> Tree:
    """The tree that a person names by its folder."""
    folder = Path(os.path.relpath(name))
    match folder.parts:
        case ["build"]:
            return Tree(folder, Path())
        case ["build", "sanitized" | "coverage" as kind, *rest] if len(rest) == (kind == "sanitized"):
            return Tree(folder, folder, variant=folder.name)
        case ["build", "at", entry] if entry in entries():
            return Tree(folder, folder, entry)
        case ["build", "exhibit", entry, exhibit] if entry in entries():
            return Tree(folder, folder, entry, exhibit)
    if (folder / "tangled").is_dir() and BUILD not in folder.parents:
        return Tree(folder, folder, given=True)
    raise Defect(f"build: {name} is no tree: there are build, build/at/ENTRY, build/exhibit/ENTRY/NAME and build/sanitized/NAME")


def days() -> list[Tree]:
    return [tree_of(f"build/at/{entry}") for entry in entries()]


def exhibits() -> list[Tree]:
    """Known once the newest kernel's tree has been tangled."""
    rows = [line.split() for line in (BUILD / "exhibits.txt").read_text().splitlines()]
    return [tree_of(f"build/exhibit/{entry}/{name}") for entry, name in rows]


def sanitized() -> list[Tree]:
    return [tree_of(f"build/sanitized/{name}") for name in SANITIZED]


@dataclass
class Memory:
    """What a product was made from when it was made last, by product; in a file in the tree's folder."""

    file: Path
    known: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> "Memory":
        file = folder / "built.json"
        try:
            return cls(file, json.loads(file.read_text()))
        except (OSError, ValueError):
            return cls(file)

    def keep(self, **facts: Any) -> None:
        self.known |= facts
        self.file.parent.mkdir(parents=True, exist_ok=True)
        part = self.file.with_suffix(".part")
        part.write_text(json.dumps(self.known))
        part.rename(self.file)
