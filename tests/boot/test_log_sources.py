"""Which functions only print, and which line of the journal a call leads to; without a machine."""

from pathlib import Path

import pytest

from machine import log_sources
from machine.assembled import build_kernel
from machine.elf import Frame, Function, bounds, functions
from machine.log_sources import is_printer, printers, with_sources

JOURNAL = "journal/2025-11-04-long-mode.nw"
ELF = Path("daybook.elf")


@pytest.mark.parametrize(
    ("name", "prints_only"),
    [
        ("print", True),
        ("print.next", True),
        ("print_hex", True),
        ("format_decimal", True),
        ("put_character.wait", True),
        ("console::write(console::hex)", True),
        ("console::serial_port::write(char) const", True),
        ("void console::print<char [3], console::hex>(char const (&) [3], console::hex const&)", True),
        ("print_cr0", False),
        ("print_cr0.next", False),
        ("report", False),
        ("kernel_main", False),
        ("screen_shows_the_text()", False),
        ("kernel::show(console::hex)", False),
    ],
)
def test_printers_are_known_by_their_names(name: str, prints_only: bool) -> None:
    assert is_printer(name) == prints_only


def test_neighbouring_printers_are_one_range(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        Function("print", 0x10, 0x20),
        Function("print.next", 0x14, 0x18),
        Function("console::write", 0x20, 0x30),
        Function("report", 0x30, 0x40),
        Function("console::write", 0x40, 0x50),
    ]
    monkeypatch.setattr(log_sources, "functions", lambda _elf: found)
    assert printers(ELF) == [(0x10, 0x30), (0x40, 0x50)]


@pytest.mark.parametrize(
    ("frames", "source"),
    [
        (
            [Frame("void console::print<char [3]>(char [3])", JOURNAL, 586), Frame("kernel_main", JOURNAL, 347)],
            {"file": JOURNAL, "line": 347, "function": "kernel_main"},
        ),
        (
            [Frame("memory::show(unsigned long)", JOURNAL, 12), Frame("kernel_main", JOURNAL, 347)],
            {"file": JOURNAL, "line": 12, "function": "memory::show"},
        ),
        ([Frame("report.because", JOURNAL, 7)], {"file": JOURNAL, "line": 7, "function": "report"}),
        ([Frame("run()::{lambda(char)#1}::operator()(char) const", JOURNAL, 7)], {"file": JOURNAL, "line": 7, "function": "run"}),
        ([Frame("kernel_main::{lambda()#1}::operator()() const", JOURNAL, 7)], {"file": JOURNAL, "line": 7, "function": "kernel_main"}),
        ([Frame("helper", "boot/by_hand.asm", 7)], None),
        ([Frame(None, JOURNAL, 7)], None),
        ([], None),
    ],
)
def test_the_innermost_function_that_is_no_printer_is_the_source(
    monkeypatch: pytest.MonkeyPatch, frames: list[Frame], source: dict[str, object] | None
) -> None:
    monkeypatch.setattr(log_sources, "frames", lambda _elf, addresses: [frames for _ in addresses])
    line = {"instructions": 3, "text": "first light", "address": "0x10012a"}
    assert with_sources([line], ELF) == [line | {"source": source}]


def build(folder: Path, source: str) -> Path:
    """The ELF file whose assembly is `source`."""
    assembly, elf = folder / "by_hand.asm", folder / "by_hand.elf"
    assembly.write_text(source)
    build_kernel(assembly, elf)
    return elf


def test_a_call_leads_to_its_line(tmp_path: Path) -> None:
    source = """
%line 40+1 journal/by-hand.nw
global start
section .text
start:  call    show
.label: nop
show:   ret
alias:
last:   ret
"""
    elf = build(tmp_path, source)
    at = {function.name: (function.start, function.end) for function in functions(elf)}
    start = at["start"][0]
    assert at["start"] == (start, start + 6) and at["start.label"] == (start + 5, start + 6)
    assert at["show"] == (start + 6, start + 7)
    assert [line["source"] for line in with_sources([{"address": hex(start)}, {"address": "0x1"}], elf)] == [
        {"file": "journal/by-hand.nw", "line": 43, "function": "start"},
        None,
    ]


def test_a_function_with_two_names_is_not_empty(tmp_path: Path) -> None:
    source = "section .text\nglobal start\nstart:\nalias: nop\nlast: ret\n"
    at = {function.name: (function.start, function.end) for function in functions(build(tmp_path, source))}
    assert at["start"] == at["alias"] == (at["last"][0] - 1, at["last"][0])


def test_names_of_regions(tmp_path: Path) -> None:
    source = """
section .text
global start
start:
_start: ret
section .data
tests_start: dd 0
tests_end: dd 0
picture: dd 0
picture_end:
line_end: dd 0
probe_stack: dd 0
stack: dd 0
stack_top:
TABLE_start equ 4
"""
    names = bounds(build(tmp_path, source))
    assert names.keys() == {"tests_start", "tests_end", "picture", "picture_end", "stack", "stack_top"}
    assert names["stack_top"] - names["stack"] == 4
