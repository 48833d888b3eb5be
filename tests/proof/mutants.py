"""Mistakes to plant in the tangled code: each must be refuted by the proofs, or they prove too little."""

from dataclasses import dataclass

SPACE, ALIGN = "page/pt_space.cpp", "memory/align.hpp"

FIT = "    if (addr > kernel_pt_space_manager.end_addr || size > kernel_pt_space_manager.end_addr - addr)"
WRAP = "    if (addr < kernel_pt_space_manager.current_addr)"
POWER = "    if (!memory::is_power_of_two(alignment))"
MOVE = "    kernel_pt_space_manager.current_addr = addr + size;"
ROUND = "    return (address + alignment - 1) & ~(alignment - 1);"
TEST = "    return number != 0 && (number & (number - 1)) == 0;"


@dataclass(frozen=True)
class Mutant:
    """In `file`, the one occurrence of `old` becomes `new`."""

    name: str
    file: str
    old: str
    new: str


MUTANTS = [
    Mutant("an exact fit is refused", SPACE, FIT, FIT.replace("|| size >", "|| size >=")),
    Mutant("a cursor on the end is refused", SPACE, FIT, FIT.replace("(addr >", "(addr >=")),
    Mutant("a byte too many is granted", SPACE, FIT, FIT.replace("end_addr - addr)", "end_addr - addr + 1)")),
    Mutant("the room is not looked at", SPACE, FIT, FIT.partition(" ||")[0] + ")"),
    Mutant("an address beyond the end is not looked at", SPACE, FIT, "    if (size > kernel_pt_space_manager.end_addr - addr)"),
    Mutant("a sum in place of the difference", SPACE, FIT, "    if (addr + size > kernel_pt_space_manager.end_addr)"),
    Mutant("the difference the wrong way round", SPACE, FIT, FIT.replace("end_addr - addr)", "current_addr - addr)")),
    Mutant("the bounds joined by and", SPACE, FIT, FIT.replace("||", "&&")),
    Mutant("the room measured from the start", SPACE, FIT, FIT.replace("end_addr - addr)", "end_addr - kernel_pt_space_manager.start_addr)")),
    Mutant("a wrapped alignment is believed", SPACE, WRAP, "    if (false)"),
    Mutant("the wrap measured at the end", SPACE, WRAP, WRAP.replace("current_addr", "end_addr")),
    Mutant("an address on the cursor is refused", SPACE, WRAP, WRAP.replace("addr <", "addr <=")),
    Mutant("any alignment is accepted", SPACE, POWER, "    if (false)"),
    Mutant("only an alignment of 0 is refused", SPACE, POWER, "    if (alignment == 0)"),
    Mutant("powers of two are refused", SPACE, POWER, "    if (memory::is_power_of_two(alignment))"),
    Mutant("the cursor moves by the size alone", SPACE, MOVE, "    kernel_pt_space_manager.current_addr += size;"),
    Mutant("the cursor moves to the address", SPACE, MOVE, "    kernel_pt_space_manager.current_addr = addr;"),
    Mutant("the cursor moves a byte further", SPACE, MOVE, "    kernel_pt_space_manager.current_addr = addr + size + 1;"),
    Mutant("the start moves, not the cursor", SPACE, MOVE, "    kernel_pt_space_manager.start_addr = addr + size;"),
    Mutant("the end moves, too", SPACE, MOVE, MOVE + " kernel_pt_space_manager.end_addr -= size;"),
    Mutant("the cursor moves before the checks", SPACE, POWER, "    kernel_pt_space_manager.current_addr += size;\n" + POWER),
    Mutant("rounding goes down", ALIGN, ROUND, "    return address & ~(alignment - 1);"),
    Mutant("rounding always skips", ALIGN, ROUND, "    return (address + alignment) & ~(alignment - 1);"),
    Mutant("rounding to half the alignment", ALIGN, ROUND, "    return (address + alignment - 1) & ~(alignment / 2 - 1);"),
    Mutant("rounding in 32 bits", ALIGN, ROUND, "    return (address + alignment - 1) & static_cast<std::uint32_t>(~(alignment - 1));"),
    Mutant("0 is a power of two", ALIGN, TEST, "    return (number & (number - 1)) == 0;"),
    Mutant("every number but 0 is a power of two", ALIGN, TEST, "    return number != 0;"),
    Mutant("1 is no power of two", ALIGN, TEST, "    return number > 1 && (number & (number - 1)) == 0;"),
]
