"""The trees that make has built: each entry's kernel (make days) and each exhibit's (make exhibits)."""

from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True)
class Day:
    """The kernel as of one entry."""

    entry: str

    @property
    def folder(self) -> Path:
        return BUILD / "at" / self.entry

    @property
    def iso(self) -> Path:
        return self.folder / "daybook.iso"

    @property
    def elf(self) -> Path:
        return self.folder / "daybook.elf"

    def proofs(self) -> dict[str, Proof]:
        """The proofs of this entry and those before it, as they stand in this tree, by entry."""
        for product in (self.iso, self.elf):
            if not product.exists():
                raise TreeError(f"{_shown(product)} is missing; `make days` makes it")
        found = {
            path.stem: read_proof(_shown(path))
            for path in sorted((self.folder / "tangled/proof").glob("*.expect"))
            if "." not in path.stem
        }
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


@dataclass(frozen=True)
class Exhibit:
    """A variant of one entry's kernel, which fails or behaves as its proof says."""

    entry: str
    name: str

    @property
    def folder(self) -> Path:
        return BUILD / "exhibit" / self.entry / self.name

    @property
    def iso(self) -> Path:
        return self.folder / "daybook.iso"

    @property
    def elf(self) -> Path:
        return self.folder / "daybook.elf"

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


def _shown(path: Path) -> Path:
    """The path as messages show it; tests run at the top of the repository."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
