"""Object files, kept by the content of all that they are made of, for all trees together.

Trees share most of their files, so most objects are made once. A file of C++ is compiled with ordinals for line numbers
(journal_lines.py); what the compiler says is kept, and assembled with the lines as they are now.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock

from . import compiler
from .journal_lines import line_of, mapped, to_lines, to_ordinals, used
from .trees import BUILD, Defect, Tree, digest, is_users

STORE = BUILD / "objects"
FONT = BUILD / "font.psf"
INCLUDE = re.compile(r'^[ \t]*[#%]include[ \t]+"([^"]+)"', re.MULTILINE)
MAKERS = digest(*(Path(__file__).with_name(name).read_text() for name in ("objects.py", "journal_lines.py")))
VERBOSE = os.environ.get("V") == "1"


def memory() -> str | None:
    """A folder for files that are gone soon: on a disk, making and removing them takes longer than all the rest."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def run(command: list[str], folder: Path = Path()) -> None:
    """A Defect with all that the command says, if it fails."""
    if VERBOSE:
        print(f"cd {folder} && {' '.join(command)}", flush=True)
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        raise Defect((done.stdout + done.stderr).rstrip() or f"build: {command[0]} ended with status {done.returncode}")
    if done.stderr:
        print(done.stderr, end="", flush=True)


def write(path: Path, text: str) -> None:
    """Whole or not at all."""
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_text(text, errors="surrogateescape")
    part.rename(path)


@dataclass(frozen=True)
class Text:
    """A file as it is compiled."""

    content: str
    digest: str
    includes: tuple[str, ...]


@cache
def ordinal_text(content: bytes) -> Text:
    return text_of(to_ordinals(content.decode(errors="surrogateescape")))


def text_of(content: str) -> Text:
    return Text(content, digest(content), tuple(INCLUDE.findall(content)))


class Sources:
    """The files of one tree, read once each."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.ordinals = tree.variant != "coverage" and not tree.given
        self.texts: dict[str, Text | None] = {}
        self.shadow: Path | None = None
        self.writing = Lock()
        settings = sorted((tree.top / "tangled/compiler").glob("*"))
        self.settings = digest(*(f"{file.name}\n{file.read_text()}" for file in settings))
        unchecked = tree.top / "tangled/compiler/unchecked"
        self.unchecked = unchecked.read_text().split() if unchecked.exists() else []
        # What only proves the kernel lies below proof/ as if it lay beside the rest; its headers are found first.
        headers = [] if tree.product else [*(tree.top / "tangled/proof").rglob("*.hpp"), *(tree.top / "tangled/proof").rglob("*.inc")]
        self.proof = ["tangled/proof"] if headers else []

    def text(self, name: str) -> Text | None:
        if name not in self.texts:
            try:
                content = (self.tree.top / name).read_bytes()
            except OSError:
                self.texts[name] = None
            else:
                cxx = name.endswith((".cpp", ".hpp")) and self.ordinals
                self.texts[name] = ordinal_text(content) if cxx else text_of(content.decode(errors="surrogateescape"))
        return self.texts[name]

    def closure(self, name: str) -> dict[str, Text]:
        """The file and all that it includes."""
        found: dict[str, Text] = {}
        waiting = [name]
        while waiting:
            path = waiting.pop()
            text = self.text(path)
            if path in found or text is None:
                continue
            found[path] = text
            for included in text.includes:
                beside = os.path.normpath(os.path.join(os.path.dirname(path), included))
                places = [beside, *(f"{proof}/{included}" for proof in self.proof), f"tangled/{included}", included]
                waiting += [each for each in places if self.text(each)][:1]
        return found

    def command(self, name: str) -> list[str]:
        """How a file of C++ is compiled, within the tree, up to where it finds headers and what is made of it."""
        if is_users(name):
            return compiler.of_programs()
        unchecked = ["-fno-sanitize=kernel-address"] if name.removeprefix("tangled/") in self.unchecked else []
        return [*compiler.compiler(self.tree), *unchecked]

    def key(self, name: str) -> str:
        """Of what is compiled: the same key, the same object, but for the journal's lines."""
        texts = [f"{path} {text.digest}" for path, text in sorted(self.closure(name).items())]
        if name.endswith(".asm"):
            font = sha256(FONT.read_bytes()).hexdigest() if FONT.exists() else ""
            return digest(MAKERS, *texts, font, *compiler.NASM[:-1], compiler.version("nasm", "weave/forget-folder"))
        command = self.command(name)
        return digest(MAKERS, *texts, self.settings, *command, compiler.version(command[0], f"{compiler.CROSS}as"))

    def ordinal_tree(self, folder: Path) -> Path:
        """A copy of tangled/ in which lines are ordinals."""
        with self.writing:
            if not self.shadow:
                self.shadow = Path(tempfile.mkdtemp(dir=folder))
                for file in (self.tree.top / "tangled").rglob("*"):
                    name = str(file.relative_to(self.tree.top))
                    if file.is_file() and (text := self.text(name)):
                        (self.shadow / name).parent.mkdir(parents=True, exist_ok=True)
                        (self.shadow / name).write_text(text.content, errors="surrogateescape")
            return self.shadow


