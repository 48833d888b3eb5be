// Mapping pages. The kernel follows physical addresses as pointers, so here a buffer's address is a physical address;
// it has less than 48 bits, and an entry has room for more.
#include "page/map.hpp"
#include "page/pt_space.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <new>
#include <ostream>
#include <random>
#include <set>

namespace page {

// What GoogleTest prints.
void PrintTo(map_result result, std::ostream* out)
{
    constexpr const char* names[] = {"mapped", "unaligned", "occupied", "out_of_space"};
    *out << names[static_cast<int>(result)];
}

}  // namespace page

namespace {

using page::map_result;

constexpr max_t writable = 1 << 1, no_execute = max_t{1} << 63;

// Page table space for a number of tables, full of what an earlier owner left. The byte behind the last table keeps the
// tests clear of the question whether an exact fit is one.
class space {
public:
    explicit space(std::size_t tables)
        : size(tables * 4096 + 1), memory(static_cast<unsigned char*>(operator new(size, alignment)))
    {
        std::memset(memory, 0xFF, size);
        page::set_pt_space(first(), first() + size);
    }
    ~space() { operator delete(memory, alignment); }
    space(const space&) = delete;

    max_t first() const { return reinterpret_cast<max_t>(memory); }
    static max_t used() { return kernel_pt_space_manager.current_addr - kernel_pt_space_manager.start_addr; }

private:
    static constexpr std::align_val_t alignment{4096};
    std::size_t size;
    unsigned char* memory;
};

struct mapping {
    max_t physical, flags;  // flags: all bits of the entry but the address
    bool operator==(const mapping&) const = default;
};

std::ostream& operator<<(std::ostream& out, const mapping& found)
{
    return out << std::hex << found.physical << " with " << found.flags;
}

struct tree {
    std::map<max_t, mapping> pages;  // by virtual address
    std::set<max_t> tables;          // below the PML4, by physical address
    bool upper_rights_are_all = true;
};

// Everything that the tables below `table` map, found without the kernel's constants: one entry of `table` covers
// `reach` bytes.
void walk(max_t table, max_t reach, max_t base, tree& found)
{
    for (max_t i = 0; i < 512; ++i) {
        max_t entry;
        std::memcpy(&entry, reinterpret_cast<const char*>(table) + i * 8, 8);
        if (entry % 2 == 0)
            continue;
        const max_t physical = entry % (max_t{1} << 52) / 4096 * 4096, flags = entry - physical;
        const max_t address = base + i * reach;
        if (reach == 4096) {
            found.pages[address] = {physical, flags};
        } else {
            found.upper_rights_are_all &= flags == 3;  // present, writable, and not no-execute
            EXPECT_TRUE(found.tables.insert(physical).second) << "a table has two places";
            walk(physical, reach / 512, address, found);
        }
    }
}

tree walk(max_t pml4)
{
    tree found;
    walk(pml4, max_t{512} << 30, 0, found);
    return found;
}

// The walk gives the 48 bits that the tables know; a virtual address repeats the last of them.
max_t canonical(max_t address)
{
    return address < max_t{1} << 47 ? address : address + 0xffff'0000'0000'0000;
}

TEST(NewTable, IsClearedAndAligned)
{
    const space memory(2);
    for (const max_t expected : {memory.first(), memory.first() + 4096}) {
        const max_t table = page::new_table();
        ASSERT_EQ(table, expected);
        for (max_t i = 0; i < 4096; ++i)
            ASSERT_EQ(reinterpret_cast<const unsigned char*>(table)[i], 0) << i;
    }
    EXPECT_EQ(page::new_table(), 0u);
}

TEST(Map, OnePageNeedsThreeTables)
{
    const space memory(4);
    const max_t pml4 = page::new_table();
    ASSERT_EQ(page::map(pml4, 0xffff'ffff'8010'0000, 0x10'0000, no_execute), map_result::mapped);
    const tree found = walk(pml4);
    ASSERT_EQ(found.pages.size(), 1u);
    EXPECT_EQ(canonical(found.pages.begin()->first), 0xffff'ffff'8010'0000u);
    EXPECT_EQ(found.pages.begin()->second, (mapping{0x10'0000, no_execute + 1}));
    EXPECT_EQ(found.tables.size(), 3u);
    EXPECT_TRUE(found.upper_rights_are_all);
}

TEST(Map, KeepsTheFlags)
{
    const space memory(4);
    const max_t pml4 = page::new_table();
    max_t address = 0x40'0000;
    std::map<max_t, mapping> expected;
    for (const max_t flags : {max_t{0}, writable, no_execute, no_execute + writable, no_execute + writable + 0x18}) {
        ASSERT_EQ(page::map(pml4, address, 0xf'ffff'ffff'f000, flags), map_result::mapped);
        expected[address] = {0xf'ffff'ffff'f000, flags + 1};
        address += 4096;
    }
    EXPECT_EQ(walk(pml4).pages, expected);
}

TEST(Map, AThousandPagesAndNoOther)
{
    std::mt19937_64 random(23);
    const space memory(1 + 3 * 1'000);
    const max_t pml4 = page::new_table();
    std::map<max_t, mapping> expected;
    std::set<max_t> tables[3];  // the parts of the address that each needs a page table, a directory, a PDPT of its own
    while (expected.size() < 1'000) {
        // Some indices come often, so that all levels are shared by some and new to others.
        max_t address = 0;
        for (int level = 0; level < 4; ++level)
            address = address * 512 + (random() % 2 == 0 ? 511 * (random() % 2) : random() % 512);
        address *= 4096;
        const mapping wanted{random() % (max_t{1} << 40) * 4096,
                             random() % 2 * no_execute + random() % 2 * writable + 1};
        const bool is_new = expected.try_emplace(address, wanted).second;
        ASSERT_EQ(page::map(pml4, canonical(address), wanted.physical, wanted.flags - 1),
                  is_new ? map_result::mapped : map_result::occupied);
        for (int level = 0; level < 3; ++level)
            tables[level].insert(address >> (21 + 9 * level));
    }
    const tree found = walk(pml4);
    EXPECT_EQ(found.pages, expected);
    EXPECT_TRUE(found.upper_rights_are_all);
    EXPECT_EQ(found.tables.size(), tables[0].size() + tables[1].size() + tables[2].size());
    EXPECT_EQ(space::used(), (1 + found.tables.size()) * 4096) << "a table was made that nobody needs";
}

TEST(Map, RefusesUnalignedAddresses)
{
    const space memory(4);
    const max_t pml4 = page::new_table();
    for (max_t wrong = 1; wrong < 4096; ++wrong) {
        ASSERT_EQ(page::map(pml4, 0x40'0000 + wrong, 0x10'0000, 0), map_result::unaligned) << wrong;
        ASSERT_EQ(page::map(pml4, 0x40'0000, 0x10'0000 + wrong, 0), map_result::unaligned) << wrong;
    }
    EXPECT_EQ(space::used(), 4096u) << "a refusal took a table";
    EXPECT_TRUE(walk(pml4).tables.empty());
}

TEST(Map, LeavesAnOccupiedPageAsItIs)
{
    const space memory(4);
    const max_t pml4 = page::new_table();
    ASSERT_EQ(page::map(pml4, 0x40'0000, 0x10'0000, no_execute), map_result::mapped);
    EXPECT_EQ(page::map(pml4, 0x40'0000, 0x20'0000, writable), map_result::occupied);
    EXPECT_EQ(page::map(pml4, 0x40'0000, 0x10'0000, no_execute), map_result::occupied) << "though it is the same";
    EXPECT_EQ(walk(pml4).pages, (std::map<max_t, mapping>{{0x40'0000, {0x10'0000, no_execute + 1}}}));
}

// Without the bit `present` the CPU ignores all others (Intel SDM vol. 3A §4.8), and so do we.
TEST(Map, GoesByThePresentBitAlone)
{
    const space memory(4);
    const max_t pml4 = page::new_table();
    reinterpret_cast<max_t*>(pml4)[0] = ~max_t{1};
    ASSERT_EQ(page::map(pml4, 0x40'0000, 0x10'0000, 0), map_result::mapped);
    const max_t page_table = memory.first() + 3 * 4096;
    reinterpret_cast<max_t*>(page_table)[1] = ~max_t{1};
    ASSERT_EQ(page::map(pml4, 0x40'1000, 0x20'0000, 0), map_result::mapped);
    EXPECT_EQ(walk(pml4).pages, (std::map<max_t, mapping>{{0x40'0000, {0x10'0000, 1}}, {0x40'1000, {0x20'0000, 1}}}));
}

// The CPU sets a bit of an entry that it uses; others are the system's own; and one forbids execution.
TEST(Map, FindsALowerTableByTheAddressBitsAlone)
{
    const space memory(4);
    const max_t pml4 = page::new_table();
    ASSERT_EQ(page::map(pml4, 0x40'0000, 0x10'0000, 0), map_result::mapped);
    constexpr max_t accessed = 1 << 5, for_the_system = max_t{1} << 52;
    for (max_t table = 0; table < 3; ++table)
        for (max_t i = 0; i < 512; ++i)
            if (max_t& entry = reinterpret_cast<max_t*>(pml4 + table * 4096)[i]; entry != 0)
                entry |= accessed | for_the_system | no_execute;
    ASSERT_EQ(page::map(pml4, 0x40'1000, 0x20'0000, 0), map_result::mapped);
    EXPECT_EQ(walk(pml4).pages, (std::map<max_t, mapping>{{0x40'0000, {0x10'0000, 1}}, {0x40'1000, {0x20'0000, 1}}}));
}

TEST(Map, OutOfSpaceLeavesNoPageMapped)
{
    for (std::size_t tables = 0; tables < 3; ++tables) {
        SCOPED_TRACE(testing::Message() << tables << " tables of the three that a page needs");
        const space memory(1 + tables);
        const max_t pml4 = page::new_table();
        ASSERT_EQ(page::map(pml4, 0x40'0000, 0x10'0000, writable), map_result::out_of_space);
        const tree found = walk(pml4);
        EXPECT_TRUE(found.pages.empty());
        EXPECT_EQ(found.tables.size(), tables);

        const space more(3);
        EXPECT_EQ(page::map(pml4, 0x40'0000, 0x10'0000, writable), map_result::mapped) << "with more space it works";
        EXPECT_EQ(walk(pml4).pages, (std::map<max_t, mapping>{{0x40'0000, {0x10'0000, writable + 1}}}));
        EXPECT_EQ(space::used(), (3 - tables) * 4096) << "the tables that were there are used";
    }
}

TEST(Map, OutOfSpaceLeavesTheOtherPagesMapped)
{
    const space memory(4);
    const max_t pml4 = page::new_table();
    ASSERT_EQ(page::map(pml4, 0x40'0000, 0x10'0000, 0), map_result::mapped);
    EXPECT_EQ(page::map(pml4, 0x60'0000, 0x20'0000, 0), map_result::out_of_space);
    EXPECT_EQ(page::map(pml4, 0x40'1000, 0x30'0000, 0), map_result::mapped) << "this one needs no new table";
    EXPECT_EQ(walk(pml4).pages, (std::map<max_t, mapping>{{0x40'0000, {0x10'0000, 1}}, {0x40'1000, {0x30'0000, 1}}}));
}

}  // namespace
