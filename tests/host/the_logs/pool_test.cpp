// The choice of the pool of 2025-11-06 as it was that day: what it got wrong, as the entry of 2026-11-24 tells.
#include "memory/pool.hpp"
#include "../range.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace {

using memory::range;
using multiboot2::region;
using regions = std::vector<region>;
using ranges = std::vector<range>;

constexpr std::uint32_t usable = 1, reserved = 2;
constexpr max_t MiB = 1 << 20, GiB = 1 << 30;

range choose(const regions& map, const ranges& danger)
{
    return memory::choose_pool(map.data(), map.size(), danger.data(), danger.size());
}

TEST(TheLogsChoice, LooksAtEachDangerAreaOnce)
{
    const ranges danger{{2 * MiB, 3 * MiB}, {MiB, 2 * MiB}};  // the first matters only after the second
    EXPECT_EQ(choose({{MiB, 31 * MiB, usable}}, danger), (range{2 * MiB, 32 * MiB}));
}

TEST(TheLogsChoice, DoesNotSeeADangerAreaInTheMiddle)
{
    EXPECT_EQ(choose({{MiB, 31 * MiB, usable}}, {{4 * MiB, 5 * MiB}}), (range{MiB, 32 * MiB}));
}

TEST(TheLogsChoice, DoesNotConsiderTheOtherRegions)
{
    const range pool = choose({{MiB, 4 * MiB, usable}, {8 * MiB, 3 * MiB, usable}}, {{MiB, 5 * MiB}});
    EXPECT_GE(pool.start, pool.end) << "3 MiB are free elsewhere";
}

TEST(TheLogsChoice, BelievesARegionWhoseEndWraps)
{
    const range pool = choose({{MiB, 31 * MiB, usable}, {~max_t{0} - 4095, GiB, usable}}, {});
    EXPECT_LT(pool.end, pool.start) << "the sound region is not considered";
}

TEST(TheLogsChoice, DoesNotSeeThatAReservedRegionOverlaps)
{
    EXPECT_EQ(choose({{MiB, 31 * MiB, usable}, {MiB, MiB, reserved}}, {}), (range{MiB, 32 * MiB}));
}

}  // namespace
