// The kernel's virtual addresses: what lies where, and that nothing lies in something else.
#include "memory/layout.hpp"
#include "page/table.hpp"

#include <gtest/gtest.h>

#include <iterator>

namespace {

constexpr max_t MiB = 1 << 20, GiB = 1 << 30, TiB = max_t{1} << 40;

TEST(Layout, IsInTheKernelsHalfAndInOrder)
{
    const struct {
        max_t base, least;  // and as much room at least
    } parts[]{{memory::pool_base, 64 * TiB},  {memory::frames_base, 16 * TiB},        {memory::objects_base, 16 * TiB},
              {memory::shadow_base, 8 * TiB}, {memory::scratch_base, 512 * GiB},      {memory::kernel_base, 512 * MiB},
              {memory::page_tables_base, 512 * MiB}, {memory::screen_base, GiB}};
    for (std::size_t i = 0; i < std::size(parts); ++i) {
        EXPECT_TRUE(page::is_canonical(parts[i].base)) << i;
        EXPECT_EQ(parts[i].base >> 63, 1u) << i;
        EXPECT_EQ(parts[i].base % (512 * MiB), 0u) << i;
        const max_t end = i + 1 < std::size(parts) ? parts[i + 1].base : 0;
        EXPECT_GE(end - parts[i].base, parts[i].least) << i;
    }
    EXPECT_EQ(memory::pool_limit - memory::pool_base, 64 * TiB);
    EXPECT_EQ(memory::page_tables_limit - memory::page_tables_base, 512 * MiB);
}

TEST(Layout, OfTheImageIsTwoGibBelowTheEnd)
{
    EXPECT_EQ(memory::kernel_base, -2 * GiB) << "where -mcmodel=kernel can reach it";
    EXPECT_EQ(memory::screen_base, memory::kernel_base + GiB);
    EXPECT_EQ(memory::page_tables_base, memory::kernel_base + 512 * MiB);
    EXPECT_EQ(memory::scratch_base % (512 * GiB), 0u) << "an entry of the topmost table of its own";
}

// Boot code is linked where it is loaded, the image that far above.
TEST(Layout, PhysicalAddressesAreTheImages)
{
    const auto physical = [](max_t address) { return memory::physical(reinterpret_cast<const void*>(address)); };
    EXPECT_EQ(physical(MiB), MiB);
    EXPECT_EQ(physical(memory::kernel_base - 1), memory::kernel_base - 1);
    EXPECT_EQ(physical(memory::kernel_base), 0u);
    EXPECT_EQ(physical(memory::kernel_base + MiB + 5), MiB + 5);
}

}  // namespace
