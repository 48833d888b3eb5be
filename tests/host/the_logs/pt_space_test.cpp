// The cursor of 2025-11-06 as it was that day: what it got wrong, as the entry of 2026-11-24 tells.
#include "page/pt_space.hpp"

#include <gtest/gtest.h>

namespace {

constexpr max_t start = 0x11'3000, end = 0x200'0000;

max_t cursor()
{
    return kernel_pt_space_manager.current_addr;
}

TEST(TheLogsAllocator, RefusesAnExactFit)
{
    page::set_pt_space(start, start + 4096);
    EXPECT_EQ(page::alloc_pt_space(4096, 4096), 0u);
    page::set_pt_space(start, start + 4096);
    EXPECT_EQ(page::alloc_pt_space(4095, 4096), start) << "one byte less fits";
}

TEST(TheLogsAllocator, MovesItsCursorWhenItRefuses)
{
    page::set_pt_space(start, start + 4096);
    EXPECT_EQ(page::alloc_pt_space(8192, 4096), 0u);
    EXPECT_EQ(cursor(), start + 8192);
    EXPECT_EQ(page::alloc_pt_space(1, 1), 0u) << "nothing is in use, and still there is nothing left";
}

TEST(TheLogsAllocator, HandsOutMoreThanThereIsWhenTheSumWraps)
{
    page::set_pt_space(start, end);
    EXPECT_EQ(page::alloc_pt_space(~max_t{0} - 4095, 4096), start);
    EXPECT_EQ(cursor(), start - 4096) << "the cursor went back, in front of the pool";
}

TEST(TheLogsAllocator, TakesAnyNumberForAnAlignment)
{
    page::set_pt_space(start, end);
    EXPECT_EQ(page::alloc_pt_space(4096, 0), 0u);
    EXPECT_EQ(cursor(), 4096u) << "far in front of the pool";
    page::set_pt_space(start, end);
    const max_t one = page::alloc_pt_space(1, 3), other = page::alloc_pt_space(1, 3);
    EXPECT_EQ(other, one + 1) << "two neighbours, and both multiples of 3?";
}

}  // namespace