@dataclass
class Job:
    """A file of a tree, to be compiled for all trees that have the same."""

    sources: Sources
    name: str
    key: str

    @property
    def ordinals(self) -> bool:
        return self.sources.ordinals and self.name.endswith(".cpp")

    @property
    def compiled(self) -> Path:
        """What the compiler or NASM makes of it."""
        return STORE / f"{self.key}.s" if self.ordinals else self.place(self.key)

    def place(self, key: str) -> Path:
        """The object file's: a linker script tells files apart by folder."""
        return STORE / key / f"{self.name.removeprefix('tangled/')}.o"

    def compile(self, folder: Path) -> None:
        """Makes that."""
        self.compiled.parent.mkdir(parents=True, exist_ok=True)
        part = self.compiled.absolute().with_suffix(f".{os.getpid()}{self.compiled.suffix}")
        top = self.sources.tree.top
        if self.name.endswith(".asm"):
            found = [f"-I{proof}/" for proof in self.sources.proof]
            run(["nasm", *compiler.NASM, *found, "-o", str(part), self.name], top)
            run(["weave/forget-folder", str(part), str(top.resolve())])
        elif self.ordinals:
            shadow = self.sources.ordinal_tree(folder)
            try:
                run(self.cxx(shadow, "-S", part), shadow)
            except Defect:
                # Once more from the file itself: what is wrong is at a line of the journal.
                run(self.cxx(top.absolute(), "-S", Path("/dev/null")), top)
                raise
            write(self.lines, "".join(f"{number}\n" for number in used(part.read_text())))
        else:
            run(self.cxx(top.absolute(), "-c", part), top)
        part.rename(self.compiled)

    def cxx(self, folder: Path, stage: str, into: Path) -> list[str]:
        found = [option for proof in self.sources.proof for option in ("-iquote", proof)]
        prefix = f"-ffile-prefix-map={folder}=."
        return compiler.in_cache([*self.sources.command(self.name), *found, prefix, stage, self.name, "-o", str(into)])

    @property
    def lines(self) -> Path:
        """The numbers in the assembler's source that stand for lines."""
        return STORE / f"{self.key}.lines"

    def object(self) -> Path:
        """The object file with the lines as they are."""
        return self.place(key_of_lines(self.key)) if self.ordinals else self.compiled

    def assemble(self) -> None:
        """Makes it."""
        into = self.object()
        into.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", suffix=".s", dir=memory()) as file:
            file.write(to_lines(self.compiled.read_text()))
            file.flush()
            part = into.with_suffix(f".{os.getpid()}.o")
            run([f"{compiler.CROSS}as", *compiler.AS, "-o", str(part), file.name])
        part.rename(into)


@cache
def key_of_lines(key: str) -> str:
    """The key together with the lines that its numbers stand for."""
    return digest(key, *(str(mapped(int(number))) for number in (STORE / f"{key}.lines").read_text().split()))


def in_parallel(work: Callable[[Job], None], jobs: Iterable[Job]) -> dict[str, Defect]:
    """What went wrong, by the job's key."""

    def attempt(job: Job) -> tuple[str, Defect] | None:
        try:
            work(job)
        except Defect as defect:
            return job.key, defect
        return None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(failed for failed in pool.map(attempt, jobs) if failed)


def make_objects(trees: list[Tree]) -> tuple[dict[Tree, list[tuple[str, Path]]], dict[Tree, Defect], dict[Tree, int]]:
    """Each tree's files and their objects; what could not be made; and how many files of each were compiled for it."""
    STORE.mkdir(parents=True, exist_ok=True)
    jobs = {tree: [Job(sources, name, sources.key(name)) for name in tree.sources()] for tree in trees for sources in [Sources(tree)]}
    distinct = {job.key: job for tree in reversed(trees) for job in reversed(jobs[tree])}
    new = {key: job for key, job in distinct.items() if not job.compiled.exists() or job.ordinals and not job.lines.exists()}
    if new:
        print(f"c++     {len(new)} of {sum(map(len, jobs.values()))} files", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="daybook.", dir=memory()))
    try:
        failed = in_parallel(lambda job: job.compile(folder), new.values())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    moved = [job for key, job in distinct.items() if key not in failed and not job.object().exists()]
    failed |= in_parallel(Job.assemble, moved)
    objects, defects, counts = {}, {}, {}
    for tree in trees:
        broken = [failed[job.key] for job in jobs[tree] if job.key in failed]
        if broken:
            defects[tree] = Defect("\n".join(dict.fromkeys(map(str, broken))))
        else:
            objects[tree] = [(job.name, job.object()) for job in jobs[tree]]
        counts[tree] = sum(job.key in new and new[job.key].sources.tree == tree for job in jobs[tree])
    return objects, defects, counts
