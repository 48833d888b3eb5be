// Where memory can be accessed: in the pool, in the window of page table space, or nowhere.
#include "memory/layout.hpp"
#include "page/pt_space.hpp"
#include "pool/address.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <new>
#include <random>
#include <vector>

namespace {

using memory::page_tables_base;
using memory::pool_base;

constexpr max_t frame = 4096, MiB = 1 << 20, MiB2 = 2 * MiB, GiB = max_t{1} << 30;
constexpr std::size_t space = 64 * frame;

// Page table space is memory of this process, in which the tables of offsets are made and read; the pool is at made-up addresses.
class PoolAddress : public testing::Test {
protected:
    PoolAddress() : memory_(static_cast<unsigned char*>(operator new(space, std::align_val_t{frame})))
    {
        std::memset(memory_, 0xFF, space);
        page::set_pt_space(start(), start() + space);
        pool::free_memory = {};
    }
    ~PoolAddress() override
    {
        pool::free_memory = {};
        pool::offsets_by_gib = nullptr;
        kernel_pt_space_manager = {};
        operator delete(memory_, std::align_val_t{frame});
    }
    max_t start() const { return reinterpret_cast<max_t>(memory_); }

    void add(max_t physical, max_t length, page::page_size pages)
    {
        pool::layout& pool = pool::free_memory;
        pool.extents[pool.count++] = {physical, pool_base + pool.size, length, pages};
        pool.size += length;
        for (unsigned level = 1; level <= level_of(pages); ++level)
            pool.behind[level] = pool.count;
    }
    // `tables`: what is said to be page table space.
    bool note(memory::range tables)
    {
        if (!pool::note_offsets(pool::free_memory, tables, tables.start))
            return false;
        pool::reach();
        return true;
    }

