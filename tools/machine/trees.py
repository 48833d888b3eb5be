"""The trees that are built: each entry's kernel and each exhibit's. Their sources tell them apart; nothing here needs a kernel."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import places
from .expect import BUILD_ERROR, Block, Proof, read_proof
from .machines import Machine

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"


class TreeError(Exception):
    """A tree that is not there or not whole; the text says what makes it."""


def entries() -> list[str]:
    """The names of the journal's entries, in order."""
    return sorted(path.stem for path in (ROOT / "journal").glob("*.nw"))


def exhibits() -> list[tuple[str, str]]:
    """(ENTRY, NAME) of every exhibit."""
    listing = BUILD / "exhibits.txt"
    if not listing.exists():
        return []
    rows = [line.split() for line in listing.read_text().splitlines()]
    return [(entry, name) for entry, name in rows]


class _Tree:
    """What every tree has."""

    @property
    def folder(self) -> Path:
        """Where it is built."""
        raise NotImplementedError

    @property
    def iso(self) -> Path:
        return self.folder / "daybook.iso"

    @property
    def elf(self) -> Path:
        return self.folder / "daybook.elf"

    @property
    def digest(self) -> str:
        """Of its sources, and so of the kernel, but for the compiler."""
        return places.digest(self.folder)


@dataclass(frozen=True)
class Day(_Tree):
    """The kernel as of one entry."""

    entry: str

    @property
    def folder(self) -> Path:
        return BUILD / "at" / self.entry

    def proofs(self) -> dict[str, Proof]:
        """The proofs of this entry and those before it, as they stand in this tree, by entry."""
        found = _proofs(self.folder)
        if not found:
            raise TreeError(f"{_shown(self.folder)} is missing; `make days` makes it")
        if self.entry not in found:
            raise TreeError(f"{self.entry} has no proof: define the chunk proof/{self.entry}.expect")
        return found

    def machines(self, every: bool) -> list[Machine]:
        """The machines to boot: those of the entry's own proof, or of `every` proof in the tree."""
        proofs = self.proofs()
        chosen = list(proofs.values()) if every else [proofs[self.entry]]
        return list(dict.fromkeys(machine for proof in chosen for machine in proof.machines()))

    def blocks_for(self, machine: Machine) -> list[Block]:
        """What the proofs in the tree, taken together, demand of `machine`."""
        return [block for proof in self.proofs().values() for block in proof.blocks_for(machine)]

    def checks(self) -> list[str]:
        """What its kernel is looked at for: what the proofs of this entry and those before it say, as the newest tree has them."""
        proofs = Day(entries()[-1]).proofs()
        return sorted({check for entry, proof in proofs.items() if entry <= self.entry for check in proof.checks})


@cache
def _proofs(folder: Path) -> dict[str, Proof]:
    files = sorted((folder / "tangled/proof").glob("*.expect"))
    return {path.stem: read_proof(_shown(path)) for path in files if "." not in path.stem}


@dataclass(frozen=True)
class Exhibit(_Tree):
    """A variant of one entry's kernel, which fails or behaves as its proof says."""

    entry: str
    name: str

    @property
    def folder(self) -> Path:
        return BUILD / "exhibit" / self.entry / self.name

    @property
    def build_log(self) -> Path:
        return self.folder / "build.log"

    def proof(self) -> Proof:
        """What the exhibit must show."""
        path = Day(self.entry).folder / f"tangled/proof/{self.entry}.{self.name}.expect"
        if not path.exists():
            raise TreeError(
                f"the exhibit {self.name} of {self.entry} has no proof: define the chunk "
                f"proof/{self.entry}.{self.name}.expect"
            )
        return read_proof(_shown(path))

    def check(self) -> None:
        """A TreeError when what the proof asks for has not been made."""
        builds = all(block.outcome != BUILD_ERROR for block in self.proof().blocks)
        for product in (self.iso, self.elf) if builds else (self.build_log,):
            if not product.exists():
                hint = f"; {_shown(self.build_log)} may say why" if self.build_log.exists() else ""
                raise TreeError(f"{_shown(product)} is missing; `make exhibits` makes it{hint}")


@dataclass(frozen=True)
class Sanitized(_Tree):
    """The newest kernel with checks, by the name of its file of options in tangled/compiler/."""

    name: str

    @property
    def folder(self) -> Path:
        return BUILD / "sanitized" / self.name


Tree = Day | Exhibit | Sanitized


def newest() -> Day:
    """The kernel as of the last entry."""
    return Day(entries()[-1])


def tangle() -> None:
    """Makes the sources of all trees that are not up to date; which exhibits there are is known then."""
    subprocess.run(["make", "-s", "build/amend", "build/font.psf"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    _build("--tangle", "build", "--days", "--exhibits", "--sanitized")
    forget()


def forget() -> None:
    """What was read of trees that have been tangled since."""
    places.forget()
    _proofs.cache_clear()


def build(trees: Iterable[Tree]) -> None:
    """Makes the kernels and images of those that are not up to date, or of an exhibit that must not build, what the compiler says."""
    if names := [_name(tree) for tree in dict.fromkeys(trees)]:
        _build(*names)


def _build(*arguments: str) -> None:
    run = subprocess.run(["tools/build", *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if run.returncode:
        raise TreeError(f"tools/build {' '.join(arguments)} failed:\n{run.stdout}")


def _name(tree: Tree) -> str:
    return str(tree.folder.relative_to(ROOT))


def _shown(path: Path) -> Path:
    """The path as messages show it; tests run at the top of the repository."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
