// Rounding of addresses.
#include "memory/align.hpp"

#include <gtest/gtest.h>

using memory::align_address;

namespace {

constexpr max_t highest = ~max_t{0};

static_assert(align_address(1, 4096) == 4096, "it can be used where the compiler needs a constant");

TEST(AlignAddress, RoundsUp)
{
    struct row {
        max_t address, alignment, expected;
    };
    constexpr row rows[] = {
        {0, 1, 0},
        {0, 4096, 0},
        {1, 1, 1},
        {1, 2, 2},
        {4095, 4096, 4096},
        {4096, 4096, 4096},
        {4097, 4096, 8192},
        {0x9fc00, 4096, 0xa0000},
        {0x11'3456, 16, 0x11'3460},
        {0x1f'ffff, 2 << 20, 0x20'0000},
        {0xffff'ffff, 4096, 0x1'0000'0000},  // the carry leaves the lower 32 bits
        {0x1'0000'0001, 1 << 30, 0x1'4000'0000},
        {1, max_t{1} << 63, max_t{1} << 63},
        {0x3'0000'0000, max_t{1} << 40, max_t{1} << 40},  // so does the mask
        {highest, 1, highest},
        {highest - 4095, 4096, highest - 4095},  // the last page
    };
    for (const auto& [address, alignment, expected] : rows)
        EXPECT_EQ(align_address(address, alignment), expected) << std::hex << address << " to " << alignment;
}

TEST(AlignAddress, IsTheNextMultipleThatCountingFinds)
{
    for (max_t alignment = 1; alignment <= 1024; alignment *= 2)
        for (const max_t base : {max_t{0}, max_t{0xffff'ff00}, max_t{0xffff'ffff'ffff'f000}})
            for (max_t address = base; address <= base + 1024; ++address) {
                max_t expected = address;
                while (expected % alignment != 0)
                    ++expected;
                ASSERT_EQ(align_address(address, alignment), expected) << std::hex << address << " to " << alignment;
            }
}

// There is no multiple to return; whoever adds to an address near the end has to look out.
TEST(AlignAddress, WrapsToZeroBehindTheLastMultiple)
{
    EXPECT_EQ(align_address(highest, 2), 0u);
    EXPECT_EQ(align_address(highest - 4094, 4096), 0u);
}

}  // namespace
