"""The boot information that the emulator gives a kernel, read back without it."""

import json
import struct
import subprocess
from pathlib import Path

import pytest

from machine.machines import Machine

SCRIPT = """
const { bootInformation } = require(process.argv[1]);
const options = JSON.parse(process.argv[2]);
process.stdout.write(bootInformation(options));
"""
MULTIBOOT = Path(__file__).resolve().parents[2] / "weave/emulator/multiboot.js"
MIB = 1 << 20


def information(**options: object) -> dict[int, bytes]:
    """The content of each tag, by its type."""
    command: list[str | Path] = ["node", "-e", SCRIPT, MULTIBOOT, json.dumps(options)]
    blob = subprocess.run(command, check=True, capture_output=True).stdout
    assert struct.unpack_from("<II", blob) == (len(blob), 0)
    tags, at = {}, 8
    while at < len(blob):
        kind, size = struct.unpack_from("<II", blob, at)
        assert kind not in tags
        tags[kind] = blob[at + 8 : at + size]
        at += size + -size % 8
    assert at == len(blob) and list(tags)[-1] == 0
    return tags


@pytest.mark.parametrize("memory", ["64M", "512M", "6G"])
def test_the_memory_map_is_that_of_qemus_board(memory: str) -> None:
    size = int(memory[:-1]) * {"M": MIB, "G": 1024 * MIB}[memory[-1]]
    content = information(memoryBytes=size)[6]
    assert struct.unpack_from("<II", content) == (24, 0)
    found = [struct.unpack_from("<QQII", content, at) for at in range(8, len(content), 24)]
    expected = Machine.parse(f"direct-pc-{memory}").memory_map()
    assert found == [(region.start, region.end - region.start, region.kind, 0) for region in expected]


def test_texts_and_basic_memory() -> None:
    tags = information(memoryBytes=64 * MIB, commandLine="show-pool é")
    assert tags[1] == "show-pool é".encode() + b"\0"
    assert tags[2] == b"Daybook in a page\0"
    assert struct.unpack("<II", tags[4]) == (639, 63 * 1024 - 128)
    assert not {3, 8} & tags.keys()


def test_a_module() -> None:
    content = information(memoryBytes=64 * MIB, modules=[{"start": 0x123000, "end": 0x123456, "name": "root é"}])[3]
    assert content == struct.pack("<II", 0x123000, 0x123456) + "root é".encode() + b"\0"


def test_a_framebuffer() -> None:
    screen = {"address": 0xE0000000, "width": 1024, "height": 768, "depth": 32}
    content = information(memoryBytes=64 * MIB, framebuffer=screen)[8]
    assert struct.unpack("<QIIIBBH6B", content) == (0xE0000000, 4096, 1024, 768, 32, 1, 0, 16, 8, 8, 8, 0, 8)
