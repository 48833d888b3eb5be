// The cursor that hands out page table space. It only counts, so its pool need not exist.
#include "page/pt_space.hpp"
#include "instruments/injection.hpp"

#include <gtest/gtest.h>

#include <random>

namespace {

constexpr max_t start = 0x11'3000, end = 0x200'0000;

max_t cursor()
{
    return kernel_pt_space_manager.current_addr;
}

TEST(PageTableSpace, BeginsUnused)
{
    page::set_pt_space(start, end);
    EXPECT_EQ(kernel_pt_space_manager.start_addr, start);
    EXPECT_EQ(kernel_pt_space_manager.end_addr, end);
    EXPECT_EQ(kernel_pt_space_manager.current_addr, start);
}

TEST(PageTableSpace, IsHandedOutFromTheStart)
{
    page::set_pt_space(start, end);
    EXPECT_EQ(page::alloc_pt_space(4096, 4096), start);
    EXPECT_EQ(page::alloc_pt_space(1, 1), start + 0x1000);
    EXPECT_EQ(page::alloc_pt_space(4096, 4096), start + 0x2000);
    EXPECT_EQ(page::alloc_pt_space(10, 16), start + 0x3000);
    EXPECT_EQ(page::alloc_pt_space(10, 16), start + 0x3010);
    EXPECT_EQ(page::alloc_pt_space(4096, 2 << 20), 0x20'0000u);
}

TEST(PageTableSpace, IsAlignedSeparateAndInBounds)
{
    std::mt19937_64 random(2025);
    for (int round = 0; round < 1'000; ++round) {
        const max_t first = random() % (max_t{1} << 40) + 1, behind = first + 1 + random() % (64 << 20);
        page::set_pt_space(first, behind);
        max_t in_use_until = first;
        // Half of what is left may be taken up by alignment, so no request of this loop is one that has to be refused.
        while (behind - in_use_until > 64) {
            const max_t most = (behind - in_use_until) / 4;
            max_t alignment = 1;
            while (alignment * 2 <= most && random() % 8 != 0)
                alignment *= 2;
            const max_t size = 1 + random() % most;
            const max_t piece = page::alloc_pt_space(size, alignment);
            ASSERT_NE(piece, 0u);
            ASSERT_EQ(piece % alignment, 0u);
            ASSERT_GE(piece, in_use_until);
            ASSERT_LT(piece - in_use_until, alignment) << "more was skipped than the alignment needs";
            ASSERT_LE(piece + size, behind);
            in_use_until = piece + size;
        }
        ASSERT_EQ(kernel_pt_space_manager.start_addr, first);
        ASSERT_EQ(kernel_pt_space_manager.end_addr, behind);
    }
}

TEST(PageTableSpace, IsRefusedWhenThereIsTooLittle)
{
    page::set_pt_space(start, start + 4096);
    EXPECT_EQ(page::alloc_pt_space(4097, 1), 0u);
    page::set_pt_space(start, start + 4096);
    EXPECT_EQ(page::alloc_pt_space(1, 2 << 20), 0u) << "aligned, it lies behind the end";
    page::set_pt_space(start, start);
    EXPECT_EQ(page::alloc_pt_space(1, 1), 0u) << "an empty pool";
}

TEST(PageTableSpace, FitsExactly)
{
    page::set_pt_space(start, start + 4096);
    EXPECT_EQ(page::alloc_pt_space(4096, 4096), start);
    EXPECT_EQ(cursor(), start + 4096);
    EXPECT_EQ(page::alloc_pt_space(1, 1), 0u);
    EXPECT_EQ(page::alloc_pt_space(0, 1), start + 4096) << "nothing fits everywhere, on the end, too";
}

TEST(PageTableSpace, StaysAsItIsWhenItRefuses)
{
    constexpr max_t highest = ~max_t{0};
    const std::pair<max_t, max_t> requests[] = {
        {8192, 4096}, {4097, 1},       {highest, 1},    {highest - 4095, 4096}, {1, 2 << 20},
        {1, 0},       {4096, 4095},    {0, 0},          {16, 3},                {1, highest},
        {0, 1 << 30}, {highest, highest}, {1, max_t{1} << 63},
    };
    for (const auto& [size, alignment] : requests) {
        page::set_pt_space(start, start + 4096);
        EXPECT_EQ(page::alloc_pt_space(size, alignment), 0u) << size << " at " << alignment;
        EXPECT_EQ(cursor(), start) << size << " at " << alignment;
        EXPECT_EQ(page::alloc_pt_space(4096, 4096), start) << "and nothing is lost";
    }
}

TEST(PageTableSpace, EndsWithTheAddresses)
{
    constexpr max_t highest = ~max_t{0};
    page::set_pt_space(highest - 10, highest);
    EXPECT_EQ(page::alloc_pt_space(1, 16), 0u) << "the next multiple of 16 would be 2^64";
    EXPECT_EQ(page::alloc_pt_space(2, 8), highest - 7);
    EXPECT_EQ(page::alloc_pt_space(5, 1), highest - 5);
    EXPECT_EQ(page::alloc_pt_space(1, 1), 0u);
}

TEST(PageTableSpace, ComesFromWhereItIsTold)
{
    page::set_pt_space(start, start + 4096);
    page::take_pt_space_from([](max_t size, max_t alignment) { return size + alignment; });
    EXPECT_EQ(page::alloc_pt_space(5, 64), 69u);
    EXPECT_EQ(cursor(), start);
    page::take_pt_space_from(page::advance_cursor);
    EXPECT_EQ(page::alloc_pt_space(5, 1), start);
}

TEST(PageTableSpace, IsRefusedOnceOnRequest)
{
    page::set_pt_space(start, start + 4096);
    injection::refused = injection::asked + 2;
    EXPECT_EQ(page::alloc_pt_space(1, 1), start);
    EXPECT_EQ(page::alloc_pt_space(1, 1), 0u);
    EXPECT_EQ(page::alloc_pt_space(1, 1), start + 1);
    injection::refused = 0;
}

}  // namespace
