"""Runs a function of LLVM's intermediate code on unknown numbers: every way through it becomes a formula.

Just what compiled kernel code of the proofs needs: integers, branches, named global numbers and structures, calls of functions in
the same file, also by a global pointer that still has its first value, local structures for functions that may answer anything.
Whatever else appears is an Unsupported, never passed over. What LLVM leaves undefined (a sum that wraps though
it is marked not to, a shift by too much, a place marked as never reached) becomes a duty: a formula that must hold.

This reads what clang 14 writes, which is Debian 12's. From 15 on a pointer's type is `ptr` and says nothing of what it points to: then
_fields must know the offset of each field, for a place is `getelementptr inbounds (i8, ptr @name, i64 8)` (from 19 on), or the name alone
for the first. llvmlite reads such text, but leaves predicates, marks and constant places as text, so that it takes none of this away.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import z3

# The kernel's flags that clang does not know or that are for people.
_NOT_FOR_CLANG = ("-fno-toplevel-reorder", "-Werror", "-gdwarf-4", "-Itangled")
# Optimized as little as makes variables out of memory, so that what is proved stays near to what is written.
_LEVEL = "-O1"


class Unsupported(Exception):
    """The code has something that is not understood here; the text says what."""


@dataclass
class State:
    """One way through a function, so far."""

    condition: list[z3.BoolRef]  # under which this way is taken
    memory: dict[tuple[str, int], z3.BitVecRef]  # global or local structure, field; 0 for a number
    duties: list[z3.BoolRef]  # what must hold, or the code means nothing
    values: dict[str, z3.BitVecRef] = field(default_factory=dict)
    pointers: dict[str, str] = field(default_factory=dict)  # to functions, by their names
    places: dict[str, tuple[str, int]] = field(default_factory=dict)  # pointers into memory
    result: z3.BitVecRef | None = None

    def fork(self, *conditions: z3.BoolRef) -> "State":
        """The same way, and one condition more."""
        return State([*self.condition, *conditions], dict(self.memory), list(self.duties), dict(self.values), dict(self.pointers), dict(self.places))


@dataclass(frozen=True)
class Function:
    """A function's parameters (name, bits) and its blocks, by label; the first is where it begins."""

    name: str
    parameters: list[tuple[str, int]]
    blocks: dict[str, list[str]]


