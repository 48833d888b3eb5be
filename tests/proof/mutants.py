"""Mistakes to plant in the tangled code: each must be refuted by the proofs, or they prove too little."""

from dataclasses import dataclass

from frames_properties import TABLE_SPACE
from properties import ALIGN as ALIGN_ADDRESS
from properties import ALLOC, ALLOC_FIRST, POWER, SET
from table_properties import TABLES

SPACE, ALIGN, TABLE = "page/pt_space.cpp", "memory/align.hpp", "page/table.hpp"
PMEM = "pmem/pmem.cpp"
# What is claimed of the code in each file.
CLAIMED = {SPACE: [ALLOC, SET, ALLOC_FIRST], PMEM: [TABLE_SPACE], ALIGN: [ALLOC, ALIGN_ADDRESS, POWER], TABLE: TABLES}

FIT = "    if (addr > kernel_pt_space_manager.end_addr || size > kernel_pt_space_manager.end_addr - addr)"
WRAP = "    if (addr < kernel_pt_space_manager.current_addr)"
REFUSE = "    if (!memory::is_power_of_two(alignment))"
MOVE = "    kernel_pt_space_manager.current_addr = addr + size;"
FORWARD = "    return injection::refuses() ? 0 : source(size, alignment);"
SMALL = "    if (memory::is_power_of_two(alignment) && alignment < page::size)"
PAGES = "    const max_t pages = size / page::size + (size % page::size != 0);"
REQUEST = "    return frames.allocate({.frames = pages, .who = owner::page_tables, .alignment = alignment}).address;"
ROUND = "    return (address + alignment - 1) & ~(alignment - 1);"
TEST = "    return number != 0 && (number & (number - 1)) == 0;"
INDEX = "    return virtual_address >> (12 + 9 * (level - 1)) & (entries - 1);"
CANONICAL = "    return address + (max_t{1} << 47) < max_t{1} << 48;"
PAGE = "    return page.value | chosen | present | (pages == page_size::kib_4 ? 0 : large);"
LINK = "    return table.value | present | writable | (is_kernels ? 0 : user);"
HALF = "    const bool is_kernels = address.value >> 63 != 0;"
IS_PAGE = "    return level == 1 || (level < 4 && (entry & large) != 0);"
TARGET = "    return {entry & address_mask & -(is_page(entry, level) ? bytes_per_entry(level) : size)};"
BYTES = "constexpr max_t bytes_per_entry(unsigned level) { return size << 9 * (level - 1); }"


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
    Mutant("any alignment is accepted", SPACE, REFUSE, "    if (false)"),
    Mutant("only an alignment of 0 is refused", SPACE, REFUSE, "    if (alignment == 0)"),
    Mutant("powers of two are refused", SPACE, REFUSE, "    if (memory::is_power_of_two(alignment))"),
    Mutant("the cursor moves by the size alone", SPACE, MOVE, "    kernel_pt_space_manager.current_addr += size;"),
    Mutant("the cursor moves to the address", SPACE, MOVE, "    kernel_pt_space_manager.current_addr = addr;"),
    Mutant("the cursor moves a byte further", SPACE, MOVE, "    kernel_pt_space_manager.current_addr = addr + size + 1;"),
    Mutant("the start moves, not the cursor", SPACE, MOVE, "    kernel_pt_space_manager.start_addr = addr + size;"),
    Mutant("the end moves, too", SPACE, MOVE, MOVE + " kernel_pt_space_manager.end_addr -= size;"),
    Mutant("no request is refused on demand", SPACE, FORWARD, "    return source(size, alignment);"),
    Mutant("all others are refused", SPACE, FORWARD, FORWARD.replace("? 0 : source(size, alignment)", "? source(size, alignment) : 0")),
    Mutant("size and alignment change places", SPACE, FORWARD, FORWARD.replace("size, alignment", "alignment, size")),
    Mutant("the source is asked and not listened to", SPACE, FORWARD, "    const max_t found = source(size, alignment);\n    return injection::refuses() ? 0 : found;"),
    Mutant("what is handed out is a byte further on", SPACE, FORWARD, FORWARD.replace("alignment);", "alignment) + 1;")),
    Mutant("the rest of a page is forgotten", PMEM, PAGES, "    const max_t pages = size / page::size;"),
    Mutant("there is always a page more", PMEM, PAGES, "    const max_t pages = size / page::size + 1;"),
    Mutant("the largest sizes wrap", PMEM, PAGES, "    const max_t pages = (size + page::size - 1) / page::size;"),
    Mutant("a small alignment stays small", PMEM, SMALL, "    if (false)"),
    Mutant("what is no power of two becomes one", PMEM, SMALL, "    if (alignment < page::size)"),
    Mutant("each alignment is a page's", PMEM, SMALL, "    if (memory::is_power_of_two(alignment))"),
    Mutant("nobody is told of the alignment", PMEM, REQUEST, REQUEST.replace(", .alignment = alignment", "")),
    Mutant("the tests own the page tables", PMEM, REQUEST, REQUEST.replace("page_tables", "tests")),
    Mutant("the first page is kept back", PMEM, REQUEST, REQUEST.replace(".address;", ".address + page::size;")),
    Mutant("the cursor moves before the checks", SPACE, REFUSE, "    kernel_pt_space_manager.current_addr += size;\n" + REFUSE),
    Mutant("rounding goes down", ALIGN, ROUND, "    return address & ~(alignment - 1);"),
    Mutant("rounding always skips", ALIGN, ROUND, "    return (address + alignment) & ~(alignment - 1);"),
    Mutant("rounding to half the alignment", ALIGN, ROUND, "    return (address + alignment - 1) & ~(alignment / 2 - 1);"),
    Mutant("rounding in 32 bits", ALIGN, ROUND, "    return (address + alignment - 1) & static_cast<std::uint32_t>(~(alignment - 1));"),
    Mutant("0 is a power of two", ALIGN, TEST, "    return (number & (number - 1)) == 0;"),
    Mutant("every number but 0 is a power of two", ALIGN, TEST, "    return number != 0;"),
    Mutant("1 is no power of two", ALIGN, TEST, "    return number > 1 && (number & (number - 1)) == 0;"),
    Mutant("an index counts from level 0", TABLE, INDEX, INDEX.replace("(level - 1)", "level")),
    Mutant("an index of ten bits", TABLE, INDEX, INDEX.replace("(entries - 1)", "(2 * entries - 1)")),
    Mutant("an index without its last bit", TABLE, INDEX, INDEX.replace("(entries - 1)", "(entries - 2)")),
    Mutant("offsets of eleven bits", TABLE, INDEX, INDEX.replace("12 +", "11 +")),
    Mutant("an index in 32 bits", TABLE, INDEX, INDEX.replace("virtual_address >>", "static_cast<std::uint32_t>(virtual_address) >>")),
    Mutant("canonical in 48 bits", TABLE, CANONICAL, CANONICAL.replace("47", "48").replace("< max_t{1} << 48", "< max_t{1} << 49")),
    Mutant("the lower half only", TABLE, CANONICAL, "    return address < max_t{1} << 47;"),
    Mutant("one address too many is canonical", TABLE, CANONICAL, CANONICAL.replace("< max", "<= max")),
    Mutant("everything is canonical", TABLE, CANONICAL, "    return address == address;"),
    Mutant("a page's entry is not present", TABLE, PAGE, PAGE.replace(" | present", "")),
    Mutant("a large page's entry has no PS", TABLE, PAGE, PAGE.replace("0 : large", "0 : 0")),
    Mutant("PS in every page's entry", TABLE, PAGE, PAGE.replace("? 0", "? large")),
    Mutant("PS in a 1 GiB page's entry only", TABLE, PAGE, PAGE.replace("pages == page_size::kib_4 ? 0 : large", "pages == page_size::gib_1 ? large : 0")),
    Mutant("the flags are lost", TABLE, PAGE, PAGE.replace(" | chosen", "")),
    Mutant("the flags are added", TABLE, PAGE, PAGE.replace("| chosen", "+ chosen + chosen")),
    Mutant("every page can be written", TABLE, PAGE, PAGE.replace("| present", "| present | writable")),
    Mutant("a table forbids writing", TABLE, LINK, LINK.replace(" | writable", "")),
    Mutant("a table forbids execution", TABLE, LINK, LINK.replace("| present", "| present | no_execute")),
    Mutant("ring 3 may enter the kernel's half", TABLE, LINK, LINK.replace("is_kernels ? 0 : user", "is_kernels ? user : user")),
    Mutant("the halves are exchanged", TABLE, HALF, HALF.replace("!= 0", "== 0")),
    Mutant("the halves parted at bit 46", TABLE, HALF, HALF.replace(">> 63", ">> 46")),
    Mutant("a page table's entry is judged by PS", TABLE, IS_PAGE, IS_PAGE.replace("level == 1 || ", "")),
    Mutant("the PML4 maps pages", TABLE, IS_PAGE, IS_PAGE.replace("level < 4", "level <= 4")),
    Mutant("a directory never maps a page", TABLE, IS_PAGE, IS_PAGE.replace("level < 4", "level == 3")),
    Mutant("the flags are part of the address", TABLE, TARGET, TARGET.replace(" & address_mask", "")),
    Mutant("PAT is part of the address", TABLE, TARGET, "    return {entry & address_mask};"),
    Mutant("every table is as aligned as a page", TABLE, TARGET, TARGET.replace(": size", ": bytes_per_entry(level)")),
    Mutant("entries of 8 bits a level", TABLE, BYTES, BYTES.replace("<< 9", "<< 8")),
]
