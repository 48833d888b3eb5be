"""The .expect format and the machine names in it: what is right parses, what is wrong is named."""

from pathlib import Path

import pytest

from machine.expect import ExpectError, match_log, parse_proof, read_proof, tail
from machine.machines import OVMF_CODE, Machine, MachineError

PROOF = """\
# The kernel comes up.

on bios-pc-64M bios-q35-6G-below4g64M
on uefi-q35-512M-smp4
exit 33
| Daybook, as of \\d+
| done$
! PANIC

on bios-pc-64M-cpu_qemu32+nx=off
exit 39
| no long mode
on bios-pc-64M-noserial
exit 33
"""


def test_a_proof_is_read(tmp_path: Path) -> None:
    path = tmp_path / "2025-11-01-first-light.expect"
    path.write_text(PROOF)
    proof = read_proof(path)
    assert [machine.name for machine in proof.machines()] == [
        "bios-pc-64M",
        "bios-q35-6G-below4g64M",
        "uefi-q35-512M-smp4",
        "bios-pc-64M-cpu_qemu32+nx=off",
        "bios-pc-64M-noserial",
    ]
    (block,) = proof.blocks_for(Machine.parse("uefi-q35-512M-smp4"))
    assert block is proof.blocks[0]
    assert block.outcome == "exit 33"
    assert [pattern.regex.pattern for pattern in block.expected] == ["Daybook, as of \\d+", "done$"]
    assert block.expected[1].where == f"{path}:7"
    assert [pattern.regex.pattern for pattern in block.forbidden] == ["PANIC"]
    assert proof.blocks_for(Machine.parse("bios-pc-512M")) == []


def test_several_blocks_may_name_a_machine() -> None:
    text = "on bios-pc-64M bios-pc-6G\nexit 33\n| a\non bios-pc-6G\nexit 33\n| b\n"
    proof = parse_proof(text, Path("x.expect"))
    assert [machine.name for machine in proof.machines()] == ["bios-pc-64M", "bios-pc-6G"]
    assert proof.blocks_for(Machine.parse("bios-pc-6G")) == proof.blocks


def test_what_is_looked_at_from_an_entry_on_stands_anywhere() -> None:
    proof = parse_proof("check screen\non bios-pc-64M\nexit 33\ncheck page-tables\n| a\n", Path("x.expect"))
    assert proof.checks == ("screen", "page-tables") and [len(block.expected) for block in proof.blocks] == [1]


def test_a_build_that_fails_names_no_machine() -> None:
    proof = parse_proof("exit build-error\n| error: .* undeclared\n", Path("x.expect"))
    assert proof.blocks[0].outcome == "build-error"
    assert proof.machines() == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.expect:1: the proof is empty"),
        ("# nothing\n", "x.expect:1: the proof is empty"),
        ("exit 33\n", "x.expect:1: `exit` before any `on MACHINE"),
        ("| x\n", "x.expect:1: `|` before any `on MACHINE"),
        ("\non\n", "x.expect:2: `on` names no machine"),
        ("on bios-pc-64M efi-pc-64M\n", 'x.expect:1: "efi-pc-64M" is not a machine: "efi" is not'),
        ("on bios-pc-64M\n| x\n", "x.expect:1: the block says no outcome"),
        ("on bios-pc-64M\nexit 33\n", "x.expect:1: the block expects no line"),
        ("on bios-pc-64M\nexit 33\nexit 35\n| x\n", "x.expect:3: a second outcome"),
        ("on bios-pc-64M\nexit 32\n| x\n", "x.expect:2: `exit 32`: neither an odd"),
        ("on bios-pc-64M\nexit 1\n| x\n", "x.expect:2: `exit 1`: neither an odd"),
        ("on bios-pc-64M\nexit\n| x\n", "x.expect:2: `exit `: neither an odd"),
        ("on bios-pc-64M\nexit hung\n| x\n", "x.expect:2: `exit hung`: neither an odd"),
        ("on bios-pc-64M\nhang\n| x\n", "x.expect:2: unknown line `hang`"),
        ("on bios-pc-64M\nexit 33\n| (\n", "x.expect:3: bad regular expression `(`: missing )"),
        ("on bios-pc-64M\nexit 33\n| x\ncheck me\n", "x.expect:4: nobody checks `me`; there are page-tables, "),
        ("on bios-pc-64M\nexit 33\n|\n", "x.expect:3: the regular expression is missing"),
        ("on bios-pc-64M\nexit 33\nDaybook\n", "x.expect:3: unknown line `Daybook`"),
        ("on bios-pc-64M\nexit 33\n|Daybook\n", "x.expect:3: unknown line `|Daybook`"),
        ("on bios-pc-64M\nexit build-error\n| x\n", "x.expect:1: a build that fails runs on no machine"),
        ("on bios-pc-64M-noserial\nexit 33\n| x\n", "x.expect:1: bios-pc-64M-noserial has no serial"),
        ("on bios-pc-64M-nodebugexit\nexit 33\n| x\n", "x.expect:1: bios-pc-64M-nodebugexit cannot"),
        (
            "on bios-pc-64M\nexit 33\n| x\non bios-pc-64M\nexit 39\n| y\n",
            "x.expect:4: bios-pc-64M cannot end with `exit 39` and, as x.expect:1 has it, with `exit 33`",
        ),
    ],
)
def test_what_is_wrong_is_named(text: str, message: str) -> None:
    with pytest.raises(ExpectError) as raised:
        parse_proof(text, Path("x.expect"))
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(
    ("log", "complaint"),
    [
        ("a\nnoise\nb\n", None),
        ("noise\na\nb", None),
        ("", "x.expect:3: no line of the log matches `^a`; it is the first expected line"),
        ("b\na\n", "x.expect:4: no line of the log matches `b$`; the last that matched is `^a`"),
        ("ab\n", "x.expect:4: no line of the log matches `b$`"),
        ("a\nbad\nb\n", "x.expect:5: line 2 of the log matches the forbidden `bad`: bad"),
    ],
)
def test_lines_match_in_order(log: str, complaint: str | None) -> None:
    block = parse_proof("on bios-pc-64M\nexit 33\n| ^a\n| b$\n! bad\n", Path("x.expect")).blocks[0]
    found = match_log(block, log)
    assert len(found) == (complaint is not None)
    assert complaint is None or found[0].startswith(complaint)


