// Page tables as the CPU reads them: indices and bits.
#include "memory/layout.hpp"
#include "page/table.hpp"

#include <gtest/gtest.h>

#include <random>

namespace {

// The index by division. One table of the level below, and all under it, covers 4 KiB, 2 MiB, 1 GiB or 512 GiB.
max_t naive_index(max_t address, unsigned level)
{
    max_t covered = 4096;
    while (--level > 0)
        covered *= 512;
    return address / covered % 512;
}

TEST(PageIndex, OfTheEndsOfTheAddressSpace)
{
    struct row {
        max_t address;
        max_t pml4, pdpt, directory, table;
    };
    constexpr row rows[] = {
        {0, 0, 0, 0, 0},
        {0xfff, 0, 0, 0, 0},
        {0x1000, 0, 0, 0, 1},
        {0x1f'f000, 0, 0, 0, 511},
        {0x20'0000, 0, 0, 1, 0},
        {0x3fff'ffff, 0, 0, 511, 511},
        {0x4000'0000, 0, 1, 0, 0},
        {0x80'0000'0000, 1, 0, 0, 0},
        {0x7fff'ffff'ffff, 255, 511, 511, 511},
        {0xffff'8000'0000'0000, 256, 0, 0, 0},
        {memory::kernel_base, 511, 510, 0, 0},
        {memory::screen_base, 511, 511, 0, 0},
        {0xffff'ffff'ffff'ffff, 511, 511, 511, 511},
    };
    for (const auto& [address, pml4, pdpt, directory, table] : rows) {
        SCOPED_TRACE(testing::Message() << std::hex << address);
        EXPECT_EQ(page::index(address, 4), pml4);
        EXPECT_EQ(page::index(address, 3), pdpt);
        EXPECT_EQ(page::index(address, 2), directory);
        EXPECT_EQ(page::index(address, 1), table);
    }
}

TEST(PageIndex, IsWhatDivisionSays)
{
    std::mt19937_64 random(2026);
    for (int i = 0; i < 100'000; ++i) {
        const max_t address = random();
        for (unsigned level = 1; level <= 4; ++level)
            ASSERT_EQ(page::index(address, level), naive_index(address, level)) << std::hex << address << ", " << level;
    }
}

TEST(PageTable, BitsAreTheManuals)
{
    EXPECT_EQ(page::present, 0x1u);
    EXPECT_EQ(page::writable, 0x2u);
    EXPECT_EQ(page::user, 0x4u);
    EXPECT_EQ(page::write_through, 0x8u);
    EXPECT_EQ(page::cache_disable, 0x10u);
    EXPECT_EQ(page::accessed, 0x20u);
    EXPECT_EQ(page::dirty, 0x40u);
    EXPECT_EQ(page::large, 0x80u);
    EXPECT_EQ(page::global, 0x100u);
    EXPECT_EQ(page::no_execute, 0x8000'0000'0000'0000u);
    EXPECT_EQ(page::read_and_execute, 0u);
    for (unsigned bit = 0; bit < 64; ++bit)  // Intel SDM vol. 3A, table 4-20: bits 51 to 12, at the widest MAXPHYADDR
        EXPECT_EQ(page::address_mask >> bit & 1, bit >= 12 && bit <= 51 ? 1u : 0u) << bit;
}

// PS is a page's in the two levels between; the last level has only pages, and there it is PAT; the first has none.
TEST(PageTable, MapsPagesByItsLevel)
{
    constexpr max_t small = page::present, large = page::present | page::large;
    for (unsigned level = 1; level <= 4; ++level) {
        EXPECT_EQ(page::is_page(small, level), level == 1) << level;
        EXPECT_EQ(page::is_page(large, level), level < 4) << level;
    }
}

TEST(PageTable, FillsAPage)
{
    EXPECT_EQ(page::size, 4096u);
    EXPECT_EQ(page::entries * sizeof(max_t), page::size);
}

}  // namespace
