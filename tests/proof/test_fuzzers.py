"""The kernel's fuzzers: a short run of each finds nothing, and one on a planted mistake finds it.

(Each goes on for as long as one likes: tests/host/fuzz/run TARGET SECONDS.)
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import store
from depends import fuzzer

from figures import Table, record

ROOT = Path(__file__).resolve().parents[2]

IS_MATRIX = os.environ.get("DAYBOOK_MATRIX") == "1"
SECONDS = "60" if IS_MATRIX else "10"
TARGETS = {
    "tags": "the boot information's tags (multiboot2/information.cpp)",
    "elf": "a program's file (elf/file.cpp)",
    "pool": "free pieces and the pool (memory/free_pieces.cpp, page/choose_pt_space.cpp)",
    "layout": "the layout of free memory (pool/free_memory.cpp)",
    "page": "map, unmap, protect and translate (page/map.hpp)",
    "frames": "the frames (pmem/frame_allocator.hpp)",
    "objects": "the kernel's objects (kstruct/heap.hpp)",
    "capability": "what programs hold (capability/slot.cpp)",
}

# Target, file, and what becomes of one piece of its text.
MISTAKES = [
    ("tags", "multiboot2/information.cpp", "if (size < tag_head_size || size > total - offset)", "if (size < tag_head_size)"),
    ("tags", "multiboot2/information.cpp", "if (end < start)", "if (end <= start)"),
    ("elf", "elf/file.cpp", "from.file_bytes > file_bytes - from.offset", "from.offset + from.file_bytes > file_bytes"),
    ("elf", "elf/file.cpp", "(of.start + of.bytes + page::size - 1)", "(of.start + of.bytes)"),
    ("pool", "memory/free_pieces.cpp", "usable != 0 && taken == 0", "usable == 1 && taken == 0"),
    ("pool", "page/choose_pt_space.cpp", "if (pages.end - pages.start > largest", "if (pages.end - pages.start >= largest"),
    ("layout", "pool/free_memory.cpp", "larger = memory::whole_pages(piece, page::bytes_per_entry(level + 1));", "larger = memory::whole_pages(piece, page::bytes_per_entry(largest));"),
    ("layout", "pool/free_memory.cpp", "value - middle->*member >= middle->length", "value - middle->*member > middle->length"),
    ("page", "page/map.hpp", "entries_below(count(address, level, above, -max_t{1})) != 1", "entries_below(count(address, level, above, -max_t{1})) > 2"),
    ("page", "page/map.hpp", "for (; level > level_of(pages); --level)", "for (; level > level_of(pages) + 1; --level)"),
    ("frames", "pmem/free_tree.cpp", "below->bytes.end == free.start", "below->bytes.end + 4096 == free.start"),
    ("frames", "pmem/owner_map.hpp", "at.used += is_set && !was_there;", "at.used += is_set;"),
    ("objects", "kstruct/heap.hpp", "in->kinds[slot] = kind::none;", ""),
    ("objects", "kstruct/slab.cpp", "(offset - first) % slot_size != 0", "(offset - first) % 16 != 0"),
    ("capability", "capability/slot.cpp", "link(from.previous, into, &from);", "link(&from, into, from.next);"),
    ("capability", "capability/slot.cpp", "count > from.count - offset ||", "offset + count > from.count ||"),
]


def fuzz(target: str, seconds: str, *tree: Path) -> subprocess.CompletedProcess[str]:
    run: list[str | Path] = [ROOT / "tests/host/fuzz/run", target, seconds, *tree]
    return subprocess.run(run, capture_output=True, text=True, env=os.environ | {"SEED": "1"})


@pytest.fixture(scope="module")
def executions() -> Iterator[dict[str, int]]:
    """How many inputs each target was given, by target; recorded for the site's page of figures if all were run."""
    counts: dict[str, int] = {}
    yield counts
    if set(counts) == set(TARGETS):
        rows = [[TARGETS[target], f"{count:,}"] for target, count in counts.items()]
        said = f"Each was fuzzed for {SECONDS} seconds, and no answer differed from the model's."
        made_by = "make matrix" if IS_MATRIX else "make test-all"
        record("fuzzers", made_by, said, Table("Inputs that were tried", ["What was called", "Inputs"], rows))


@pytest.mark.parametrize("target", TARGETS)
def test_fuzzing_finds_nothing(target: str, executions: dict[str, int]) -> None:
    key = store.key("proof", fuzzing=target, **fuzzer(target, SECONDS))
    if verdict := store.known(key):
        executions[target] = verdict["executions"]
        return
    run = fuzz(target, SECONDS)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-4000:]
    assert "without a difference" in run.stdout
    executions[target] = int(re.findall(r"stat::number_of_executed_units:\s*(\d+)", run.stderr)[-1])
    store.keep(key, {"executions": executions[target]})


PLANTED = [pytest.param(*each, marks=pytest.mark.depends(fuzzer, each[0], "60")) for each in MISTAKES]


@pytest.mark.parametrize(("target", "file", "old", "new"), PLANTED, ids=range(len(MISTAKES)))
def test_a_planted_mistake_is_found(tmp_path: Path, target: str, file: str, old: str, new: str) -> None:
    tree = shutil.copytree(ROOT / "tangled", tmp_path / "tangled")
    text = (tree / file).read_text()
    assert text.count(old) == 1
    (tree / file).write_text(text.replace(old, new))
    run = fuzz(target, "60", tree)
    assert run.returncode != 0, f"a minute of fuzzing did not see it: {run.stdout[-2000:]}"
    assert "libFuzzer" in run.stderr, run.stderr[-4000:]
