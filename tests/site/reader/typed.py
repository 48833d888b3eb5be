"""Types what an entry's page says, where it says so: in a folder that has the files as of that place, and nothing else."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reader.book import Block, Chunk, Entry
from reader.follow import Kernel
from reader.tree import assemble_so_far, write_tree

PATIENCE = 600  # seconds for a block: a day's compilation, or a boot
_ESCAPES = re.compile(r"\x1b\[[0-9;?=]*[A-Za-z]|\x1b[()][A-Z0-9]|[\r\0]")


@dataclass(frozen=True)
class Stop:
    """Blocks that come one after the other, and the files as they are there."""

    files: dict[str, str]
    blocks: tuple[Block, ...]


def stops(kernel: Kernel, entry: Entry) -> Iterator[Stop]:
    """Where a follower of the entry types something. `kernel`: as of the day before; afterwards, as of this one."""
    blocks: list[Block] = []
    for item in [*entry.items, None]:
        if isinstance(item, Block):
            blocks.append(item)
            continue
        if blocks:
            yield Stop(assemble_so_far(kernel), tuple(blocks))
            blocks = []
        if isinstance(item, Chunk):
            kernel.follow_chunk(entry, item)


def try_out(stop: Stop, folder: Path, scripts: list[Path]) -> Iterator[str]:
    """What is not as the page says, at this stop."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("boot", "tangled"):  # what is built and tried beside them stays
        shutil.rmtree(folder / part, ignore_errors=True)
    write_tree(stop.files, folder)
    for script in scripts:
        shutil.copy(script, folder)
    said, typed = "", ""
    for block in stop.blocks:
        if block.kind == "file":
            (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.file).write_text(block.text)
        elif block.kind == "type":
            typed, done = block.text, subprocess.run(
                ["bash", "-c", block.text], cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, timeout=PATIENCE,
            )
            said = _ESCAPES.sub("", done.stdout.decode(errors="replace"))
            if done.returncode:
                yield f"status {done.returncode} of\n{typed}\n{said}"
        else:
            yield from (f"no line like {pattern} after\n{typed}\n{said}" for pattern in missing(block.text, said))


def _environment() -> dict[str, str]:
    """A follower's, in which what has been compiled once is not compiled again."""
    return {**os.environ, "PATH": f"/usr/lib/ccache:{os.environ['PATH']}", "CCACHE_NOHASHDIR": "1"}


def missing(patterns: str, said: str) -> Iterator[str]:
    """The first that no line matches behind those of the patterns before."""
    lines = iter(said.splitlines())
    for pattern in patterns.splitlines():
        if not any(re.search(pattern, line) for line in lines):
            yield pattern
            return
