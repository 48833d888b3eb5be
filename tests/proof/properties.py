"""What is claimed of the page table space, as formulas over numbers of 64 bits; and how a claim is made."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import z3
from llvm import Module, State

MANAGER = "kernel_pt_space_manager"
FIELDS = ("start_addr", "end_addr", "current_addr")


def number(name: str) -> z3.BitVecRef:
    return z3.BitVec(name, 64)


def is_power_of_two(value: z3.BitVecRef) -> z3.BoolRef:
    """By the definition: it is one of the 64."""
    return z3.Or([value == z3.BitVecVal(1 << exponent, 64) for exponent in range(64)])


def is_multiple(value: z3.BitVecRef, power_of_two: z3.BitVecRef) -> z3.BoolRef:
    """A remainder would be the plain way and takes a solver minutes; for powers of two it is a mask."""
    return value & (power_of_two - 1) == 0


def _is_aligned(value: z3.BitVecRef, alignment: z3.BitVecRef) -> z3.BoolRef:
    """Of any alignment: the plain way where it is not a power of two."""
    plain = z3.And(alignment != 0, z3.URem(value, alignment) == 0)
    return z3.If(is_power_of_two(alignment), is_multiple(value, alignment), plain)


@dataclass(frozen=True)
class Claim:
    """One property: `holds` is to be true of every state that a call starts from and of how it ends."""

    text: str
    holds: Callable[["Call"], z3.BoolRef]


@dataclass(frozen=True)
class Call:
    """One way through a call: its arguments, and the manager before and after."""

    arguments: dict[str, z3.BitVecRef]
    before: dict[str, z3.BitVecRef]
    after: dict[str, z3.BitVecRef]
    result: Any  # z3.BitVecRef, or None from a function that answers nothing
    duties: list[z3.BoolRef]
    local: dict[int, z3.BitVecRef]  # the fields of the last local structure

    @property
    def granted(self) -> z3.BoolRef:
        return self.result != 0

    @property
    def refused(self) -> z3.BoolRef:
        return self.result == 0


@dataclass(frozen=True)
class Subject:
    """A function, what may be assumed when it is called, and what is claimed of it."""

    function: str  # its C++ name
    source: str  # the file, below tangled/ or below this folder
    arguments: tuple[str, ...]
    uses_manager: bool
    assumed: Callable[[dict[str, z3.BitVecRef], dict[str, z3.BitVecRef]], z3.BoolRef]
    claims: list[Claim]
    opaque: tuple[str, ...] = ()  # functions that may answer anything

    def calls(self, module: Module) -> list[tuple[z3.BoolRef, Call]]:
        """Every way through the function, with the condition under which it is taken."""
        function = module.find(self.function)
        widths = [bits for _, bits in function.parameters]
        arguments = {name: z3.BitVec(name, bits) for name, bits in zip(self.arguments, widths, strict=True)}
        memory = module.memory_of(MANAGER) if self.uses_manager else {}
        before = _fields(memory)
        found = []
        for end in module.run(function, list(arguments.values()), State([], memory, [])):
            condition = z3.And(self.assumed(arguments, before), *end.condition)
            found.append((condition, Call(arguments, before, _fields(end.memory), end.result, end.duties, _local(end.memory))))
        return found


def _fields(memory: dict[tuple[str, int], z3.BitVecRef]) -> dict[str, z3.BitVecRef]:
    return {FIELDS[index]: value for (name, index), value in memory.items() if name == MANAGER}


def _local(memory: dict[tuple[str, int], z3.BitVecRef]) -> dict[int, z3.BitVecRef]:
    return {index: value for (name, index), value in memory.items() if name.startswith("%")}


def sound(manager: dict[str, z3.BitVecRef]) -> z3.BoolRef:
    """What holds of the manager between calls."""
    start, end, current = (manager[name] for name in FIELDS)
    return z3.And(start != 0, z3.ULE(start, current), z3.ULE(current, end))


def _fits(call: Call, address: z3.BitVecRef) -> z3.BoolRef:
    """`size` bytes at `address` would be free."""
    end, current = call.before["end_addr"], call.before["current_addr"]
    free = z3.And(z3.UGE(address, current), z3.ULE(address, end))
    return z3.And(free, z3.ULE(call.arguments["size"], end - address))


def _could_be_had(call: Call) -> z3.BoolRef:
    """Some multiple of the alignment, whichever, has room behind it."""
    alignment = call.arguments["alignment"]
    return z3.And(is_power_of_two(alignment), is_multiple(_any_address, alignment), _fits(call, _any_address))


_any_address = number("another address")

NO_UNDEFINED = Claim("does nothing that C++ leaves undefined", lambda call: z3.And(*call.duties, True))

ALLOC = Subject(
    "page::advance_cursor",
    "page/pt_space.cpp",
    ("size", "alignment"),
    True,
    lambda _, manager: sound(manager),
    [
        Claim(
            "what is handed out lies in the pool, and its end does not wrap",
            lambda call: z3.Implies(
                call.granted,
                z3.And(
                    z3.UGE(call.result, call.before["start_addr"]),
                    z3.ULE(call.result, call.before["end_addr"]),
                    z3.ULE(call.arguments["size"], call.before["end_addr"] - call.result),
                ),
            ),
        ),
        Claim(
            "what is handed out is aligned", lambda call: z3.Implies(call.granted, _is_aligned(call.result, call.arguments["alignment"]))
        ),
        Claim(
            "what is handed out was not in use before, and is in use from then on",
            lambda call: z3.Implies(
                call.granted,
                z3.And(
                    z3.UGE(call.result, call.before["current_addr"]),
                    z3.UGE(call.after["current_addr"], call.result),
                    call.after["current_addr"] - call.result == call.arguments["size"],
                ),
            ),
        ),
        Claim(
            "no more is skipped than the alignment needs",
            lambda call: z3.Implies(z3.And(call.granted, _could_be_had(call)), z3.ULE(call.result, _any_address)),
        ),
        Claim(
            "an alignment that is not a power of two is refused",
            lambda call: z3.Implies(z3.Not(is_power_of_two(call.arguments["alignment"])), call.refused),
        ),
        Claim(
            "a refusal changes nothing", lambda call: z3.Implies(call.refused, call.after["current_addr"] == call.before["current_addr"])
        ),
        Claim(
            "the pool's own bounds never change",
            lambda call: z3.And(call.after["start_addr"] == call.before["start_addr"], call.after["end_addr"] == call.before["end_addr"]),
        ),
        Claim("the cursor stays in the pool", lambda call: sound(call.after)),
        NO_UNDEFINED,
        Claim("it refuses only when it must", lambda call: z3.Implies(call.refused, z3.Not(_could_be_had(call)))),
    ],
)

# Whether this request is the one that an option of the kernel wants refused.
_told_to_refuse = number("_ZN9injection5askedE") + 1 == number("_ZN9injection7refusedE")

# What calls that one, until there is a frame allocator.
ALLOC_FIRST = replace(
    ALLOC,
    function="page::alloc_pt_space",
    source="page/pt_space.cpp",
    claims=[
        *ALLOC.claims[:-1],
        Claim("it refuses what it is told to", lambda call: z3.Implies(_told_to_refuse, call.refused)),
        Claim(
            "it refuses only when it must, or is told to",
            lambda call: z3.Implies(call.refused, z3.Or(_told_to_refuse, z3.Not(_could_be_had(call)))),
        ),
    ],
)
# As the function was called until there was a frame allocator.
ALLOC_OF_THE_LOG = replace(ALLOC, function="page::alloc_pt_space")

SET = Subject(
    "page::set_pt_space",
    "page/pt_space.cpp",
    ("start", "end"),
    True,
    lambda arguments, _: z3.And(arguments["start"] != 0, z3.ULE(arguments["start"], arguments["end"])),
    [
        Claim(
            "the pool is what was given, with nothing in use",
            lambda call: z3.And(
                call.after["start_addr"] == call.arguments["start"],
                call.after["end_addr"] == call.arguments["end"],
                call.after["current_addr"] == call.arguments["start"],
            ),
        ),
        Claim("the cursor is in the pool", lambda call: sound(call.after)),
        NO_UNDEFINED,
    ],
)

ALIGN = Subject(
    "align_address",
    "align.cpp",
    ("address", "alignment"),
    False,
    lambda arguments, _: is_power_of_two(arguments["alignment"]),
    [
        Claim("the result is a multiple of the alignment, or 0", lambda call: is_multiple(call.result, call.arguments["alignment"])),
        Claim(
            "the result is the lowest multiple that is not below the address, or 0 if there is none",
            lambda call: z3.Implies(
                z3.And(is_multiple(_any_address, call.arguments["alignment"]), z3.UGE(_any_address, call.arguments["address"])),
                z3.And(z3.UGE(call.result, call.arguments["address"]), z3.ULE(call.result, _any_address)),
            ),
        ),
        Claim("a result below the address is 0", lambda call: z3.Implies(z3.ULT(call.result, call.arguments["address"]), call.result == 0)),
        NO_UNDEFINED,
    ],
)

POWER = Subject(
    "is_power_of_two",
    "align.cpp",
    ("number",),
    False,
    lambda _arguments, _manager: z3.BoolVal(True),
    [
        Claim(
            "the answer is yes for the 64 powers of two, and for nothing else",
            lambda call: (call.result == 1) == is_power_of_two(call.arguments["number"]),
        ),
        NO_UNDEFINED,
    ],
)