def test_a_message_shows_the_end_of_the_log() -> None:
    assert tail("a\nb\n") == "the log:\n    a\n    b"
    assert tail("") == "the log is empty"
    long = tail("".join(f"line {number}\n" for number in range(100)))
    assert long.startswith("the log's last 20 lines of 100:\n    line 80\n")
    assert long.endswith("line 99")


def test_a_machine_is_what_its_name_says(tmp_path: Path) -> None:
    arguments = " ".join(Machine.parse("bios-pc-512M").qemu_arguments(tmp_path))
    assert "-machine pc,memory-backend=pc.ram -m 512M -smp 1" in arguments
    assert "-object memory-backend-ram,id=pc.ram,size=512M,reserve=off" in arguments
    assert "isa-debug-exit,iobase=0xf4,iosize=4" in arguments
    assert "pflash" not in arguments and "-cpu" not in arguments

    name = "uefi-q35-6G-smp4-below4g64M-cpu_qemu64+-nx+smep=on-nodebugexit"
    arguments = " ".join(Machine.parse(name).qemu_arguments(tmp_path / "vars"))
    assert "-machine q35,max-ram-below-4g=64M,memory-backend=pc.ram -m 6G -smp 4" in arguments
    assert "-cpu qemu64,-nx,smep=on" in arguments
    assert "isa-debug-exit" not in arguments
    assert f"readonly=on,file={OVMF_CODE}" in arguments
    assert f"unit=1,format=raw,file={tmp_path / 'vars'}" in arguments
    assert not Machine.parse("bios-pc-64M-noserial").serial


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("bios-pc", "fewer than three parts"),
        ("coreboot-pc-64M", '"coreboot" is not a firmware'),
        ("bios-isapc-64M", '"isapc" is not a board'),
        ("bios-pc-64", '"64" is not a memory size'),
        ("bios-pc-0M", '"0M" is not a memory size'),
        ("bios-pc-64M-smp0", '"smp0" is not an option'),
        ("bios-pc-64M-turbo", '"turbo" is not an option'),
        ("bios-pc-64M-", '"" is not an option'),
        ("bios-pc-64M-cpu_a,b", '"cpu_a,b" is not an option'),
        ("bios-pc-64M-cpu_a+", '"cpu_a+" is not an option'),
        ("bios-pc-64M-smp2-smp4", '"smp4" sets what another option has set'),
    ],
)
def test_a_name_that_is_no_machine_says_why(name: str, why: str) -> None:
    with pytest.raises(MachineError) as raised:
        Machine.parse(name)
    assert why in str(raised.value)
    assert str(raised.value).startswith(f'"{name}" is not a machine: ')
