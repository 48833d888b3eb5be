"""What is claimed of entries and indices of page tables, as formulas over numbers of 64 bits."""

from collections.abc import Callable

import z3
from properties import NO_UNDEFINED, Call, Claim, Subject

# Intel SDM vol. 3A, tables 4-15 to 4-20.
P, RW, US, PWT, PCD, PS, G, XD = (1 << bit for bit in (0, 1, 2, 3, 4, 7, 8, 63))
CHOSEN = RW | US | PWT | PCD | G | XD
ADDRESS = (1 << 52) - (1 << 12)
ALL = (1 << 64) - 1


def _of_level(level: z3.BitVecRef, by_level: list[z3.BitVecRef]) -> z3.BitVecRef:
    """The first for level 1, and so on."""
    chosen = by_level[-1]
    for number, each in list(enumerate(by_level, 1))[-2::-1]:
        chosen = z3.If(level == number, each, chosen)
    return chosen


def _only(value: z3.BitVecRef, mask: int) -> z3.BoolRef:
    return value & (ALL ^ mask) == 0


def _levels(highest: int) -> Callable[[dict[str, z3.BitVecRef], object], z3.BoolRef]:
    """What is assumed of a level."""
    return lambda arguments, _: z3.And(z3.UGE(arguments["level"], 1), z3.ULE(arguments["level"], highest))


def _is_page_address(value: z3.BitVecRef, level: z3.BitVecRef) -> z3.BoolRef:
    """A page of this level's size can be there: nothing below its size, nothing above 52 bits."""
    sizes = [z3.BitVecVal(ADDRESS & -(4096 << 9 * number), 64) for number in range(3)]
    return value & ~_of_level(level, sizes) == 0


def _makes_sense(arguments: dict[str, z3.BitVecRef], _: object) -> z3.BoolRef:
    level = _levels(3)(arguments, _)
    address = _is_page_address(arguments["physical"], arguments["level"])
    return z3.And(level, address, _only(arguments["chosen"], CHOSEN))


def _share(call: Call) -> z3.BitVecRef:
    """The index by division: an entry of each level is for 512 times as much as one below."""
    address = call.arguments["address"]
    shares = [z3.URem(z3.UDiv(address, z3.BitVecVal(4096 << 9 * number, 64)), 512) for number in range(4)]
    return _of_level(call.arguments["level"], shares)


def _maps_a_page(call: Call) -> z3.BoolRef:
    level = call.arguments["level"]
    return z3.Or(level == 1, z3.And(z3.ULE(level, 3), call.arguments["entry"] & PS != 0))


def _led_to(call: Call) -> z3.BitVecRef:
    """The bits of the entry that are the address, cut out one by one."""
    entry, level = call.arguments["entry"], call.arguments["level"]

    def cut(low: int) -> z3.BitVecRef:
        return z3.Concat(z3.BitVecVal(0, 12), z3.Extract(51, low, entry), z3.BitVecVal(0, low))

    return z3.If(_maps_a_page(call), _of_level(level, [cut(12), cut(21), cut(30)]), cut(12))


INDEX = Subject(
    "table_index",
    "table.cpp",
    ("address", "level"),
    False,
    _levels(4),
    [
        Claim("an index is one of a table's 512", lambda call: z3.ULT(call.result, 512)),
        Claim("the index is what division says", lambda call: call.result == _share(call)),
        NO_UNDEFINED,
    ],
)

CANONICAL = Subject(
    "is_canonical",
    "table.cpp",
    ("address",),
    False,
    lambda _arguments, _manager: z3.BoolVal(True),
    [
        Claim(
            "the answer is yes just where bit 47 is repeated up to bit 63",
            lambda call: (call.result == 1) == (z3.SignExt(16, z3.Extract(47, 0, call.arguments["address"])) == call.arguments["address"]),
        ),
        NO_UNDEFINED,
    ],
)

PAGE_ENTRY = Subject(
    "page_entry",
    "table.cpp",
    ("physical", "level", "chosen"),
    False,
    _makes_sense,
    [
        Claim("a page's entry is present", lambda call: call.result & P != 0),
        Claim("its address is the page's", lambda call: call.result & ADDRESS == call.arguments["physical"]),
        Claim("its flags are those that were chosen", lambda call: call.result & CHOSEN == call.arguments["chosen"]),
        Claim(
            "PS is set in it just where the page is larger than 4 KiB",
            lambda call: (call.result & PS != 0) == (call.arguments["level"] != 1),
        ),
        Claim("no other bit of it is set", lambda call: _only(call.result, P | ADDRESS | CHOSEN | PS)),
        NO_UNDEFINED,
    ],
)

TABLE_ENTRY = Subject(
    "table_entry",
    "table.cpp",
    ("physical", "address"),
    False,
    lambda arguments, _: _only(arguments["physical"], ADDRESS),
    [
        Claim("a table's entry is present", lambda call: call.result & P != 0),
        Claim("its address is the table's", lambda call: call.result & ADDRESS == call.arguments["physical"]),
        Claim("it allows writing and execution", lambda call: call.result & (RW | XD) == RW),
        Claim(
            "it is for ring 3 just where the address is in the lower half",
            lambda call: (call.result & US != 0) == (call.arguments["address"] >= 0),
        ),
        Claim("it has no other bit", lambda call: _only(call.result, P | RW | US | ADDRESS)),
        NO_UNDEFINED,
    ],
)

IS_PAGE = Subject(
    "is_page",
    "table.cpp",
    ("entry", "level"),
    False,
    _levels(4),
    [
        Claim(
            "an entry maps a page in a page table always, in a PML4 never, and else by PS",
            lambda call: (call.result == 1) == _maps_a_page(call),
        ),
        NO_UNDEFINED,
    ],
)

TARGET = Subject(
    "target",
    "table.cpp",
    ("entry", "level"),
    False,
    _levels(4),
    [Claim("an entry leads to the address in its address bits", lambda call: call.result == _led_to(call)), NO_UNDEFINED],
)

ROUND_TRIP = Subject(
    "target_of_page_entry",
    "table.cpp",
    ("physical", "level", "chosen"),
    False,
    _makes_sense,
    [Claim("a page's entry leads to that page", lambda call: call.result == call.arguments["physical"]), NO_UNDEFINED],
)

TABLES = [INDEX, CANONICAL, PAGE_ENTRY, TABLE_ENTRY, IS_PAGE, TARGET, ROUND_TRIP]
