// capability/slot.cpp against a model.
#include "capability_model.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <iterator>
#include <random>

static unsigned lost_slots;

void capability::lost(slot&) { ++lost_slots; }

namespace {

using namespace capability_test;

class Capabilities : public testing::Test, protected compared {};

TEST_F(Capabilities, AMillionStepsAreThoseOfTheModel)
{
    std::mt19937_64 random(1);
    const auto any = [&random](std::uint64_t below) { return static_cast<int>(random() % below); };
    unsigned seen[16]{}, walks = 0, taken_back = 0;
    bool is_growing = true;
    for (int step = 0; step < 1'000'000; ++step) {
        const auto held = std::ranges::count_if(real, [](const slot& each) { return each.what != interface::type::none; });
        if (held == 0)
            give(0, interface::all_rights);
        is_growing = held == 0 || (is_growing && held < slots - 10);  // a long list, and its end
        const auto is_begun = [](const slot& each) { return each.state != fate::none && each.state != fate::frozen; };
        const auto is_held = [](const slot& each) { return each.what != interface::type::none; };
        const slot* usual = std::ranges::find_if(real, is_begun);
        if (usual == std::end(real))
            usual = std::ranges::find_if(real, is_held);
        const int from = any(3) == 0 ? static_cast<int>(usual - real) : any(slots), into = any(slots), marker = any(markers);
        slot &source = real[from], &target = real[into], &own = real[slots + marker];
        status found, wanted;
        switch (is_growing ? 5 : any(8)) {
        case 0:
            found = capability::copy(source, target);
            wanted = expected.copy(from, into);
            break;
        case 1:
            found = capability::move(source, target);
            wanted = expected.move(from, into);
            break;
        case 2:
            said = any(4) == 0 ? status::occupied : any(4) == 0 ? status::again : status::ok;
            found = capability::remove(source, own, release);
            wanted = expected.remove(from, marker, said);
            break;
        case 3:
            found = capability::revoke(source, own, release);
            wanted = expected.revoke(from, marker);
            taken_back += found == status::again;
            break;
        case 4:
            capability::forget(own);
            expected.forget(marker);
            found = wanted = status::ok;
            break;
        default: {
            const std::uint64_t rights = any(4) == 0 ? any(512) : any(2) * interface::read | any(2) * interface::write;
            const std::uint64_t offset = any(4) == 0 ? any(size) : 0, count = any(9) == 0 ? random() : 1 + any(any(2) == 0 ? size : 4);
            found = capability::derive(source, target, rights, offset, count);
            wanted = expected.derive(from, into, rights, offset, count);
        }
        }
        ASSERT_TRUE(found == wanted) << step;
        ++seen[static_cast<unsigned>(found)];
        walks += expected.stands(0) && expected.stands(1);
        ASSERT_TRUE(is_as_expected()) << step;
    }
    for (const status each : {status::ok, status::no_capability, status::occupied, status::out_of_range, status::bad_argument,
                              status::gone, status::again})
        EXPECT_GT(seen[static_cast<unsigned>(each)], 20u) << static_cast<unsigned>(each);
    EXPECT_GT(released, 1000u);
    EXPECT_GT(walks, 100u) << "both threads have come somewhere in taking something back";
    EXPECT_GT(taken_back, 1000u);
}

TEST_F(Capabilities, AnyHandleNamesASlot)
{
    capability::table named{};
    std::mt19937_64 random(2);
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t handle = random();
        const slot* const found = &named.at(handle);
        ASSERT_EQ(found, &named.slots[handle / 64 % capability::table::slot_count]);
    }
}

TEST_F(Capabilities, DepthCountsDerivations)
{
    give(0, interface::all_rights);
    ASSERT_EQ(capability::derive(real[0], real[1], interface::read, 0, 1), status::ok);
    ASSERT_EQ(capability::derive(real[1], real[2], interface::read, 0, 1), status::ok);
    ASSERT_EQ(capability::copy(real[1], real[3]), status::ok);
    ASSERT_EQ(capability::move(real[2], real[4]), status::ok);
    for (const auto& [number, depth] : {std::pair{0, 0u}, {1, 1u}, {3, 1u}, {4, 2u}})
        EXPECT_EQ(real[number].depth, depth) << number;
}

TEST_F(Capabilities, EightAreRemovedInACall)
{
    said = status::ok;
    released = 0;
    give(0, interface::all_rights);
    for (int i = 1; i <= 20; ++i)
        ASSERT_EQ(capability::derive(real[i % 2 == 0 ? 0 : i - 1], real[i], interface::read, 0, 1), status::ok);
    EXPECT_EQ(capability::remove(real[0], real[slots], release), status::again);
    EXPECT_EQ(capability::derive(real[0], real[40], interface::read, 0, 1), status::gone);
    EXPECT_EQ(capability::remove(real[0], real[slots], release), status::again);
    EXPECT_EQ(capability::remove(real[0], real[slots], release), status::ok);
    EXPECT_EQ(released, 1u);
    for (const slot& each : real)
        EXPECT_EQ(each.what, interface::type::none);
}

