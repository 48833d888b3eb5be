// Mapping pages of all sizes: by hand, and a million calls beside a model.
#include "page_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <ostream>
#include <random>
#include <thread>

namespace page {

// What GoogleTest prints.
void PrintTo(map_fault fault, std::ostream* out)
{
    *out << describe(fault);
}

}  // namespace page

namespace {

using model::call;
using model::checked_space;
using page::map_fault, page::page_size;
using enum call::kind;

constexpr max_t KiB4 = 1 << 12, MiB2 = 1 << 21, GiB = 1 << 30;
constexpr max_t no_execute = max_t{1} << 63, writable = 1 << 1 | no_execute;
constexpr page_size sizes[]{page_size::kib_4, page_size::mib_2, page_size::gib_1};

// Both agree about the call, and about everything afterwards.
void agree(checked_space& space, const call& wanted)
{
    ASSERT_EQ(space.run(wanted), "");
    ASSERT_EQ(space.compare(), "");
}

TEST(Map, APageOfEachSizeNeedsThreeTablesOrFewer)
{
    for (const page_size pages : sizes) {
        checked_space space;
        const auto level = static_cast<unsigned>(pages);
        agree(space, {map, 0xFFFF'FFFF'C000'0000, 5 * GiB, pages, no_execute});
        EXPECT_EQ(space.page_count(), 1u);
        EXPECT_EQ(space.at.in_use, 1u + (4 - level));
        agree(space, {unmap, 0xFFFF'FFFF'C000'0000, 0, pages, 0});
        EXPECT_EQ(space.page_count(), 0u);
        EXPECT_EQ(space.at.in_use, 2u) << "the table of the kernel's half stays";
    }
}

TEST(Map, SaysWhatIsWrong)
{
    checked_space old(false, 40), space(true, 40);
    const auto try_map = [&](max_t address, max_t to, page_size pages, max_t chosen) {
        return space.space.map({address}, {to}, pages, chosen);
    };
    EXPECT_EQ(try_map(max_t{1} << 47, 0, sizes[0], 0), map_fault::non_canonical);
    EXPECT_EQ(try_map(0xFFFF'7FFF'FFFF'F000, 0, sizes[0], 0), map_fault::non_canonical);
    EXPECT_EQ(try_map(1, 0, sizes[0], 0), map_fault::unaligned);
    EXPECT_EQ(try_map(KiB4, 0, sizes[1], 0), map_fault::unaligned);
    EXPECT_EQ(try_map(0, MiB2, sizes[2], 0), map_fault::unaligned);
    EXPECT_EQ(try_map(0, max_t{1} << 40, sizes[0], 0), map_fault::beyond_physical);
    EXPECT_EQ(try_map(0, ~max_t{0} << 30, sizes[2], 0), map_fault::beyond_physical);
    for (const max_t bad : {1, 0x20, 0x40, 0x80, 0x200, 0x1000})
        EXPECT_EQ(try_map(0, 0, sizes[0], bad), map_fault::bad_flags) << bad;
    constexpr max_t user = 1 << 2, upper_half = 0xFFFF'8000'0000'0000;
    EXPECT_EQ(try_map(0, 0, sizes[0], writable & ~no_execute), map_fault::bad_flags);
    EXPECT_EQ(try_map(upper_half, 0, sizes[0], user), map_fault::bad_flags);
    EXPECT_EQ(try_map(upper_half, 0, sizes[0], user | writable), map_fault::bad_flags);
    constexpr max_t last = 0x7FFF'FFFF'F000;
    EXPECT_EQ(try_map(last, 0, sizes[0], user), map_fault::bad_flags) << "behind it is no address for SYSRET";
    EXPECT_EQ(try_map(last & ~(MiB2 - 1), 0, sizes[1], user), map_fault::bad_flags);
    EXPECT_EQ(space.compare(), "");
    EXPECT_EQ(space.at.in_use, 1u) << "a refusal took a table";
    EXPECT_EQ(try_map(last - KiB4, 0, sizes[0], user), map_fault::none);
    EXPECT_EQ(try_map(0, 0, sizes[0], user | writable), map_fault::none) << "the lower half is the users'";
    EXPECT_EQ(old.space.map({0}, {0}, sizes[2], 0), map_fault::unsupported_size);
}

TEST(Map, EveryUnalignedAddressIsRefused)
{
    checked_space space;
    for (max_t wrong = 1; wrong < KiB4; ++wrong) {
        ASSERT_EQ(space.run({map, MiB2 + wrong, GiB, sizes[0], 0}), "") << wrong;
        ASSERT_EQ(space.run({map, MiB2, GiB + wrong, sizes[0], 0}), "") << wrong;
    }
    EXPECT_EQ(space.page_count(), 0u);
}

TEST(Map, PagesOfDifferentSizesDoNotOverlap)
{
    for (const page_size first : sizes) {
        for (const page_size second : sizes) {
            checked_space space;
            agree(space, {map, 0, 4 * GiB, first, writable});
            for (const max_t address : {max_t{0}, KiB4, MiB2, MiB2 + KiB4, GiB}) {
                agree(space, {map, address, 8 * GiB, second, 0});
                agree(space, {protect, address, 0, second, no_execute});
                agree(space, {translate, address + 5, 0, second, 0});
                agree(space, {unmap, address, 0, second, 0});
            }
        }
    }
}

TEST(Map, ARefusalForWantOfTablesLeavesNoTrace)
{
    for (const page_size pages : sizes) {
        for (std::size_t tables = 0; tables < 4u - static_cast<unsigned>(pages); ++tables) {
            checked_space space;
            space.at.limit = 1 + tables;
            agree(space, {map, GiB, GiB, pages, writable});
            EXPECT_EQ(space.at.in_use, 1u) << "and " << tables << " tables";
            EXPECT_EQ(space.page_count(), 0u);
        }
    }
}

// Runs of each size that begin and end at the edges of tables and elsewhere.
TEST(Run, LeadsWhereItsPagesWouldAndNowhereElse)
{
    for (const page_size pages : sizes)
        for (const max_t begin : {0, 1, 510, 511})
            for (const max_t count : {0, 1, 2, 511, 512, 513, 700}) {
                checked_space space;
                const max_t bytes = page::bytes_of(pages), physical = 3 * bytes;
                const max_t start = 0xFFFF'8000'0000'0000 + begin * bytes;
                ASSERT_EQ(space.space.map_run({start}, {physical}, pages, count, writable), map_fault::none);
                for (max_t i = 0; i < count; ++i) {
                    const page::translation found = space.space.translate({start + i * bytes});
                    ASSERT_EQ(found.physical.value, physical + i * bytes) << i << " of " << count << " from " << begin;
                    ASSERT_EQ(found.chosen, writable);
                    ASSERT_EQ(found.pages, pages);
                }
                EXPECT_EQ(space.space.translate({start + count * bytes}).fault, map_fault::not_mapped);
                if (begin != 0) {
                    EXPECT_EQ(space.space.translate({start - bytes}).fault, map_fault::not_mapped);
                }
                for (max_t i = 0; i < count; ++i)
                    ASSERT_EQ(space.space.unmap({start + i * bytes}, pages), map_fault::none);
                const max_t slots = (start + count * bytes - 1) / (512 * GiB) - start / (512 * GiB) + 1;  // which stay
                EXPECT_EQ(space.at.in_use, 1u + (count == 0 ? 0 : slots));
                EXPECT_EQ(space.at.misused, "");
            }
}

TEST(Run, ThatMeetsAnObstacleOrLacksATableLeavesNothing)
{
    constexpr max_t start = 0x7000'0000'0000 - 3 * KiB4, count = 520;
    for (const max_t obstacle : {0, 1, 2, 3, 4, 300, 514, 515, 519}) {
        checked_space space;
        ASSERT_EQ(space.space.map({start + obstacle * KiB4}, {0}, sizes[0], 0), map_fault::none);
        const std::size_t tables = space.at.in_use;
        EXPECT_EQ(space.space.map_run({start}, {0}, sizes[0], count, 0), map_fault::occupied);
        EXPECT_EQ(space.at.in_use, tables);
        for (max_t i = 0; i < count; ++i)
            ASSERT_EQ(space.space.translate({start + i * KiB4}).fault, i == obstacle ? map_fault::none : map_fault::not_mapped);
    }
    for (std::size_t tables = 0;; ++tables) {
        checked_space space;
        space.at.limit = 1 + tables;
        if (space.space.map_run({start}, {0}, sizes[0], count, 0) == map_fault::none) {
            EXPECT_EQ(tables, 7u);  // three page tables, two directories and two PDPTs
            break;
        }
        EXPECT_EQ(space.at.in_use, 1u) << tables;
        EXPECT_EQ(space.at.misused, "");
    }
}

TEST(Run, EndsWithTheLastPhysicalPage)
{
    checked_space space(true, 40);
    constexpr max_t end = max_t{1} << 40;
    const auto try_run = [&](max_t to, max_t count) { return space.space.map_run({GiB}, {to}, sizes[0], count, 0); };
    EXPECT_EQ(try_run(end - 2 * KiB4, 3), map_fault::beyond_physical);
    EXPECT_EQ(try_run(0, ~max_t{0}), map_fault::beyond_physical);
    EXPECT_EQ(try_run(end + KiB4, 1), map_fault::beyond_physical);
    EXPECT_EQ(space.at.in_use, 1u);
    EXPECT_EQ(try_run(end - 2 * KiB4, 2), map_fault::none);
}

// Whatever else the table has: an entry that is forgotten is a table that is freed in use.
TEST(Unmap, ATableStaysWhileItHasAnEntryWhereverThatIs)
{
    checked_space all;
    auto& space = all.space;
    for (max_t first = 0; first < 512; ++first) {
        for (max_t second = 0; second < 512; ++second) {
            if (first == second)
                continue;
            const virt_addr gone{first << 12}, left{second << 12};
            ASSERT_EQ(space.map(gone, {GiB}, sizes[0], writable), map_fault::none);
            ASSERT_EQ(space.map(left, {GiB + KiB4}, sizes[0], writable), map_fault::none);
            ASSERT_EQ(space.unmap(gone, sizes[0]), map_fault::none);
            ASSERT_EQ(space.translate(left).physical.value, GiB + KiB4) << first << " took " << second << " along";
            ASSERT_EQ(space.unmap(left, sizes[0]), map_fault::none);
            ASSERT_EQ(all.at.in_use, 1u) << "the last page has gone, and its tables have not";
        }
    }
}

// Without the bit `present` the CPU ignores all others (Intel SDM vol. 3A §4.8), and so do we.
TEST(Map, GoesByThePresentBitAlone)
{
    checked_space space;
    for (max_t i = 0; i < 512; ++i)
        space.at.entries(space.space.pml4)[i] = ~max_t{1};
    agree(space, {map, MiB2, GiB, sizes[0], 0});
    agree(space, {translate, GiB, 0, sizes[0], 0});
    agree(space, {unmap, MiB2, 0, sizes[0], 0});
    EXPECT_EQ(space.at.in_use, 1u) << "a table with nothing present is empty";
}

// The CPU sets a bit of an entry that it uses; others are the system's own; and one forbids execution.
TEST(Map, FindsATableByTheAddressBitsAlone)
{
    checked_space space;
    agree(space, {map, MiB2, GiB, sizes[0], 0});
    space.at.entries(space.space.pml4)[0] |= 1 << 5 | max_t{1} << 62 | no_execute;
    EXPECT_EQ(space.run({map, MiB2 + KiB4, GiB, sizes[0], 0}), "");
    EXPECT_EQ(space.run({translate, MiB2 + KiB4 + 1, 0, sizes[0], 0}), "");
}

TEST(Map, ALargePagesPatBitIsNoAddress)
{
    checked_space space;
    agree(space, {map, 0, MiB2, sizes[1], 0});
    phys_addr table = space.space.pml4;
    for (int level = 4; level > 2; --level)
        table = {space.at.entries(table)[0] & 0x000F'FFFF'FFFF'F000};
    space.at.entries(table)[0] |= 1 << 12;
    EXPECT_EQ(space.run({translate, 0x1234, 0, sizes[1], 0}), "");
}

TEST(Reserve, GivesTheKernelsHalfATableThatStays)
{
    constexpr max_t there = 0xFFFF'FF00'0000'0000;
    checked_space space;
    space.at.limit = 1;
    EXPECT_FALSE(space.space.reserve({there}));
    EXPECT_EQ(space.at.in_use, 1u);
    space.at.limit = 3;
    ASSERT_TRUE(space.space.reserve({there}));
    EXPECT_EQ(space.at.in_use, 2u);
    const max_t slot = space.at.entries(space.space.pml4)[510];
    ASSERT_EQ(space.space.map({there}, {GiB}, sizes[1], writable), map_fault::none) << "one more table is enough";
    ASSERT_EQ(space.space.unmap({there}, sizes[1]), map_fault::none);
    EXPECT_EQ(space.at.entries(space.space.pml4)[510], slot);
    EXPECT_EQ(space.at.in_use, 2u);
}

TEST(Protect, KeepsWhatTheCpuHasSet)
{
    for (const page_size pages : sizes) {
        checked_space space;
        agree(space, {map, GiB, GiB, pages, writable});
        agree(space, {touch, GiB, 0, pages, 0});
        agree(space, {protect, GiB, 0, pages, no_execute});
        agree(space, {protect, GiB, 0, pages, no_execute});  // nothing changes, and nobody is told
        agree(space, {unmap, GiB, 0, pages, 0});
    }
}

// A second thread does what a CPU does: it sets the bit in one step, at any moment, and expects to find it later.
TEST(Protect, LosesNothingThatTheCpuSetsMeanwhile)
{
    constexpr max_t dirty = 0x40;
    checked_space all;
    ASSERT_EQ(all.space.map({0}, {GiB}, sizes[0], writable), map_fault::none);
    phys_addr table = all.space.pml4;
    for (int level = 4; level > 1; --level)
        table = {all.at.entries(table)[0] & 0x000F'FFFF'FFFF'F000};
    max_t* const entry = all.at.entries(table);
    std::atomic<bool> done = false;
    max_t lost = 0;
    std::thread cpu([&] {
        for (int i = 0; i < 1'000'000; ++i) {
            __atomic_fetch_or(entry, dirty, __ATOMIC_SEQ_CST);
            for (int wait = 0; wait < 20; ++wait)
                asm volatile("pause");
            lost += (__atomic_fetch_and(entry, ~dirty, __ATOMIC_SEQ_CST) & dirty) == 0;
        }
        done = true;
    });
    for (max_t round = 0; !done; ++round) {
        ASSERT_EQ(all.space.protect({0}, sizes[0], round % 2 == 0 ? no_execute : writable), map_fault::none);
        all.at.told.clear();
    }
    cpu.join();
    EXPECT_EQ(lost, 0u);
}

TEST(Describe, HasASentenceForEachFault)
{
    std::set<std::string> sentences;
    for (int fault = 0; fault <= static_cast<int>(map_fault::out_of_tables); ++fault)
        sentences.insert(page::describe(static_cast<map_fault>(fault)));
    EXPECT_EQ(sentences.size(), 10u);
    EXPECT_FALSE(sentences.contains("a fault without a name"));
    EXPECT_EQ(std::string(page::describe(static_cast<map_fault>(-1))), "a fault without a name");
}

// An address whose indices come often, so that pages meet; now and then one that is wrong.
max_t some_address(std::mt19937_64& random)
{
    max_t address = 0;
    for (int level = 0; level < 4; ++level)
        address = address * 512 + (random() % 8 == 0 ? random() % 512 : random() % 2 * 511);
    address *= KiB4;
    if (address >> 47 != 0)
        address += 0xFFFF'0000'0000'0000;
    switch (random() % 64) {
    case 0:
        return random();
    case 1:
        return address ^ max_t { 1 } << 47;
    case 2:
        return address + random() % KiB4;
    default:
        return address;
    }
}

call some_call(std::mt19937_64& random)
{
    constexpr call::kind kinds[]{map, map, map, map, unmap, unmap, unmap, protect, translate, touch};
    const page_size pages = sizes[random() % 3];
    const max_t bytes = KiB4 << 9 * (static_cast<unsigned>(pages) - 1);
    const max_t aligned = random() % 16 == 0 ? 1 : bytes;
    max_t chosen = 0;
    for (const max_t flag : {max_t{2}, max_t{4}, max_t{8}, max_t{16}, max_t{256}, no_execute})
        chosen |= random() % 2 * flag;
    if (random() % 64 == 0)
        chosen |= max_t{1} << random() % 64;
    const max_t to = random() >> (17 + random() % 20);
    const max_t address = some_address(random);
    return {kinds[random() % std::size(kinds)], address / aligned * aligned, to / aligned * aligned, pages, chosen};
}

// Two spaces, one of them on a CPU without pages of 1 GiB; tables are often scarce.
TEST(Map, AMillionRandomCallsAreAnsweredAsByAList)
{
    std::size_t refused_for_tables = 0, most_pages = 0;
    for (const bool has_gib_pages : {false, true}) {
        std::mt19937_64 random(20261125 + has_gib_pages);
        checked_space space(has_gib_pages);
        for (int i = 0; i < 600'000; ++i) {
            if (i % 1'000 == 0)
                space.at.limit = std::min(model::machine::tables, space.at.in_use + (random() % 4) * (random() % 20));
            const call wanted = some_call(random);
            ASSERT_EQ(space.run(wanted), "") << "call " << i;
            refused_for_tables += space.at.refused;
            space.at.refused = 0;
            most_pages = std::max(most_pages, space.page_count());
            if (i % 1'000 == 999) {
                ASSERT_EQ(space.compare(), "") << "after call " << i;
            }
        }
    }
    EXPECT_GT(refused_for_tables, 10'000u) << "the calls do not meet what they are to meet";
    EXPECT_GT(most_pages, 30u);
}

}  // namespace