    unsigned char* memory_;
};

// The physical address leads to the other, and back.
void lead(max_t physical, max_t address)
{
    void* const there = pool::address_of(physical);
    EXPECT_EQ(reinterpret_cast<max_t>(there), address) << std::hex << physical;
    EXPECT_EQ(pool::physical_of(there), physical) << std::hex << address;
}

TEST_F(PoolAddress, OfFreeMemoryIsInThePool)
{
    add(2 * MiB2, MiB2, page::page_size::mib_2);
    add(5 * frame, 2 * frame, page::page_size::kib_4);
    ASSERT_TRUE(note({3 * MiB, 3 * MiB + frame}));
    lead(2 * MiB2, pool_base);
    lead(2 * MiB2 + 12'345, pool_base + 12'345);
    lead(3 * MiB2 - 1, pool_base + MiB2 - 1);
    lead(5 * frame, pool_base + MiB2);
    lead(7 * frame - 1, pool_base + MiB2 + 2 * frame - 1);
}

// The offsets are of MiBs: where pieces share one, or a MiB is not the pool's at all, the extents are asked.
TEST_F(PoolAddress, IsFoundWherePiecesShareAMiB)
{
    add(MiB2, MiB2, page::page_size::mib_2);
    add(5 * frame, 2 * frame, page::page_size::kib_4);
    add(9 * frame, frame, page::page_size::kib_4);
    add(20 * frame, frame, page::page_size::kib_4);
    ASSERT_TRUE(note({3 * MiB2, 3 * MiB2 + frame}));
    lead(5 * frame, pool_base + MiB2);
    lead(6 * frame + 77, pool_base + MiB2 + frame + 77);
    lead(9 * frame + 8, pool_base + MiB2 + 2 * frame + 8);
    lead(21 * frame - 1, pool_base + MiB2 + 4 * frame - 1);
    lead(2 * MiB2 - 1, pool_base + MiB2 - 1);
    for (const max_t elsewhere : {max_t{0}, 4 * frame, 7 * frame, 8 * frame, 19 * frame, 21 * frame, MiB, 2 * MiB2, GiB - 1})
        EXPECT_EQ(pool::address_of(elsewhere), nullptr) << std::hex << elsewhere;
}

// Whole GiBs of one extent, and what is cut off at its ends; the byte behind the last may be asked for.
TEST_F(PoolAddress, IsFoundInWholeGiBsAndCutOnes)
{
    add(2 * GiB, 3 * GiB, page::page_size::gib_1);
    add(7 * GiB, GiB, page::page_size::gib_1);
    add(GiB + MiB2, GiB - MiB2, page::page_size::mib_2);
    add(5 * GiB, 4 * MiB2, page::page_size::mib_2);
    ASSERT_TRUE(note({MiB, MiB2}));
    for (std::size_t i = 0; i < pool::free_memory.count; ++i) {
        const pool::extent& one = pool::free_memory.extents[i];
        for (max_t at = 0; at < one.length; at += MiB / 2)
            lead(one.physical + at, one.address + at);
        lead(one.physical + one.length - 1, one.address + one.length - 1);
    }
    for (const max_t elsewhere : {GiB, GiB + MiB2 - 1, 5 * GiB + 4 * MiB2, 6 * GiB, 8 * GiB})
        EXPECT_EQ(pool::address_of(elsewhere), nullptr) << std::hex << elsewhere;
}

TEST_F(PoolAddress, OfPageTableSpaceIsInItsWindow)
{
    ASSERT_TRUE(note({MiB, MiB + space}));
    for (const max_t offset : {max_t{0}, frame + 8, space - 1}) {
        EXPECT_EQ(reinterpret_cast<max_t>(pool::search(MiB + offset)), page_tables_base + offset);
        EXPECT_EQ(pool::physical_of(reinterpret_cast<void*>(page_tables_base + offset)), MiB + offset);
    }
    EXPECT_EQ(pool::search(MiB - 1), nullptr);
    EXPECT_EQ(pool::search(MiB + space), nullptr);
}

TEST_F(PoolAddress, IsThePhysicalOneWhileTheBootMappingIsInForce)
{
    pool::reach_boot_mapping();
    for (const max_t physical : {max_t{0}, GiB - 1, GiB, 4 * GiB - 1})
        EXPECT_EQ(reinterpret_cast<max_t>(pool::address_of(physical)), physical);
    add(MiB2, MiB2, page::page_size::mib_2);
    ASSERT_TRUE(note({MiB, MiB2}));
    lead(MiB2, pool_base);
}

TEST_F(PoolAddress, OfNothingHasNoPhysicalOne)
{
    add(2 * MiB2, MiB2, page::page_size::mib_2);
    ASSERT_TRUE(note({MiB, MiB + space}));
    for (const max_t elsewhere : {max_t{0}, page_tables_base - 1, page_tables_base + space, pool_base - 1, pool_base + MiB2})
        EXPECT_EQ(pool::physical_of(reinterpret_cast<void*>(elsewhere)), 0u) << std::hex << elsewhere;
}

// Pieces of all sizes, by the thousand, with gaps: the table says what the search says, and takes what was foreseen.
TEST_F(PoolAddress, IsWhatTheSearchSays)
{
    for (unsigned round = 0; round < 200; ++round) {
        std::mt19937_64 random(round);
        pool::free_memory = {};
        for (const page::page_size pages : {page::page_size::gib_1, page::page_size::mib_2, page::page_size::kib_4}) {
            const max_t bytes = bytes_of(pages);
            max_t next = bytes;
            for (unsigned i = 0; i < 3; ++i) {
                const max_t first = next + random() % 3 * bytes, count = 1 + random() % 3;
                // Each kind has addresses of its own, as no two extents overlap.
                const max_t base = static_cast<max_t>(3 - level_of(pages)) * 24 * GiB;
                add(base + first, count * bytes, pages);
                next = first + count * bytes;
            }
        }
        page::set_pt_space(start(), start() + space);
        const max_t least = pool::frames_for_offsets(pool::free_memory) * frame;
        ASSERT_TRUE(note({GiB / 2, GiB / 2 + frame})) << round;
        EXPECT_LE(kernel_pt_space_manager.current_addr - start(), least) << round;
        for (std::size_t i = 0; i < pool::free_memory.count; ++i) {
            const pool::extent& one = pool::free_memory.extents[i];
            for (const max_t at : {one.physical, one.physical + one.length - 1, one.physical + random() % one.length})
                lead(at, one.address + (at - one.physical));
        }
    }
}

TEST_F(PoolAddress, NeedsRoomForItsTables)
{
    add(2 * GiB, 3 * GiB, page::page_size::gib_1);
    add(GiB + MiB2, GiB - MiB2, page::page_size::mib_2);
    max_t frames = 0;
    for (bool noted = false; !noted; ++frames) {
        ASSERT_LT(frames, 16u);
        page::set_pt_space(start(), start() + frames * frame);
        noted = pool::note_offsets(pool::free_memory, {MiB, MiB2}, MiB);
    }
    EXPECT_EQ(frames - 1, 1u + 3 * 2) << "one by GiB; for whole GiBs, and two that are cut";
}

}  // namespace
