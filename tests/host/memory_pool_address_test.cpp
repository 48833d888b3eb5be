// Where memory can be accessed: in the pool, in the window of page table space, or nowhere.
#include "cpu/probe.hpp"
#include "kernel/space.hpp"
#include "memory/free_memory.hpp"
#include "memory/layout.hpp"
#include "page/pt_space.hpp"

#include <gtest/gtest.h>

// The file's tests for the kernel want these; nobody runs them here.
page::address_space kernel::space;
bool probe_read(std::uint64_t)
{
    return false;
}

namespace {

using memory::page_tables_base;
using memory::pool_base;

constexpr max_t frame = 4096, MiB2 = 2 << 20;

// Page table space [1 MiB, 1 MiB + 3 frames), and a pool of one large page and, behind it, two small ones from elsewhere.
class PoolAddress : public testing::Test {
protected:
    PoolAddress()
    {
        page::set_pt_space(1 << 20, (1 << 20) + 3 * frame);
        memory::free_memory = {};
        memory::free_memory.extents[0] = {2 * MiB2, pool_base, MiB2, page::page_size::mib_2};
        memory::free_memory.extents[1] = {5 * frame, pool_base + MiB2, 2 * frame, page::page_size::kib_4};
        memory::free_memory.count = 2;
        memory::free_memory.behind[2] = 1;
        memory::free_memory.behind[1] = 2;
        memory::free_memory.size = MiB2 + 2 * frame;
    }
    ~PoolAddress() override
    {
        memory::free_memory = {};
        kernel_pt_space_manager = {};
    }
};

// The physical address leads to the other, and back.
void lead(max_t physical, max_t address)
{
    void* const there = memory::pool_address(physical);
    EXPECT_EQ(reinterpret_cast<max_t>(there), address) << std::hex << physical;
    EXPECT_EQ(memory::pool_physical(there), physical) << std::hex << address;
}

TEST_F(PoolAddress, OfPageTableSpaceIsInItsWindow)
{
    lead(1 << 20, page_tables_base);
    lead((1 << 20) + frame + 8, page_tables_base + frame + 8);
    lead((1 << 20) + 3 * frame - 1, page_tables_base + 3 * frame - 1);
}

TEST_F(PoolAddress, OfFreeMemoryIsInThePool)
{
    lead(2 * MiB2, pool_base);
    lead(2 * MiB2 + 12'345, pool_base + 12'345);
    lead(3 * MiB2 - 1, pool_base + MiB2 - 1);
    lead(5 * frame, pool_base + MiB2);
    lead(7 * frame - 1, pool_base + MiB2 + 2 * frame - 1);
}

TEST_F(PoolAddress, OfAnythingElseIsNowhere)
{
    for (const max_t elsewhere : {max_t{0}, max_t{1 << 20} - 1, max_t{1 << 20} + 3 * frame, 2 * MiB2 - 1, 3 * MiB2, 5 * frame - 1, 7 * frame})
        EXPECT_EQ(memory::pool_address(elsewhere), nullptr) << std::hex << elsewhere;
    for (const max_t elsewhere : {max_t{0}, page_tables_base - 1, page_tables_base + 3 * frame, pool_base - 1, pool_base + MiB2 + 2 * frame})
        EXPECT_EQ(memory::pool_physical(reinterpret_cast<void*>(elsewhere)), 0u) << std::hex << elsewhere;
}

}  // namespace
