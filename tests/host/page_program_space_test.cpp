// page/program_space.hpp: some spaces beside the kernel's, changed at random, against a list of pages for each.
#include "page/program_space.hpp"
#include "page_model.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <vector>

namespace {

using page::map_fault, page::page_size;
using address_space = page::address_space<model::paging>;

constexpr max_t half_bytes = 2048, scratch = 0xFFFF'FF00'0000'0000, image = 0xFFFF'FFFF'8000'0000, elsewhere = 0xFFFF'D000'0000'0000;
constexpr max_t data = page::writable | page::no_execute;

/// A space beside the kernel's, and what should be in it.
struct program_space {
    address_space tables;
    std::map<max_t, max_t> pages{};  // of 4 KiB
    bool is_dying = false;

    std::size_t table_count() const
    {
        std::set<std::pair<unsigned, max_t>> parts;
        for (const auto& [address, to] : pages)
            for (unsigned shift = 21; shift <= 39; shift += 9)
                parts.insert({shift, address >> shift});
        return 1 + parts.size();
    }
};

class ProgramSpaces : public testing::Test {
protected:
    ProgramSpaces() : kernels{policy.take(), &policy}
    {
        EXPECT_TRUE(kernels.reserve({scratch}));
        EXPECT_EQ(kernels.map({image}, {0x5000}, page_size::kib_4, data), map_fault::none);
    }
    const void* upper_half(const address_space& of) { return at.entries(of.pml4) + 256; }
    std::unique_ptr<program_space> make()
    {
        std::unique_ptr<program_space> made(new program_space{address_space{{0}, &policy}});
        return made->tables.begin_beside(kernels) ? std::move(made) : nullptr;
    }

