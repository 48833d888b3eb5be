// capability/slot.cpp against a model.
#include "capability_model.hpp"

#include <gtest/gtest.h>
#include <random>

static unsigned lost_slots;

void capability::lost(slot&) { ++lost_slots; }

namespace {

using namespace capability_test;

class Capabilities : public testing::Test, protected compared {};

TEST_F(Capabilities, AMillionStepsAreThoseOfTheModel)
{
    std::mt19937_64 random(1);
    const auto any = [&random](std::uint64_t below) { return random() % below; };
    unsigned seen[16]{};
    for (int step = 0; step < 1'000'000; ++step) {
        if (step % 200 == 0 && !expected.at(step / 200 % slots))
            give(step / 200 % slots, interface::all_rights);
        const std::uint64_t from = any(slots), into = any(slots);
        slot &source = real.slots[from], &target = real.slots[into];
        status found, wanted;
        switch (any(8)) {
        case 0:
            found = capability::copy(source, target);
            wanted = expected.copy(from, into);
            break;
        case 1:
            found = capability::move(source, target);
            wanted = expected.move(from, into);
            break;
        case 2:
            refused = any(4) == 0;
            found = capability::remove(source, release);
            wanted = expected.remove(from, refused);
            break;
        default: {
            const std::uint64_t rights = any(4) == 0 ? any(512) : any(2) * interface::read | any(2) * interface::write;
            const std::uint64_t offset = any(3) == 0 ? any(size) : 0, count = any(9) == 0 ? random() : 1 + any(size);
            found = capability::derive(source, target, rights, offset, count);
            wanted = expected.derive(from, into, rights, offset, count);
        }
        }
        ASSERT_TRUE(found == wanted) << step;
        ++seen[static_cast<unsigned>(found)];
        ASSERT_TRUE(is_as_expected()) << step;
    }
    for (const status each : {status::ok, status::no_capability, status::occupied, status::out_of_range, status::bad_argument,
                              status::gone, status::again})
        EXPECT_GT(seen[static_cast<unsigned>(each)], 20u) << static_cast<unsigned>(each);
    EXPECT_GT(released, 1000u);
}

TEST_F(Capabilities, AnyHandleNamesASlot)
{
    std::mt19937_64 random(2);
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t handle = random();
        const slot* const found = &real.at(handle);
        ASSERT_EQ(found, &real.slots[handle / 64 % slots]);
    }
}

TEST_F(Capabilities, DepthCountsDerivations)
{
    give(0, interface::all_rights);
    ASSERT_EQ(capability::derive(real.slots[0], real.slots[1], interface::read, 0, 1), status::ok);
    ASSERT_EQ(capability::derive(real.slots[1], real.slots[2], interface::read, 0, 1), status::ok);
    ASSERT_EQ(capability::copy(real.slots[1], real.slots[3]), status::ok);
    ASSERT_EQ(capability::move(real.slots[2], real.slots[4]), status::ok);
    for (const auto& [number, depth] : {std::pair{0, 0u}, {1, 1u}, {3, 1u}, {4, 2u}})
        EXPECT_EQ(real.slots[number].depth, depth) << number;
}

TEST_F(Capabilities, EightAreRemovedInACall)
{
    refused = false;
    released = 0;
    give(0, interface::all_rights);
    for (int i = 1; i <= 20; ++i)
        ASSERT_EQ(capability::derive(real.slots[i % 2 == 0 ? 0 : i - 1], real.slots[i], interface::read, 0, 1), status::ok);
    EXPECT_EQ(capability::remove(real.slots[0], release), status::again);
    EXPECT_EQ(capability::derive(real.slots[0], real.slots[40], interface::read, 0, 1), status::gone);
    EXPECT_EQ(capability::remove(real.slots[0], release), status::again);
    EXPECT_EQ(capability::remove(real.slots[0], release), status::ok);
    EXPECT_EQ(released, 1u);
    for (const slot& each : real.slots)
        EXPECT_EQ(each.what, interface::type::none);
}

TEST_F(Capabilities, WhoseMemoryIsInASpaceIsAskedAboutBeforeItIsEmptied)
{
    refused = false;
    const auto place = [this](int number) { real.slots[number].where = 1; };
    static constexpr auto unplace = [](slot& each) {
        if (each.where == 0)
            return status::ok;
        each.where = 0;
        return status::again;
    };
    give(0, interface::all_rights);
    place(0);
    for (int i = 1; i <= 3; ++i)
        ASSERT_EQ(capability::derive(real.slots[0], real.slots[i], interface::read, 0, 1), status::ok);
    ASSERT_EQ(capability::copy(real.slots[0], real.slots[4]), status::ok);
    for (int i = 1; i <= 4; ++i)
        EXPECT_EQ(real.slots[i].where, 0u);  // what is made from it is not where it is
    place(2);
    ASSERT_EQ(capability::move(real.slots[2], real.slots[5]), status::ok);
    EXPECT_EQ(real.slots[5].where, 1u);
    EXPECT_EQ(capability::remove(real.slots[0], unplace), status::again);
    EXPECT_EQ(real.slots[5].where, 0u);
    EXPECT_EQ(capability::remove(real.slots[0], unplace), status::again);
    EXPECT_EQ(real.slots[0].where, 0u);
    EXPECT_EQ(capability::remove(real.slots[0], unplace), status::ok);
    EXPECT_EQ(real.slots[4].what, interface::type::ports);
    EXPECT_EQ(real.slots[0].what, interface::type::none);
}

TEST(Slots, AThreadIsToldOnceThatItsSlotIsEmpty)
{
    capability::slot given{}, derived{}, further{};
    capability::give(given, interface::type::table, interface::all_rights, 0, 1);
    ASSERT_EQ(capability::derive(given, derived, interface::all_rights, 0, 1), status::ok);
    ASSERT_EQ(capability::derive(given, further, interface::all_rights, 0, 1), status::ok);
    derived.in_thread = true;
    lost_slots = 0;
    EXPECT_EQ(capability::remove(given, [](slot&) { return status::ok; }), status::ok);
    EXPECT_EQ(lost_slots, 1u);
    EXPECT_EQ(derived.what, interface::type::none);
    EXPECT_FALSE(derived.in_thread);
}

}  // namespace
