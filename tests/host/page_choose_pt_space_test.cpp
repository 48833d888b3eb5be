// The choice of the pool, on cases made by hand and on the maps of 28 real machines.
#include "map_file.hpp"
#include "memory/free_pieces.hpp"
#include "page/choose_pt_space.hpp"
#include "range.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

namespace {

using memory::range;
using multiboot2::region;
using regions = std::vector<region>;
using ranges = std::vector<range>;

constexpr std::uint32_t usable = 1, reserved = 2;
constexpr max_t MiB = 1 << 20, GiB = 1 << 30;

page::pt_space_choice ask(const regions& map, const ranges& danger, max_t limit = memory::no_limit)
{
    return page::choose_pt_space(map.data(), map.size(), danger.data(), danger.size(), limit);
}

// The pool, which must be there.
range choose(const regions& map, const ranges& danger, max_t limit = memory::no_limit)
{
    const auto [pool, fault] = ask(map, danger, limit);
    EXPECT_EQ(fault, page::pt_space_fault::none);
    return pool;
}

TEST(Pool, IsTheLargestUsableRegion)
{
    const regions map{
        {0, 0x9fc00, usable}, {MiB, 3 * MiB, usable}, {8 * MiB, 64 * MiB, reserved}, {96 * MiB, 2 * MiB, usable}};
    EXPECT_EQ(choose(map, {}), (range{MiB, 4 * MiB}));
    EXPECT_EQ(choose({map.rbegin(), map.rend()}, {}), (range{MiB, 4 * MiB})) << "wherever it stands in the list";
}

TEST(Pool, IsTheLowestOfEquals)
{
    EXPECT_EQ(choose({{8 * MiB, MiB, usable}, {2 * MiB, MiB, usable}}, {}), (range{2 * MiB, 3 * MiB}));
    // Equal in whole pages, that is.
    EXPECT_EQ(choose({{8 * MiB, MiB + 100, usable}, {2 * MiB, MiB, usable}}, {}), (range{2 * MiB, 3 * MiB}));
}

TEST(Pool, IsNeverOfAnotherType)
{
    for (const std::uint32_t type : {0u, 2u, 3u, 4u, 5u, 6u, 12u, 0xffff'ffffu})
        EXPECT_EQ(choose({{MiB, 4 * MiB, type}, {8 * MiB, 4096, usable}}, {}), (range{8 * MiB, 8 * MiB + 4096}))
            << type;
}

TEST(Pool, SaysWhyThereIsNone)
{
    using page::pt_space_fault;
    EXPECT_EQ(ask({}, {}).fault, pt_space_fault::nothing_usable);
    EXPECT_EQ(ask({{MiB, MiB, reserved}, {4 * MiB, 0, usable}}, {}).fault, pt_space_fault::nothing_usable);
    EXPECT_EQ(ask({{8 * GiB, MiB, usable}}, {}, 4 * GiB).fault, pt_space_fault::nothing_within_limit);
    EXPECT_EQ(ask({{MiB, MiB, usable}}, {}, 0).fault, pt_space_fault::nothing_within_limit);
    EXPECT_EQ(ask({{4 * GiB, MiB, usable}}, {}, 4 * GiB).fault, pt_space_fault::nothing_within_limit) << "from there on";
    EXPECT_EQ(ask({{MiB, MiB, reserved}, {8 * GiB, MiB, usable}}, {}, 4 * GiB).fault, pt_space_fault::nothing_within_limit);
    EXPECT_EQ(ask({{8 * GiB, MiB, usable}, {MiB + 1, 8190, usable}}, {}, 4 * GiB).fault, pt_space_fault::nothing_free);
    EXPECT_EQ(ask({{MiB + 1, 8190, usable}}, {}).fault, pt_space_fault::nothing_free) << "no whole page";
    EXPECT_EQ(ask({{MiB, MiB, usable}}, {{MiB, 2 * MiB}}).fault, pt_space_fault::nothing_free);
    EXPECT_EQ(ask({{MiB, MiB, usable}, {0, 4 * MiB, reserved}}, {}).fault, pt_space_fault::nothing_free);
    const range none = ask({{MiB, MiB, usable}}, {{MiB, 2 * MiB}}).space;
    EXPECT_EQ(none.start, none.end);
}

TEST(Pool, FaultsHaveSentences)
{
    using page::pt_space_fault;
    const std::string nameless = "the choice of page table space has a fault without a name";
    for (int each = 0; each <= static_cast<int>(pt_space_fault::nothing_free); ++each)
        EXPECT_NE(page::describe(static_cast<pt_space_fault>(each)), nameless);
    EXPECT_EQ(page::describe(static_cast<pt_space_fault>(-1)), nameless);
}

TEST(Pool, LeavesOutDangerAreasWhereverTheyAre)
{
    const regions map{{MiB, 31 * MiB, usable}};
    EXPECT_EQ(choose(map, {{MiB, 2 * MiB}}), (range{2 * MiB, 32 * MiB}));
    EXPECT_EQ(choose(map, {{4 * MiB, 5 * MiB}}), (range{5 * MiB, 32 * MiB})) << "in the middle";
    EXPECT_EQ(choose(map, {{28 * MiB, 29 * MiB}}), (range{MiB, 28 * MiB})) << "near the end";
    EXPECT_EQ(choose(map, {{31 * MiB, 33 * MiB}}), (range{MiB, 31 * MiB})) << "over the end";
    EXPECT_EQ(choose(map, {{2 * MiB, 3 * MiB}, {MiB, 2 * MiB}}), (range{3 * MiB, 32 * MiB})) << "in any order";
    EXPECT_EQ(choose(map, {{9 * MiB, 9 * MiB}}), (range{MiB, 32 * MiB})) << "an empty one";
    EXPECT_EQ(choose(map, {{9 * MiB, 9 * MiB + 1}}), (range{9 * MiB + 4096, 32 * MiB})) << "one byte costs a page";
}

TEST(Pool, IsAnotherRegionsWhereTheLargestIsTaken)
{
    EXPECT_EQ(choose({{MiB, 4 * MiB, usable}, {8 * MiB, 3 * MiB, usable}}, {{MiB, 5 * MiB}}),
              (range{8 * MiB, 11 * MiB}));
    EXPECT_EQ(choose({{MiB, 4 * MiB, usable}, {8 * MiB, 3 * MiB, usable}}, {{2 * MiB, 3 * MiB}}),
              (range{8 * MiB, 11 * MiB})) << "cut in two, it is not the largest";
}

TEST(Pieces, AreWholePagesAndRests)
{
    constexpr max_t bytes = 8;
    for (max_t start = 0; start < 20; ++start)
        for (max_t end = start; end < 40; ++end) {
            const auto [before, behind] = memory::beside_whole_pages({start, end}, bytes);
            // Byte by byte: whether all of its page lies within the piece.
            for (max_t at = 0; at < 48; ++at) {
                const max_t page = at / bytes * bytes;
                const bool is_rest = start <= at && at < end && (page < start || page + bytes > end);
                const bool found = (before.start <= at && at < before.end) || (behind.start <= at && at < behind.end);
                ASSERT_EQ(found, is_rest) << at << " of " << start << " to " << end;
            }
            ASSERT_TRUE(before.end <= behind.start || behind.start == behind.end);
        }
}

TEST(Pool, IsOfWholePages)
{
    EXPECT_EQ(choose({{0x1'0400, 0x2'0000, usable}}, {}), (range{0x1'1000, 0x3'0000}));
    EXPECT_EQ(choose({{0x1'0fff, 0x1001, usable}}, {}), (range{0x1'1000, 0x1'2000}));
    EXPECT_EQ(choose({{0x1'0000, 0x2800, usable}, {0x1'2800, 0x800, usable}}, {}), (range{0x1'0000, 0x1'3000}))
        << "a page of two regions is whole";
}

TEST(Pool, LetsReservedWin)
{
    EXPECT_EQ(choose({{MiB, 31 * MiB, usable}, {MiB, MiB, reserved}}, {}), (range{2 * MiB, 32 * MiB}));
    EXPECT_EQ(choose({{MiB, MiB, reserved}, {MiB, 31 * MiB, usable}, {MiB, 31 * MiB, usable}}, {}),
              (range{2 * MiB, 32 * MiB}));
}

TEST(Pool, LiesBelowTheLimit)
{
    const regions map{{MiB, 31 * MiB, usable}, {4 * GiB, 8 * GiB, usable}};
    EXPECT_EQ(choose(map, {}), (range{4 * GiB, 12 * GiB}));
    EXPECT_EQ(choose(map, {}, 4 * GiB), (range{MiB, 32 * MiB}));
    EXPECT_EQ(choose(map, {}, 5 * GiB), (range{4 * GiB, 5 * GiB})) << "a part of a region counts";
    EXPECT_EQ(choose(map, {}, 4 * MiB + 5), (range{MiB, 4 * MiB}));
}

TEST(Pool, ReachesToTheLastPageOfARegionWithoutEnd)
{
    const max_t last_page = ~max_t{0} - 4095;
    EXPECT_EQ(choose({{last_page - MiB, GiB, usable}}, {}), (range{last_page - MiB, last_page}));
    EXPECT_EQ(choose({{MiB, MiB, usable}, {GiB, ~max_t{0}, reserved}, {2 * GiB, GiB, usable}}, {}),
              (range{MiB, 2 * MiB}));
}

// The pool by its definition: a page is free or not, and the pool is the longest run of free pages.
range expected_pool(const regions& map, const ranges& danger, max_t limit, max_t pages)
{
    const auto is_free = [&](max_t page) {
        for (max_t byte = page; byte < page + 4096; byte += 256) {
            const auto holds = [byte](max_t start, max_t end) { return start <= byte && byte < end; };
            bool free = byte < limit, listed = false;
            for (const region& each : map)
                if (holds(each.base, each.base + each.length))
                    (each.type == usable ? listed : free) = each.type == usable;
            for (const range& area : danger)
                free = free && !holds(area.start, area.end);
            if (!free || !listed)
                return false;
        }
        return true;
    };
    range best{0, 0};
    for (max_t start = 0, page = 0; page < pages * 4096; page += 4096) {
        if (!is_free(page))
            start = page + 4096;
        else if (page + 4096 - start > best.end - best.start)
            best = {start, page + 4096};
    }
    return best;
}

TEST(Pool, IsTheExpectedOneOnRandomMaps)
{
    std::mt19937_64 random(6);
    constexpr max_t pages = 48;
    // Multiples of 256 bytes, so that looking at every 256th byte is looking at all.
    const auto address = [&random] { return random() % (pages * 16) * 256; };
    int with_pool = 0;
    for (int round = 0; round < 5'000; ++round) {
        regions map(random() % 8);
        for (region& each : map)
            each = {address(), address() / 512 * 256, static_cast<std::uint32_t>(1 + random() % 4 / 2)};
        ranges danger(random() % 6);
        for (range& area : danger) {
            area.start = address();
            area.end = area.start + address() / 2048 * 256;
        }
        const max_t limit = random() % 2 == 0 ? memory::no_limit : address();
        const auto [pool, fault] = ask(map, danger, limit);
        const range expected = expected_pool(map, danger, limit, pages * 2);
        ASSERT_EQ(pool, expected) << "round " << round;
        ASSERT_EQ(fault == page::pt_space_fault::none, pool.start < pool.end);
        with_pool += pool.start < pool.end;
    }
    EXPECT_GT(with_pool, 2'000) << "there was hardly a pool to find";
}

std::vector<std::filesystem::path> all_maps()
{
    std::vector<std::filesystem::path> paths;
    std::error_code missing;  // TheMaps.AreThere says it
    for (const auto& entry : std::filesystem::directory_iterator("tests/maps", missing))  // from the project's top
        if (entry.path().extension() == ".map")
            paths.push_back(entry.path());
    return paths;
}

TEST(TheMaps, AreThere)
{
    EXPECT_EQ(all_maps().size(), 28u) << "in " << std::filesystem::absolute("tests/maps");
}

// The other tests of the real maps are in tests/boot, beside a kernel that runs on each.
TEST(TheMaps, HaveAPoolBelow4GiB)
{
    for (const auto& path : all_maps()) {
        const range pool = choose(map_check::read_map(path), {{0, 0x1000}, {MiB, MiB + 0x30000}}, 4 * GiB);
        EXPECT_GT(pool.end - pool.start, 4 * MiB) << path;
        EXPECT_LE(pool.end, 4 * GiB) << path;
    }
}

}  // namespace