def compile_to_llvm(source: Path, include: list[Path], flags: list[str]) -> str:
    """The intermediate code of a C++ file."""
    known = [flag for flag in flags if flag not in _NOT_FOR_CLANG and not flag.startswith("-O")]
    command = ["clang++", *known, _LEVEL, *(f"-I{path}" for path in include), "-S", "-emit-llvm", "-o", "-", str(source)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        raise Unsupported(f"{source} does not compile:\n{run.stderr}")
    return run.stdout


class Module:
    """One file of intermediate code. `opaque`: C++ names, without parameters, of functions that may answer anything."""

    def __init__(self, text: str, opaque: tuple[str, ...] = ()) -> None:
        self.functions = {function.name: function for function in _functions(text)}
        shown = subprocess.run(["c++filt"], input="\n".join(self.functions), capture_output=True, text=True, check=True).stdout
        self._pretty = {mangled: name.partition("(")[0] for mangled, name in zip(self.functions, shown.split("\n"))}
        self._opaque = opaque
        self._fields = {
            name: [int(width) for width in re.findall(r"i(\d+)", body)]
            for name, body in re.findall(r"^(%[\w.\"]+) = type \{ (.*) \}$", text, re.MULTILINE)
        }
        self._globals = dict(re.findall(r"^@([\w.]+) = .*?global (%[\w.\"]+) ", text, re.MULTILINE))
        self._numbers = dict(re.findall(r"^@([\w.]+) = .*?global i(\d+) -?\d+,", text, re.MULTILINE))
        self._pointers = dict(re.findall(r"^@([\w.]+) = .*?global \w+ \([^()]*\)\* @([\w.]+),", text, re.MULTILINE))

    def memory_of(self, name: str) -> dict[tuple[str, int], z3.BitVecRef]:
        """A global structure with unknown fields."""
        if name not in self._globals:
            raise Unsupported(f"there is no global structure {name}")
        widths = self._fields[self._globals[name]]
        return {(name, index): z3.BitVec(f"{name}.{index}", width) for index, width in enumerate(widths)}

    def find(self, pretty: str) -> Function:
        """The function whose C++ name, without parameters, is `pretty`."""
        found = [mangled for mangled, name in self._pretty.items() if name == pretty]
        if len(found) != 1:
            raise Unsupported(f"the file defines {pretty} {len(found)} times")
        return self.functions[found[0]]

    def run(self, function: Function, arguments: list[z3.BitVecRef], start: State) -> list[State]:
        """Every way through `function`."""
        inside = start.fork()
        inside.pointers, inside.places = {}, {}
        inside.values = {name: value for (name, _), value in zip(function.parameters, arguments, strict=True)}
        return list(self._walk(function, next(iter(function.blocks)), "", inside, frozenset()))

    def _walk(
        self, function: Function, label: str, came_from: str, state: State, seen: frozenset[str]
    ) -> Iterator[State]:
        if label in seen:
            raise Unsupported(f"{function.name} has a loop")
        states = [state]
        for line in function.blocks[label][:-1]:
            states = [after for before in states for after in self._step(function.name, line, came_from, before)]
        for each in states:
            yield from self._leave(function, label, function.blocks[label][-1], each, seen | {label})

    def _leave(
        self, function: Function, label: str, line: str, state: State, seen: frozenset[str]
    ) -> Iterator[State]:
        """The last instruction of a block."""
        if match := re.fullmatch(r"br label %([\w.]+)", line):
            yield from self._walk(function, match[1], label, state, seen)
        elif match := re.fullmatch(r"br i1 (\S+), label %([\w.]+), label %([\w.]+)", line):
            taken = self._value(match[1], 1, state) == 1
            yield from self._walk(function, match[2], label, state.fork(taken), seen)
            yield from self._walk(function, match[3], label, state.fork(z3.Not(taken)), seen)
        elif line == "ret void":
            yield state
        elif match := re.fullmatch(r"ret i(\d+) (\S+)", line):
            state.result = self._value(match[2], int(match[1]), state)
            yield state
        elif line == "unreachable":
            state.duties.append(z3.BoolVal(False))
            yield state
        else:
            raise Unsupported(f"{function.name}: {line}")

    def _step(self, function: str, line: str, came_from: str, state: State) -> list[State]:
        """Any other instruction; calls may part the way."""
        if match := re.fullmatch(r"store i(\d+) (\S+), i\d+\* (.+)", line):
            state.memory[self._place(match[3], state)] = self._value(match[2], int(match[1]), state)
            return [state]
        if re.match(r"call void @llvm\.lifetime\.", line):
            return [state]
        target, _, operation = line.partition(" = ")
        if self._point(function, target, operation, state) or self._answer(target, operation, state):
            return [state]
        if match := re.fullmatch(r"(?:tail )?call .*?(i\d+|void) ([@%][\w.]+)\((.*)\)", operation or line):
            name = match[2][1:] if match[2][0] == "@" else state.pointers[match[2]]
            return self._call(match[1], name, match[3], target if operation else "", state)
        if match := re.fullmatch(r"load \w+ \(.*\)\*, .*\*\* @([\w.]+)", operation):
            if match[1] not in self._pointers:
                raise Unsupported(f"the pointer {match[1]}")
            state.pointers[target] = self._pointers[match[1]]
            return [state]
        state.values[target] = self._compute(operation, came_from, state)
        return [state]

    def _point(self, function: str, target: str, operation: str, state: State) -> bool:
        """Whether that makes a local structure, or a pointer into one."""
        if re.fullmatch(r"bitcast %\S+ %\w+ to i8\*", operation):
            return True  # for the llvm.lifetime calls only: whoever else uses it finds no value
        if re.fullmatch(r"alloca %\S+", operation):
            state.places[target] = f"%{function}.{target}", 0
            return True
        if match := re.fullmatch(r"getelementptr inbounds %\S+, %\S+\* (%\w+), i64 0, i32 (\d+)", operation):
            if match[1] not in state.places:
                raise Unsupported(operation)
            state.places[target] = state.places[match[1]][0], int(match[2])
            return True
        return False

    def _answer(self, target: str, operation: str, state: State) -> bool:
        """Whether that calls an opaque function, which answers with a structure, or takes a part of its answer."""
        if match := re.fullmatch(r"extractvalue \{.*\} (%\w+), (\d+)", operation):
            state.values[target] = state.values[f"{match[1]}.{match[2]}"]
            return True
        match = re.fullmatch(r"(?:tail )?call \{ (.*?) \} @([\w.]+)\(.*\)", operation)
        if not match or self._pretty.get(match[2]) not in self._opaque:
            return False
        for index, kind in enumerate(match[1].split(", ")):
            state.values[f"{target}.{index}"] = z3.BitVec(f"answer.{index}", int(kind[1:]))
        return True

    def _call(self, kind: str, name: str, text: str, target: str, state: State) -> list[State]:
        parts = [part.split() for part in text.split(", ")] if text else []
        arguments = [self._value(part[-1], int(part[0][1:]), state) for part in parts]
        if name.startswith("llvm."):
            state.values[target] = _intrinsic(name, arguments)
            return [state]
        if name not in self.functions:
            raise Unsupported(f"a call of {name}, which is defined elsewhere")
        ends = self.run(self.functions[name], arguments, state)
        for end in ends:
            end.values, end.pointers, end.places = dict(state.values), dict(state.pointers), dict(state.places)
            if kind != "void":
                end.values[target] = end.result
            end.result = None
        return ends

    def _compute(self, operation: str, came_from: str, state: State) -> z3.BitVecRef:
        if match := re.fullmatch(r"load i(\d+), i\d+\* (.+)", operation):
            return state.memory[self._place(match[2], state)]
        if match := re.fullmatch(r"phi i(\d+) (.*)", operation):
            pairs = re.findall(r"\[ (\S+), %([\w.]+) \]", match[2])
            return self._value(dict((b, v) for v, b in pairs)[came_from], int(match[1]), state)
        if match := re.fullmatch(r"icmp (\w+) i(\d+) (\S+), (\S+)", operation):
            a, b = (self._value(match[n], int(match[2]), state) for n in (3, 4))
            return _bit(_COMPARISONS[match[1]](a, b))
        if match := re.fullmatch(r"select i1 (\S+), i(\d+) (\S+), i\d+ (\S+)", operation):
            a, b = (self._value(match[n], int(match[2]), state) for n in (3, 4))
            return z3.If(self._value(match[1], 1, state) == 1, a, b)
        if match := re.fullmatch(r"(zext|sext|trunc) i(\d+) (\S+) to i(\d+)", operation):
            value, width = self._value(match[3], int(match[2]), state), int(match[4])
            if match[1] == "trunc":
                return z3.Extract(width - 1, 0, value)
            return (z3.ZeroExt if match[1] == "zext" else z3.SignExt)(width - value.size(), value)
        if match := re.fullmatch(r"(\w+)((?: nuw| nsw| exact)*) i(\d+) (\S+), (\S+)", operation):
            a, b = (self._value(match[n], int(match[3]), state) for n in (4, 5))
            state.duties += _duties(match[1], match[2].split(), a, b)
            if match[1] in _ARITHMETIC:
                return _ARITHMETIC[match[1]](a, b)
        raise Unsupported(operation)

    def _value(self, text: str, width: int, state: State) -> z3.BitVecRef:
        if text in state.values:
            return state.values[text]
        if text in ("true", "false"):
            return z3.BitVecVal(int(text == "true"), 1)
        if re.fullmatch(r"-?\d+", text):
            return z3.BitVecVal(int(text), width)
        raise Unsupported(f"the value {text}")

    def _place(self, text: str, state: State) -> tuple[str, int]:
        if text in state.places:
            return state.places[text]
        if match := re.fullmatch(r"getelementptr inbounds \(.*\* @([\w.]+), i64 0, i32 (\d+)\)", text):
            place = match[1], int(match[2])
            if place in state.memory:
                return place
        if (match := re.fullmatch(r"@([\w.]+)", text)) and match[1] in self._numbers:
            state.memory.setdefault((match[1], 0), z3.BitVec(match[1], int(self._numbers[match[1]])))
            return match[1], 0
        raise Unsupported(f"the address {text}")


def _functions(text: str) -> Iterator[Function]:
    for match in re.finditer(r"^define .*?@([\w.]+)\((.*?)\).*?\{\n(.*?)^\}$", text, re.MULTILINE | re.DOTALL):
        parameters = [
            (part.split()[-1], int(part.split()[0][1:]))
            for part in match[2].split(", ")
            if re.match(r"i\d+ ", part)
        ]
        blocks: dict[str, list[str]] = {}
        lines: list[str] = []
        for line in match[3].splitlines():
            if begun := re.match(r"([\w.]+):", line):
                blocks[begun[1]] = lines = []
            elif line.strip():
                if not blocks:
                    blocks[str(len(parameters))] = lines = []
                lines.append(re.sub(r"(, ![\w.]+ !\d+|, align \d+| #\d+)+$", "", line.strip()))
        for label, lines in blocks.items():
            blocks[label] = [re.sub(r"(, align \d+|, !.*| #\d+.*)+$", "", line) for line in lines]
        yield Function(match[1], parameters, blocks)


def _bit(condition: z3.BoolRef) -> z3.BitVecRef:
    return z3.If(condition, z3.BitVecVal(1, 1), z3.BitVecVal(0, 1))


def _duties(operation: str, marks: list[str], a: z3.BitVecRef, b: z3.BitVecRef) -> list[z3.BoolRef]:
    duties = []
    if operation in ("shl", "lshr", "ashr"):
        duties.append(z3.ULT(b, a.size()))
    for mark in marks:
        if (operation, mark) not in _MARKS:
            raise Unsupported(f"{operation} {mark}")
        duties.append(_MARKS[operation, mark](a, b))
    return duties


def _intrinsic(name: str, arguments: list[z3.BitVecRef]) -> z3.BitVecRef:
    operation = name.split(".")[1]
    if operation == "ctpop":
        return _ones(arguments[0])
    if operation in ("umin", "umax"):
        a, b = arguments
        return z3.If(z3.ULT(a, b) if operation == "umin" else z3.UGT(a, b), a, b)
    raise Unsupported(f"the intrinsic {name}")


def _ones(value: z3.BitVecRef) -> z3.BitVecRef:
    """How many bits are set: neighbours are added, then neighbouring sums, and so on."""
    width, step = value.size(), 1
    while step < width:
        low = z3.BitVecVal(sum(((1 << step) - 1) << n for n in range(0, width, 2 * step)), width)
        value = (value & low) + (z3.LShR(value, step) & low)
        step *= 2
    return value


_COMPARISONS = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "ult": z3.ULT,
    "ule": z3.ULE,
    "ugt": z3.UGT,
    "uge": z3.UGE,
    "slt": lambda a, b: a < b,
    "sle": lambda a, b: a <= b,
    "sgt": lambda a, b: a > b,
    "sge": lambda a, b: a >= b,
}
_ARITHMETIC = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "shl": lambda a, b: a << b,
    "lshr": z3.LShR,
    "ashr": lambda a, b: a >> b,
}
_MARKS = {
    ("add", "nuw"): lambda a, b: z3.BVAddNoOverflow(a, b, False),
    ("add", "nsw"): lambda a, b: z3.And(z3.BVAddNoOverflow(a, b, True), z3.BVAddNoUnderflow(a, b)),
    ("sub", "nuw"): lambda a, b: z3.BVSubNoUnderflow(a, b, False),
    ("sub", "nsw"): lambda a, b: z3.And(z3.BVSubNoOverflow(a, b), z3.BVSubNoUnderflow(a, b, True)),
    ("shl", "nuw"): lambda a, b: z3.LShR(a << b, b) == a,
    ("shl", "nsw"): lambda a, b: ((a << b) >> b) == a,
    ("lshr", "exact"): lambda a, b: (z3.LShR(a, b) << b) == a,
    ("ashr", "exact"): lambda a, b: ((a >> b) << b) == a,
}
