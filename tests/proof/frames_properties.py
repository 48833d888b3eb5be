"""What is claimed of page table space once it comes from frames: what the frame allocator is asked for, and what is made of it."""

import z3
from properties import NO_UNDEFINED, Call, Claim, Subject, is_power_of_two

PAGE = 4096
# Fields of pmem::request (2 is padding), and values of pmem::owner and pmem::zone (pmem/frame_allocator.hpp, pmem/free_frames.hpp).
FRAMES, WHO, ALIGNMENT, WHERE = 0, 1, 3, 4
PAGE_TABLES, ANY = 1, 2


def _wide(value: z3.BitVecRef) -> z3.BitVecRef:
    """So that no sum and no product wraps."""
    return z3.ZeroExt(64, value)


def _are_just_enough(call: Call) -> z3.BoolRef:
    asked, size = _wide(call.local[FRAMES]) * PAGE, _wide(call.arguments["size"])
    return z3.And(z3.UGE(asked, size), z3.ULT(asked, size + PAGE))


def _is_small(call: Call) -> z3.BoolRef:
    return z3.And(is_power_of_two(call.arguments["alignment"]), z3.ULT(call.arguments["alignment"], PAGE))


TABLE_SPACE = Subject(
    "pmem::table_space",
    "pmem/pmem.cpp",
    ("size", "alignment"),
    False,
    lambda *_: z3.BoolVal(True),
    [
        Claim("it asks for just as many frames as the size takes, whatever the size is", _are_just_enough),
        Claim("it asks for the page tables", lambda call: call.local[WHO] == PAGE_TABLES),
        Claim(
            "it asks for the alignment, or a page's where that is more",
            lambda call: call.local[ALIGNMENT] == z3.If(_is_small(call), z3.BitVecVal(PAGE, 64), call.arguments["alignment"]),
        ),
        Claim("it takes them wherever they are", lambda call: call.local[WHERE] == ANY),
        Claim("it hands on the address that it gets", lambda call: call.result == z3.BitVec("answer.0", 64)),
        NO_UNDEFINED,
    ],
    opaque=("pmem::frame_allocator<pmem::pool_window>::allocate",),
)
