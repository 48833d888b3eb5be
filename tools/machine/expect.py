"""The .expect format: what a proof demands of a boot.

    # a comment; blank lines are ignored
    on bios-pc-512M uefi-q35-512M      the machines of this block; several blocks may name one
    exit 33                            QEMU's status, or: halt, hang, triple-fault
    | ^Daybook: first light$           regular expressions that lines of the log match, in this order
    ! PANIC                            a regular expression that no line of the log matches
    check page-tables                  what is looked at, from this entry on, in a machine that the kernel has halted

`exit build-error` stands without machines: the kernel must not build, and the patterns are for the
log of the build.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from .machines import Machine, MachineError

BUILD_ERROR = "build-error"
CHECKS = ("page-tables", "screen", "free-memory", "owners", "protections")  # halted_verdict.py does them
_OUTCOMES = ("halt", "hang", "triple-fault", BUILD_ERROR)
_TAIL = 20


class ExpectError(ValueError):
    """A malformed .expect file; the text begins with FILE:LINE."""


@dataclass(frozen=True)
class Pattern:
    """One regular expression of a proof, and where it stands."""

    where: str
    regex: re.Pattern[str]


@dataclass
class Block:
    """What one group of machines must show."""

    where: str
    machines: list[Machine] = field(default_factory=list)
    outcome: str = ""
    expected: list[Pattern] = field(default_factory=list)
    forbidden: list[Pattern] = field(default_factory=list)


@dataclass(frozen=True)
class Proof:
    """One .expect file."""

    path: Path
    blocks: list[Block]
    checks: tuple[str, ...] = ()

    def machines(self) -> list[Machine]:
        """Every machine that the proof names, once, in its order."""
        return list(dict.fromkeys(machine for block in self.blocks for machine in block.machines))

    def blocks_for(self, machine: Machine) -> list[Block]:
        """What the proof demands of `machine`: every block that names it."""
        return [block for block in self.blocks if machine in block.machines]


def read_proof(path: Path) -> Proof:
    """Parses the file at `path`; an ExpectError names the line that is wrong."""
    return parse_proof(path.read_text(encoding="utf-8"), path)


def parse_proof(text: str, path: Path) -> Proof:
    """Parses `text` as the file `path`; an ExpectError names the line that is wrong."""
    blocks: list[Block] = []
    checks: list[str] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.rstrip()
        if line.startswith("check "):
            checks.append(_check(line[6:], f"{path}:{number}"))
        elif line and not line.startswith("#"):
            _parse_line(line, f"{path}:{number}", blocks)
    if not blocks:
        raise ExpectError(f"{path}:1: the proof is empty; it needs at least one `on` block")
    for block in blocks:
        _check_block(block)
    _check_outcomes_agree(blocks)
    return Proof(path, blocks, tuple(checks))


def _check(name: str, where: str) -> str:
    if name not in CHECKS:
        raise ExpectError(f"{where}: nobody checks `{name}`; there are {', '.join(CHECKS)}")
    return name


def _parse_line(line: str, where: str, blocks: list[Block]) -> None:
    word, _, rest = line.partition(" ")
    block = blocks[-1] if blocks else None
    if word == "on":
        # `on` after an outcome opens a block; `on` after `on` continues the list of machines.
        if block is None or block.outcome:
            block = Block(where)
            blocks.append(block)
        block.machines += _machines(rest, where)
    elif word == "exit":
        outcome = _outcome(rest, where)
        if outcome == BUILD_ERROR and (block is None or block.outcome):
            block = Block(where)
            blocks.append(block)
        if block is None:
            raise ExpectError(f"{where}: `exit` before any `on MACHINE...` line")
        if block.outcome:
            raise ExpectError(f"{where}: a second outcome; this block already says `{block.outcome}`")
        block.outcome = outcome
    elif word in ("|", "!"):
        if block is None:
            raise ExpectError(f"{where}: `{word}` before any `on MACHINE...` line")
        (block.expected if word == "|" else block.forbidden).append(_pattern(rest, where))
    else:
        raise ExpectError(
            f"{where}: unknown line `{line}`; a line begins with `#`, `on`, `exit`, `| `, `! ` or `check`"
        )


def _machines(names: str, where: str) -> list[Machine]:
    if not names.split():
        raise ExpectError(f"{where}: `on` names no machine")
    try:
        return [Machine.parse(name) for name in names.split()]
    except MachineError as error:
        raise ExpectError(f"{where}: {error}") from None


def _outcome(text: str, where: str) -> str:
    if text in _OUTCOMES:
        return text
    # isa-debug-exit makes status 2 * code + 1. 1 is left out: QEMU's own failures look like it.
    if not text.isdecimal() or int(text) % 2 == 0 or not 3 <= int(text) <= 255:
        raise ExpectError(
            f"{where}: `exit {text}`: neither an odd QEMU status from 3 to 255 nor one of "
            f"{', '.join(_OUTCOMES)}"
        )
    return f"exit {int(text)}"


def _pattern(text: str, where: str) -> Pattern:
    if not text:
        raise ExpectError(f"{where}: the regular expression is missing")
    try:
        return Pattern(where, re.compile(text))
    except re.error as error:
        raise ExpectError(f"{where}: bad regular expression `{text}`: {error}") from None


def _check_block(block: Block) -> None:
    if not block.outcome:
        raise ExpectError(f"{block.where}: the block says no outcome, such as `exit 33`")
    if block.outcome == BUILD_ERROR:
        if block.machines:
            raise ExpectError(f"{block.where}: a build that fails runs on no machine; leave `on` out")
    elif not block.machines:
        raise ExpectError(f"{block.where}: the block names no machine")
    silent = [machine.name for machine in block.machines if not machine.serial]
    if silent and block.expected:
        raise ExpectError(f"{block.where}: {silent[0]} has no serial port, it can show no line")
    if not block.expected and not silent:
        raise ExpectError(f"{block.where}: the block expects no line, so it proves nothing")
    for machine in block.machines:
        if block.outcome.startswith("exit") and not machine.debug_exit:
            raise ExpectError(f"{block.where}: {machine.name} cannot exit; expect `exit halt` of it")


def _check_outcomes_agree(blocks: list[Block]) -> None:
    first: dict[Machine, Block] = {}
    for block in blocks:
        for machine in block.machines:
            other = first.setdefault(machine, block)
            if other.outcome != block.outcome:
                raise ExpectError(
                    f"{block.where}: {machine.name} cannot end with `exit {_shown(block)}` and, as "
                    f"{other.where} has it, with `exit {_shown(other)}`"
                )


def _shown(block: Block) -> str:
    return block.outcome.removeprefix("exit ")


def match_log(block: Block, log: str) -> list[str]:
    """What is wrong with `log` by the block's patterns: complaints, none when all is well."""
    lines = log.splitlines()
    complaints = []
    if missing := _first_missing(block, lines):
        complaints.append(missing)
    for pattern in block.forbidden:
        for number, line in enumerate(lines, start=1):
            if pattern.regex.search(line):
                complaints.append(
                    f"{pattern.where}: line {number} of the log matches the forbidden "
                    f"`{pattern.regex.pattern}`: {line}"
                )
                break
    return complaints


def _first_missing(block: Block, lines: list[str]) -> str | None:
    position = 0
    last = "it is the first expected line"
    for pattern in block.expected:
        hits = [i for i, line in enumerate(lines) if pattern.regex.search(line)]
        hit = next((i for i in hits if i >= position), None)
        if hit is None:
            text = f"{pattern.where}: no line of the log matches `{pattern.regex.pattern}`; {last}"
            if hits:
                text += f"\n    (line {hits[0] + 1} does match, but too early: {lines[hits[0]]})"
            return text
        position = hit + 1
        last = (
            f"the last that matched is `{pattern.regex.pattern}` ({pattern.where}), "
            f"line {hit + 1} of the log: {lines[hit]}"
        )
    return None


def tail(log: str) -> str:
    """The end of a log, set off from the message around it."""
    lines = log.splitlines()
    if not lines:
        return "the log is empty"
    skipped = len(lines) - _TAIL
    head = [f"the log's last {_TAIL} lines of {len(lines)}:"] if skipped > 0 else ["the log:"]
    return "\n".join(head + [f"    {line}" for line in lines[-_TAIL:]])