    model::machine at;
    model::paging policy = at.policy(true, 46);
    address_space kernels;
    std::size_t kernels_tables() const { return 1 + 1 + 3; }
};

TEST_F(ProgramSpaces, ASlotThatTheUpperHalfLacksIsRefusedOnceItIsShared)
{
    EXPECT_EQ(kernels.map({elsewhere}, {0x6000}, page_size::kib_4, data), map_fault::none) << "it is not shared yet";
    const auto one = make();
    constexpr max_t further = elsewhere + (max_t{1} << 39);
    const std::size_t before = at.in_use;
    for (address_space* space : {&kernels, &one->tables})
        for (const page_size pages : {page_size::kib_4, page_size::mib_2, page_size::gib_1})
            EXPECT_EQ(space->map({further}, {0}, pages, data), map_fault::no_slot);
    EXPECT_EQ(at.in_use, before);
    EXPECT_EQ(kernels.map({elsewhere + 0x1000}, {0x7000}, page_size::kib_4, data), map_fault::none);
    EXPECT_EQ(one->tables.translate({elsewhere + 0x1008}).physical.value, 0x7008u);
}

TEST_F(ProgramSpaces, LargePagesAreForgottenAndTheirTablesGivenBack)
{
    const auto one = make();
    const std::size_t before = at.in_use;
    EXPECT_EQ(one->tables.map({0}, {0}, page_size::gib_1, data), map_fault::none);
    EXPECT_EQ(one->tables.map({5 << 30ull}, {0}, page_size::mib_2, data), map_fault::none);
    EXPECT_EQ(one->tables.map({page::user_end - 0x1000}, {0}, page_size::kib_4, data), map_fault::none);
    EXPECT_EQ(at.in_use, before + 1 + 1 + 3);
    for (std::size_t left = before + 5; !one->tables.take_down(); --left)
        EXPECT_EQ(at.in_use, left - 1) << "a table a call";
    EXPECT_EQ(at.in_use, kernels_tables());
    EXPECT_EQ(at.misused, "");
}

TEST_F(ProgramSpaces, WithoutPagesOnePartIsEnough)
{
    const auto one = make();
    EXPECT_TRUE(one->tables.take_down());
    EXPECT_EQ(at.in_use, kernels_tables());
}

/// The addresses that are used: some that share tables, some that do not, and the last ones.
std::vector<max_t> some_addresses()
{
    std::vector<max_t> found;
    for (const max_t base : {max_t{0}, max_t{0x40'0000}, max_t{1} << 30, max_t{3} << 39, max_t{255} << 39, page::user_end - 0x3000})
        for (max_t offset : {0x0000, 0x1000, 0x2000})
            found.push_back(base + offset);
    return found;
}

TEST_F(ProgramSpaces, AMillionStepsAreThoseOfTheModel)
{
    std::mt19937_64 random(3);
    const auto any = [&random](std::uint64_t below) { return random() % below; };
    const std::vector<max_t> addresses = some_addresses();
    std::unique_ptr<program_space> spaces[6];
    bool is_scratch_mapped = false;
    unsigned made = 0, unmade = 0, parts = 0, refused = 0, compared = 0;
    for (int step = 0; step < 1'000'000; ++step) {
        auto& one = spaces[any(std::size(spaces))];
        const max_t address = addresses[any(addresses.size())], to = any(1000) << 12;
        switch (any(64)) {
        case 0:
        case 1:
            if (one == nullptr) {
                one = make();
                one == nullptr ? ++refused : ++made;
            }
            break;
        case 2:
            if (one != nullptr)
                one->is_dying = true;  // what is mapped is not asked for any more
            break;
        case 3: {
            const map_fault found = is_scratch_mapped ? kernels.unmap({scratch}, page_size::kib_4) : kernels.map({scratch}, {to}, page_size::kib_4, data);
            if (found == map_fault::none)
                is_scratch_mapped = !is_scratch_mapped;
            else
                ASSERT_EQ(found, map_fault::out_of_tables);
            break;
        }
        default:
            if (one == nullptr)
                break;
            if (one->is_dying) {
                ++parts;
                if (one->tables.take_down()) {
                    one.reset();
                    ++unmade;
                }
            } else if (any(2) == 0) {
                const map_fault found = one->tables.map({address}, {to}, page_size::kib_4, data | page::user);
                const bool is_new = !one->pages.contains(address);
                if (found == map_fault::none && is_new)
                    one->pages[address] = to;
                else
                    ASSERT_EQ(found, is_new ? map_fault::out_of_tables : map_fault::occupied) << step;
                refused += found == map_fault::out_of_tables;
            } else {
                ASSERT_EQ(one->tables.unmap({address}, page_size::kib_4), one->pages.erase(address) == 1 ? map_fault::none : map_fault::not_mapped) << step;
            }
        }
        ASSERT_EQ(at.misused, "") << step;
        bool is_whole = true;
        std::size_t tables = kernels_tables() + (is_scratch_mapped ? 2 : 0);
        for (const auto& each : spaces) {
            if (each == nullptr)
                continue;
            ASSERT_EQ(std::memcmp(upper_half(each->tables), upper_half(kernels), half_bytes), 0) << step;
            ASSERT_EQ(each->tables.translate({scratch}).fault == map_fault::none, is_scratch_mapped) << step;
            is_whole &= !each->is_dying;
            if (each->is_dying)
                continue;
            const auto known = each->pages.find(address);
            const page::translation found = each->tables.translate({address});
            ASSERT_EQ(found.fault == map_fault::none, known != each->pages.end()) << step;
            ASSERT_TRUE(known == each->pages.end() || found.physical.value == known->second) << step;
        }
        ASSERT_EQ(kernels.translate({address}).fault, map_fault::not_mapped) << step;
        if (is_whole && step % 8 == 0) {
            for (const auto& each : spaces)
                tables += each == nullptr ? 0 : each->table_count();
            ASSERT_EQ(at.in_use, tables) << step;
            ++compared;
        }
    }
    EXPECT_GT(made, 1000u);
    EXPECT_GT(unmade, 1000u);
    EXPECT_GT(parts, 1000u);
    EXPECT_GT(refused, 1000u);
    EXPECT_GT(compared, 1000u);
}

}  // namespace
