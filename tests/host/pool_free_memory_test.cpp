// All free memory as one pool: its layout, on 28 real memory maps and on thousands of bad ones, beside sets of intervals.
#include "map_file.hpp"
#include "pool/free_memory.hpp"
#include "memory/layout.hpp"
#include "page/choose_pt_space.hpp"
#include "page_model.hpp"
#include "range.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <random>
#include <vector>

namespace {

using memory::range, pool::extent;
using multiboot2::region;
using page::page_size;
using regions = std::vector<region>;
using ranges = std::vector<range>;

constexpr std::uint32_t usable = 1;
constexpr max_t KiB4 = 1 << 12, MiB = 1 << 20, MiB2 = 1 << 21, GiB = 1 << 30, TiB = max_t{1} << 40;
constexpr page_size sizes[]{page_size::kib_4, page_size::mib_2, page_size::gib_1};

memory::known_memory known_of(const regions& map, const ranges& taken, max_t limit)
{
    return {map.data(), map.size(), taken.data(), taken.size(), limit};
}

// What is free, by taking one interval after the other out of what is usable; then sorted and joined.
ranges free_intervals(const regions& map, const ranges& taken, max_t limit)
{
    const auto end_of = [](const region& one) {
        return one.length > ~max_t{0} - one.base ? ~max_t{0} : one.base + one.length;
    };
    ranges out = taken;
    for (const region& one : map)
        if (one.type != usable)
            out.push_back({one.base, end_of(one)});
    ranges free;
    for (const region& one : map)
        if (one.type == usable)
            free.push_back({one.base, std::min(end_of(one), limit)});
    std::erase_if(out, [](const range& hole) { return hole.start >= hole.end; });
    for (const range& hole : out) {
        ranges left;
        for (const range& one : free) {
            left.push_back({one.start, std::min(one.end, hole.start)});
            left.push_back({std::max(one.start, hole.end), one.end});
        }
        std::erase_if(left, [](const range& one) { return one.start >= one.end; });
        free = left;
    }
    std::sort(free.begin(), free.end(), [](const range& a, const range& b) { return a.start < b.start; });
    ranges joined;
    for (const range& one : free) {
        if (joined.empty() || one.start > joined.back().end)
            joined.push_back(one);
        joined.back().end = std::max(joined.back().end, one.end);
    }
    std::erase_if(joined, [](const range& one) { return one.start >= one.end; });
    return joined;
}

max_t whole(const ranges& free, max_t bytes)
{
    max_t count = 0;
    for (const range& one : free) {
        const max_t first = one.start / bytes + (one.start % bytes != 0), last = one.end / bytes;
        count += last > first ? last - first : 0;
    }
    return count;
}

// Everything that a layout promises.
void check(const pool::layout& pool, const ranges& free, bool has_gib_pages)
{
    max_t counts[4]{}, next = memory::pool_base;
    unsigned level = 3;
    ASSERT_LE(pool.count, pool::layout::max_extents);
    for (std::size_t i = 0; i < pool.count; ++i) {
        const extent& one = pool.extents[i];
        const max_t bytes = bytes_of(one.pages);
        ASSERT_GT(one.length, 0u);
        ASSERT_EQ(one.address, next) << "a hole";
        ASSERT_EQ(one.physical % bytes + one.address % bytes + one.length % bytes, 0u) << "not aligned";
        ASSERT_LE(level_of(one.pages), level) << "not sorted by size";
        const bool is_first = level_of(one.pages) != level || i == 0;
        ASSERT_TRUE(is_first || one.physical > pool.extents[i - 1].physical) << "not sorted by physical address";
        const auto within = [&one](const range& f) {
            return f.start <= one.physical && one.physical + (one.length - 1) < f.end;
        };
        ASSERT_TRUE(std::any_of(free.begin(), free.end(), within)) << "not free";
        level = level_of(one.pages);
        ASSERT_LT(i, pool.behind[level]);
        counts[level] += one.page_count();
        next += one.length;
    }
    ASSERT_EQ(next, memory::pool_base + pool.size);
    // As many large pages as there can be, and no byte left out.
    EXPECT_EQ(counts[3], has_gib_pages ? whole(free, GiB) : 0);
    EXPECT_EQ(counts[2], whole(free, MiB2) - counts[3] * 512);
    EXPECT_EQ(counts[1], whole(free, KiB4) - (counts[2] + counts[3] * 512) * 512);
    EXPECT_EQ(pool.size, whole(free, KiB4) * KiB4);
}

void check_search(const pool::layout& pool)
{
    for (std::size_t i = 0; i < pool.count; ++i) {
        const extent& one = pool.extents[i];
        for (const max_t offset : {max_t{0}, one.length / 2, one.length - 1}) {
            ASSERT_EQ(pool.find_physical(one.physical + offset), &one);
            ASSERT_EQ(pool.find_address(one.address + offset), &one);
        }
        // What lies around an extent is another one's, or nobody's.
        for (const max_t outside : {one.physical - 1, one.physical + one.length}) {
            const extent* found = pool.find_physical(outside);
            ASSERT_TRUE(found == nullptr || (found != &one && outside - found->physical < found->length));
        }
    }
    EXPECT_EQ(pool.find_address(memory::pool_base - 1), nullptr);
    EXPECT_EQ(pool.find_address(memory::pool_base + pool.size), nullptr);
}

// Not on the stack: it is 50 KiB.
std::unique_ptr<pool::layout> laid_out(const regions& map, const ranges& taken, max_t limit,
                                          bool has_gib_pages = true)
{
    auto pool = std::make_unique<pool::layout>();
    const auto fault = pool::lay_out(known_of(map, taken, limit), has_gib_pages, *pool);
    EXPECT_EQ(fault == pool::fault::none, pool->size != 0) << pool::describe(fault);
    return pool;
}

TEST(FreeMemory, IsSortedBySize)
{
    // Free: 1 MiB to 2 GiB + 5 MiB + 4 KiB; and a page below.
    const auto pool = laid_out({{MiB, 2 * GiB + 4 * MiB + KiB4, usable}, {0x1000, 0x1000, usable}}, {}, TiB);
    const struct {
        max_t physical, length;
        page_size pages;
    } right[]{{GiB, GiB, sizes[2]},         {2 * MiB, GiB - 2 * MiB, sizes[1]},
              {2 * GiB, 4 * MiB, sizes[1]}, {0x1000, 0x1000, sizes[0]},
              {MiB, MiB, sizes[0]},         {2 * GiB + 4 * MiB, MiB + KiB4, sizes[0]}};
    ASSERT_EQ(pool->count, std::size(right));
    for (std::size_t i = 0; i < std::size(right); ++i) {
        EXPECT_EQ(pool->extents[i].physical, right[i].physical) << i;
        EXPECT_EQ(pool->extents[i].length, right[i].length) << i;
        EXPECT_EQ(pool->extents[i].pages, right[i].pages) << i;
    }
    EXPECT_EQ(pool->extents[0].address, memory::pool_base);
    EXPECT_EQ(laid_out({{0x1000, 0x1000, usable}}, {}, TiB)->tables_needed(), 3u) << "one of each kind";
    EXPECT_EQ(pool->tables_needed(), 5u) << "two page tables (514 pages), two directories (1 GiB and 4 MiB), a PDPT";
}

TEST(FreeMemory, SaysWhyThereIsNoLayout)
{
    const auto ask = [](const regions& map, max_t limit) {
        auto into = std::make_unique<pool::layout>();
        return pool::lay_out(known_of(map, {}, limit), true, *into);
    };
    EXPECT_EQ(ask({}, TiB), pool::fault::nothing_free);
    EXPECT_EQ(ask({{1, 8190, usable}}, TiB), pool::fault::nothing_free);
    EXPECT_EQ(ask({{2 * TiB, GiB, usable}}, TiB), pool::fault::nothing_free) << "beyond the CPU's addresses";
    EXPECT_EQ(ask({{GiB, 64 * TiB, usable}}, 4096 * TiB), pool::fault::none) << "it fits exactly";
    EXPECT_EQ(ask({{MiB, 64 * TiB, usable}}, 4096 * TiB), pool::fault::none) << "in pages of all sizes";
    EXPECT_EQ(ask({{GiB, 64 * TiB + KiB4, usable}}, 4096 * TiB), pool::fault::too_large);
    EXPECT_EQ(ask({{GiB, ~max_t{0}, usable}}, 4096 * TiB), pool::fault::too_large);
    EXPECT_EQ(ask({{GiB - 2 * MiB, 64 * TiB + 2 * MiB, usable}}, 4096 * TiB), pool::fault::too_large)
        << "below the rest";
}

TEST(FreeMemory, IsWhatThePoolHasRoomForBelowALimit)
{
    constexpr max_t room = memory::pool_limit - memory::pool_base;
    const regions map{{8 * TiB, 100 * TiB, usable}, {MiB, 3 * GiB + 5, usable}, {9 * TiB, KiB4, 2}};
    memory::known_memory known{map.data(), map.size(), nullptr, 0, 4096 * TiB};
    known.limit = memory::limit_for(known, room);
    EXPECT_EQ(known.limit, 72 * TiB - 3 * GiB - 5 + KiB4);
    static pool::layout pool;
    EXPECT_EQ(pool::lay_out(known, true, pool), pool::fault::none);
    EXPECT_GE(pool.size, room - 4 * KiB4);
}

// The limit is an address, and bytes are counted one by one.
TEST(FreeMemory, HasTheHighestLimitThatLeavesSoMuch)
{
    const regions map{{10, 5, usable}, {20, 1, usable}, {30, 4, usable}, {12, 1, 2}};
    for (max_t limit = 0; limit < 40; ++limit)
        for (max_t room = 0; room < 12; ++room) {
            const auto is_free = [](max_t at) { return (at >= 10 && at < 15 && at != 12) || at == 20 || (at >= 30 && at < 34); };
            max_t expected = 0;
            for (max_t left = room; expected < limit && (left != 0 || !is_free(expected)); ++expected)
                left -= is_free(expected);
            const memory::known_memory known{map.data(), map.size(), nullptr, 0, limit};
            ASSERT_EQ(memory::limit_for(known, room), expected) << "below " << limit << ", for " << room;
        }
}

TEST(FreeMemory, FaultsHaveSentences)
{
    const std::string nameless = pool::describe(static_cast<pool::fault>(-1));
    for (int each = 0; each <= static_cast<int>(pool::fault::too_large); ++each)
        EXPECT_NE(pool::describe(static_cast<pool::fault>(each)), nameless);
}

// The pool's tables as map() makes them: as many as were counted, and they lead where the extents say.
TEST(FreeMemory, IsMappedWithTheTablesThatWereCounted)
{
    for (const bool has_gib_pages : {false, true}) {
        model::checked_space space(has_gib_pages, 46);
        const regions map{{0x1000, 0x9e000, usable}, {MiB, 3 * GiB - MiB, usable}, {4 * GiB, 9 * GiB, usable}};
        const ranges taken{{5 * MiB, 5 * MiB + 1}, {7 * GiB, 7 * GiB + 3 * KiB4}};
        const auto pool = laid_out(map, taken, TiB, has_gib_pages);
        ASSERT_EQ(pool::map(*pool, space.space), page::map_fault::none);
        EXPECT_EQ(space.at.in_use - 1, pool->tables_needed());
        for (std::size_t i = 0; i < pool->count; ++i) {
            const extent& one = pool->extents[i];
            const page::translation found = space.space.translate({one.address + one.length - 1});
            EXPECT_EQ(found.physical.value, one.physical + one.length - 1);
            EXPECT_EQ(found.pages, one.pages);
            EXPECT_EQ(found.chosen, max_t{1} << 63 | 1 << 1) << "writable, not to be executed";
        }
        EXPECT_EQ(space.space.translate({memory::pool_base + pool->size}).fault, page::map_fault::not_mapped);
    }
    model::checked_space little;
    little.at.limit = 3;
    EXPECT_EQ(pool::map(*laid_out({{MiB, GiB, usable}}, {}, TiB), little.space), page::map_fault::out_of_tables);
}

regions some_map(std::mt19937_64& random)
{
    regions map;
    for (auto left = random() % 30 + 1; left > 0; --left) {
        const max_t unit = random() % 4 == 0 ? GiB / 2 : random() % 2 == 0 ? MiB : KiB4;
        const max_t edge = random() % 4 == 0 ? random() % KiB4 : 0;
        map.push_back({random() % 20 * unit + edge, random() % 12 * unit + edge * (random() % 2),
                       random() % 4 == 0 ? static_cast<std::uint32_t>(random() % 13) : usable});
    }
    if (random() % 16 == 0)
        map.push_back({~max_t{0} - random() % (8 * GiB), ~max_t{0}, usable});
    return map;
}

TEST(FreeMemory, OfBadMapsIsThatOfIntervals)
{
    std::mt19937_64 random(20261125);
    std::size_t most = 0;
    for (int i = 0; i < 5'000; ++i) {
        const regions map = some_map(random);
        ranges taken;
        for (auto left = random() % 6; left > 0; --left) {
            const max_t start = map[random() % map.size()].base + random() % (4 * MiB);
            taken.push_back({start, start + random() % (2 * MiB) * (random() % 2)});
        }
        const max_t limit = random() % 4 == 0 ? random() % (12 * GiB) : max_t{1} << 46;
        const bool has_gib_pages = random() % 4 != 0;
        const auto pool = laid_out(map, taken, limit, has_gib_pages);
        check(*pool, free_intervals(map, taken, limit), has_gib_pages);
        check_search(*pool);
        if (HasFatalFailure() || HasNonfatalFailure())
            FAIL() << "map " << i;
        most = std::max(most, pool->count);
    }
    EXPECT_GT(most, 20u) << "the maps are not what they are to be";
}

TEST(DangerAreas, HaveRoomForEveryModuleAndForPageTableSpace)
{
    const memory::danger_areas areas{};
    constexpr std::size_t always = 5;  // the image, its stack, the boot information, page 0, the screen
    EXPECT_EQ(std::size(areas.names), always + multiboot2::information::max_modules);
    EXPECT_EQ(std::size(areas.areas), std::size(areas.names) + 1);
}

// As many regions and danger areas as there can be. Each area cuts a region in two, and each piece has pages of all sizes.
TEST(FreeMemory, HasRoomForTheWorstMap)
{
    constexpr std::size_t cuts = memory::danger_areas::most + 1, count = multiboot2::information::max_regions;
    regions map;
    ranges taken;
    for (max_t i = 0; i < count; ++i) {
        map.push_back({i * 8 * GiB + KiB4, 8 * GiB - 2 * KiB4, usable});
        if (i < cuts)
            taken.push_back({i * 8 * GiB + 4 * GiB - KiB4, i * 8 * GiB + 4 * GiB + KiB4});
    }
    ASSERT_LE(cuts, count);
    const auto pool = laid_out(map, taken, 4 * TiB);
    EXPECT_EQ(pool->count, (count + cuts) * 5);
    EXPECT_EQ(std::size(pool->extents), pool->count) << "and for no more";
    check(*pool, free_intervals(map, taken, 4 * TiB), true);
    check_search(*pool);
}

// Nothing of a layout is left in the next one, even if that is smaller and has no page of 1 GiB.
TEST(FreeMemory, IsLaidOutAnew)
{
    const regions large{{KiB4, 3 * GiB, usable}, {4 * GiB, 2 * GiB, usable}}, small{{MiB, 4 * MiB, usable}};
    const auto pool = laid_out(large, {}, TiB);
    ASSERT_EQ(pool::lay_out(known_of(small, {}, TiB), false, *pool), pool::fault::none);
    check(*pool, free_intervals(small, {}, TiB), false);
    check_search(*pool);
    EXPECT_EQ(pool->find_physical(GiB), nullptr);
    EXPECT_EQ(pool->tables_needed(), 3u);
    model::checked_space space(true, 46);
    ASSERT_EQ(pool::map(*pool, space.space), page::map_fault::none);
    EXPECT_EQ(space.at.in_use - 1, 3u);
}

TEST(FreeMemory, NeedsNoMoreTablesThanItFills)
{
    EXPECT_EQ(laid_out({{KiB4, 2 * MiB, usable}}, {}, TiB)->tables_needed(), 3u) << "one of each kind, the page table full";
    EXPECT_EQ(laid_out({{2 * MiB, GiB, usable}}, {}, TiB, false)->tables_needed(), 2u) << "a directory and a PDPT";
    EXPECT_EQ(laid_out({{GiB, 512 * GiB, usable}}, {}, TiB)->tables_needed(), 1u) << "a full PDPT";
    EXPECT_EQ(laid_out({{GiB, 513 * GiB, usable}}, {}, TiB)->tables_needed(), 2u);
}

// As kernel_main does it: the tables' space is cut out, and what that costs is what was set aside for it.
TEST(FreeMemory, OfRealMachinesFitsIntoItsTables)
{
    constexpr max_t for_the_cut = 4, own_tables = 8;  // of the image, a screen of 3 MiB, the window; and the PML4
    std::size_t maps = 0;
    for (const auto& entry : std::filesystem::directory_iterator("tests/maps")) {
        SCOPED_TRACE(entry.path());
        const regions map = map_check::read_map(entry.path());
        ranges taken{{0, KiB4}, {MiB, MiB + 0x40000}};
        const max_t limit = max_t{1} << 46;
        const auto first = laid_out(map, taken, limit);
        const auto [space, fault] = page::choose_pt_space(map.data(), map.size(), taken.data(), taken.size(), 4 * GiB);
        ASSERT_EQ(fault, page::pt_space_fault::none);
        const max_t tables = own_tables + first->tables_needed() + for_the_cut;
        taken.push_back({space.start, space.start + tables * KiB4});
        ASSERT_LE(taken.back().end, space.end);
        const auto second = laid_out(map, taken, limit);
        check(*second, free_intervals(map, taken, limit), true);
        EXPECT_LE(second->tables_needed(), first->tables_needed() + for_the_cut);
        EXPECT_LE((own_tables + second->tables_needed()) * KiB4, second->size / 10'000 + 64 * 1024);
        ++maps;
    }
    EXPECT_EQ(maps, 28u);
}

}  // namespace
