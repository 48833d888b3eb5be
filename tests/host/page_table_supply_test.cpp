// Tables out of page table space. The kernel follows physical addresses as pointers, so here a buffer's address is one.
#include "page/pt_space.hpp"
#include "page/table_supply.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <new>
#include <vector>

namespace {

constexpr std::size_t table = 4096, tables = 3;
constexpr std::align_val_t alignment{table};

bool is_cleared(phys_addr one)
{
    for (int i = 0; i < 512; ++i)
        if (page::table_entries(one)[i] != 0)
            return false;
    return true;
}

TEST(Tables, AreHandedOutClearedAndTakenBack)
{
    auto* const memory = static_cast<unsigned char*>(operator new(tables* table, alignment));
    std::memset(memory, 0xFF, tables * table);
    const auto first = reinterpret_cast<max_t>(memory);
    page::set_pt_space(first, first + tables * table);
    phys_addr taken[tables];
    for (std::size_t i = 0; i < tables; ++i) {
        taken[i] = page::take_table();
        EXPECT_EQ(taken[i].value, first + i * table);
        EXPECT_TRUE(is_cleared(taken[i]));
        EXPECT_EQ(page::tables_in_use(), i + 1);
    }
    EXPECT_EQ(page::take_table().value, 0u) << "there are no more";
    EXPECT_EQ(page::tables_in_use(), tables);

    for (const phys_addr one : taken) {
        std::memset(page::table_entries(one), 0xFF, table);
        page::give_back_table(one);
    }
    EXPECT_EQ(page::tables_in_use(), 0u);
    for (std::size_t i = tables; i-- > 0;) {
        const phys_addr again = page::take_table();
        EXPECT_EQ(again.value, taken[i].value) << "the last one first";
        EXPECT_TRUE(is_cleared(again));
    }
    EXPECT_EQ(page::take_table().value, 0u);

    page::reach_tables_through({0x7000'0000});
    EXPECT_EQ(reinterpret_cast<max_t>(page::table_entries(taken[2])), 0x7000'0000u + 2 * table);
    page::reach_tables_through({first});  // as it was
    operator delete(memory, alignment);
}

std::vector<max_t> given;  // to the frames

void give(phys_addr one) { given.push_back(one.value); }
max_t* entries_elsewhere(phys_addr one) { return reinterpret_cast<max_t*>(one.value) + 1; }

// Those that are spare go there at once, the others when they are given back; and where they are accessed is asked.
TEST(Tables, BecomeFrames)
{
    auto* const memory = static_cast<unsigned char*>(operator new(tables* table, alignment));
    const auto first = reinterpret_cast<max_t>(memory);
    page::set_pt_space(first, first + tables * table);
    const max_t others = page::tables_in_use();
    const phys_addr a = page::take_table(), b = page::take_table(), c = page::take_table();
    page::give_back_table(a);
    page::give_back_table(b);
    given.clear();
    page::tables_are_frames(give, [](phys_addr one) { return reinterpret_cast<max_t*>(one.value); });
    EXPECT_EQ(given, (std::vector<max_t>{b.value, a.value}));
    EXPECT_EQ(page::tables_in_use(), others + 1);
    page::give_back_table(c);
    EXPECT_EQ(given, (std::vector<max_t>{b.value, a.value, c.value}));
    EXPECT_EQ(page::tables_in_use(), others);
    EXPECT_EQ(page::take_table().value, 0u) << "they are the frames' now";
    page::tables_are_frames(give, entries_elsewhere);
    EXPECT_EQ(page::table_entries(a), reinterpret_cast<max_t*>(a.value) + 1);
    EXPECT_EQ(given.size(), 3u) << "nothing is spare";
    page::tables_are_frames(nullptr, nullptr);  // as it was
    operator delete(memory, alignment);
}

}  // namespace