TEST_F(Capabilities, WhoseMemoryIsInASpaceIsAskedAboutBeforeItIsEmptied)
{
    const auto place = [this](int number) { real[number].where = 1; };
    static constexpr auto unplace = [](slot& each) {
        if (each.where == 0)
            return status::ok;
        each.where = 0;
        return status::again;
    };
    give(0, interface::all_rights);
    place(0);
    for (int i = 1; i <= 3; ++i)
        ASSERT_EQ(capability::derive(real[0], real[i], interface::read, 0, 1), status::ok);
    ASSERT_EQ(capability::copy(real[0], real[4]), status::ok);
    for (int i = 1; i <= 4; ++i)
        EXPECT_EQ(real[i].where, 0u);  // what is made from it is not where it is
    place(2);
    ASSERT_EQ(capability::move(real[2], real[5]), status::ok);
    EXPECT_EQ(real[5].where, 1u);
    EXPECT_EQ(capability::remove(real[0], real[slots], unplace), status::again);
    EXPECT_EQ(real[5].where, 0u);
    EXPECT_EQ(capability::remove(real[0], real[slots], unplace), status::again);
    EXPECT_EQ(real[0].where, 0u);
    EXPECT_EQ(capability::remove(real[0], real[slots], unplace), status::ok);
    EXPECT_EQ(real[4].what, interface::type::ports);
    EXPECT_EQ(real[0].what, interface::type::none);
}

/// Between two calls, a borrower with all of these slots puts a copy of the one that lies last into each that is empty, and
/// tries to empty one of those that he has in every way there is.
TEST(TakingBack, EndsHoweverOftenTheBorrowerMakesCopies)
{
    constexpr unsigned all = 1'000, freezes = (all + 63) / 64, removals = (all + 7) / 8;
    static slot real[all], marker, others;
    capability::give(real[0], interface::type::ports, interface::all_rights, base, size);
    ASSERT_EQ(capability::derive(real[0], real[1], interface::all_rights, 0, size), status::ok);
    slot* kept = &real[1];
    unsigned calls = 1, made = 0;
    for (; capability::revoke(real[0], marker, release) == status::again && calls < 2 * all; ++calls)
        for (unsigned i = 1; i < all; ++i) {
            made += capability::copy(*kept, real[i]) == status::ok;
            if (i % 7 == calls % 7) {
                static_cast<void>(capability::remove(real[i], others, release));
                static_cast<void>(capability::revoke(real[i], others, release));
            }
        }
    EXPECT_LE(calls, freezes + removals);
    for (unsigned i = 1; i < all; ++i)
        EXPECT_EQ(real[i].what, interface::type::none) << i;
    EXPECT_EQ(real[0].state, fate::none);
}

TEST(Slots, AThreadIsToldOnceThatItsSlotIsEmpty)
{
    capability::slot given{}, derived{}, further{}, marker{};
    capability::give(given, interface::type::table, interface::all_rights, 0, 1);
    ASSERT_EQ(capability::derive(given, derived, interface::all_rights, 0, 1), status::ok);
    ASSERT_EQ(capability::derive(given, further, interface::all_rights, 0, 1), status::ok);
    derived.in_thread = true;
    lost_slots = 0;
    EXPECT_EQ(capability::remove(given, marker, [](slot&) { return status::ok; }), status::ok);
    EXPECT_EQ(lost_slots, 1u);
    EXPECT_EQ(derived.what, interface::type::none);
    EXPECT_FALSE(derived.in_thread);
}

TEST(Slots, WhatAnAccountHasMadeEndsBeforeIt)
{
    using interface::type;
    static std::vector<type> ended;
    static constexpr auto note = [](slot& last) {
        ended.push_back(last.what);
        return status::ok;
    };
    capability::slot account{}, copied{}, memory{}, part{}, thread{}, marker{};
    capability::give(account, type::account, interface::all_rights, 1, 1);
    capability::give(account, memory, type::memory, 2, 1);
    ASSERT_EQ(capability::derive(memory, part, interface::read, 0, 1), status::ok);
    ASSERT_EQ(capability::copy(account, copied), status::ok);
    capability::give(copied, thread, type::thread, 3, 1);
    EXPECT_FALSE(capability::is_last(part));
    EXPECT_FALSE(capability::is_last(copied));
    EXPECT_TRUE(capability::is_last(account));
    status found;
    while ((found = capability::remove(account, marker, note)) == status::again) {
    }
    EXPECT_EQ(found, status::ok);
    EXPECT_EQ(ended, (std::vector{type::thread, type::memory, type::account}));
}

TEST(Slots, NothingIsDeeperThanTheDeepest)
{
    std::vector<capability::slot> chain(capability::deepest + 2);
    capability::give(chain[0], interface::type::ports, interface::all_rights, 0, 1);
    for (unsigned i = 0; i < capability::deepest; ++i)
        ASSERT_EQ(capability::derive(chain[i], chain[i + 1], interface::read, 0, 1), status::ok);
    EXPECT_EQ(capability::derive(chain[capability::deepest], chain[capability::deepest + 1], interface::read, 0, 1), status::out_of_range);
    EXPECT_EQ(chain.back().what, interface::type::none);
}

}  // namespace
