"""Tangles the trees that need it."""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import compiler
from .journal_lines import journal
from .objects import run
from .trees import BUILD, Defect, Memory, Tree, digest

def wanted(tree: Tree) -> str:
    """A digest of all that the tree is tangled from: of the entries only their code, and where it stands."""
    last = tree.entry or list(journal())[-1]
    parts = [f"{name} {entry.code_digest}" for name, entry in journal().items() if name <= last]
    return digest(compiler.version("build/amend", "weave/tangle", "/usr/lib/noweb/mnt"), tree.exhibit, *parts)


def is_tangled(tree: Tree, remembered: Memory, now: str) -> bool:
    """Whether it is what the journal says, and nobody has touched it since."""
    return tree.given or remembered.known.get("tangled") == now and remembered.known.get("state") == tree.state()


def tangle(tree: Tree) -> None:
    """weave/tangle, in whose words mistakes are told."""
    top = "" if tree.top == Path() else f"{tree.top}/"
    last = tree.entry or ("" if tree.folder == BUILD else list(journal())[-1])
    run(["weave/tangle", top, f"{tree.folder}/", *filter(None, [last, tree.exhibit])])


def check_prose(last: str) -> None:
    """Prose is not tangled, but it may have a mistake: what would be read as a chunk, or front matter that lacks a title."""
    files = [f"journal/{name}.nw" for name in journal() if name <= last]
    raw = digest(last, *(entry.text for name, entry in journal().items() if name <= last), compiler.version("build/amend"))
    remembered = Memory.of(BUILD / "prose")
    if remembered.known.get("checked") == raw:
        return
    pipe = '/usr/lib/noweb/markup -t "$@" 2>&1 >&3 | sort -u >&2; exit "${PIPESTATUS[0]}"'
    filtered = f"set -o pipefail; {{ {pipe}; }} 3>&1 | build/amend --at {last} --require title,subtitle,summary,needs,machines"
    done = subprocess.run(["bash", "-c", f"{filtered} >/dev/null", "bash", *files], stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Defect(done.stderr.rstrip())
    remembered.keep(checked=raw)


def note_code() -> dict[Tree, Defect]:
    """Writes what tangling looks at to a file, if it is not what stands there. There are no defects, or one is raised."""
    check_prose(list(journal())[-1])
    noted, now = BUILD / "code", "".join(f"{name} {entry.code_digest}\n" for name, entry in journal().items())
    if not noted.exists() or noted.read_text() != now:
        noted.write_text(now)
    return {}


def tangle_all(trees: list[Tree]) -> dict[Tree, Defect]:
    """Those that are not as the journal says; what went wrong, by tree."""

    def attempt(tree: Tree) -> Defect | None:
        remembered, now = Memory.of(tree.folder), "" if tree.given else wanted(tree)
        if is_tangled(tree, remembered, now):
            return None
        try:
            tangle(tree)
        except Defect as defect:
            return defect
        remembered.keep(tangled=now, state=tree.state())
        return None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        defects = {tree: defect for tree, defect in zip(trees, pool.map(attempt, trees)) if defect}
    lasts = [tree.entry or list(journal())[-1] for tree in trees if not tree.given]
    if lasts and not defects:
        check_prose(max(lasts))
    return defects
