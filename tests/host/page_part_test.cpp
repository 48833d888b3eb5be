// page/part.hpp: memory that is placed in spaces, filled in, protected and taken out again, against a list of pages for each space.
// Capabilities are derived and revoked meanwhile, as the calls of kernel/memory_calls.cpp do it.
#include "page/part.hpp"
#include "page/program_space.hpp"
#include "page_model.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

using page::map_fault, page::page_size;
using address_space = page::address_space<model::paging>;

constexpr max_t data = page::present | page::user | page::no_execute, code = page::present | page::user;
constexpr max_t uses[]{data, data | page::writable, code};
constexpr max_t large = max_t{2} << 20;

/// Frames that a space has a place for.
struct placed {
    int parent;  // what it was derived from, or -1
    max_t frame, count, address;
    int where;  // which space, or -1
    max_t use;
    max_t unmapped;  // pages that are out already; 0 unless the rest is on its way
};

/// A page as it should be: of which size, to where, and for what.
struct seen {
    page_size size;
    max_t frame, use;
};

class Parts : public testing::Test {
protected:
    Parts() : kernels{policy.take(), &policy} { EXPECT_TRUE(kernels.reserve({0xFFFF'FFFF'8000'0000})); }

    std::uint64_t any(std::uint64_t below) { return random() % below; }

    /// The page at an address, and where it begins.
    std::map<max_t, seen>::iterator page_at(int space, max_t address)
    {
        auto found = pages[space].upper_bound(address);
        if (found == pages[space].begin())
            return pages[space].end();
        --found;
        return address < found->first + page::bytes_of(found->second.size) ? found : pages[space].end();
    }
    /// What `space` has at `address` is what the list says.
    bool is_as_expected(int space, max_t address)
    {
        const page::translation found = spaces[space]->translate({address});
        const auto wanted = page_at(space, address);
        if (wanted == pages[space].end())
            return found.fault == map_fault::not_mapped;
        const max_t offset = address - wanted->first;
        return found.fault == map_fault::none && found.physical.value == wanted->second.frame + offset && found.pages == wanted->second.size &&
               (found.chosen | page::present) == wanted->second.use;
    }
    bool is_free(int space, max_t first, max_t bytes)
    {
        const auto next = pages[space].upper_bound(first);
        return page_at(space, first) == pages[space].end() && (next == pages[space].end() || next->first >= first + bytes);
    }
    void fill(placed& of, max_t first, max_t count, bool may_be_large);
    void protect(placed& of, max_t first, max_t count, max_t use, bool as_large);
    void take_out(placed& of, unsigned most);

    model::machine at;
    model::paging policy = at.policy(true, 46);
    address_space kernels;
    std::unique_ptr<address_space> spaces[2];
    std::map<max_t, seen> pages[2];
    std::mt19937_64 random{7};
    std::map<std::string, unsigned> count;
};

/// As kernel/memory_calls.cpp asks for it: all in one table.
void Parts::fill(placed& of, max_t first, max_t pages_asked, bool may_be_large)
{
    const max_t address = of.address + first * page::size, frame = of.frame + first * page::size;
    const bool fits = may_be_large && (address | frame | pages_asked * page::size) % large == 0;
    const page_size size = fits ? page_size::mib_2 : page_size::kib_4;
    const max_t number = pages_asked * page::size / page::bytes_of(size);
    if (number > page::entries - page::index(address, page::level_of(size)))
        return;
    const bool free = is_free(of.where, address, pages_asked * page::size);
    at.refused = 0;
    const map_fault found = spaces[of.where]->map_part({address}, {frame}, size, number, of.use & page::flags);
    if (found == map_fault::none)
        for (max_t i = 0; i < number; ++i)
            pages[of.where][address + i * page::bytes_of(size)] = {size, frame + i * page::bytes_of(size), of.use};
    ASSERT_EQ(found, !free ? map_fault::occupied : at.refused != 0 ? map_fault::out_of_tables : map_fault::none);
    ++count[found == map_fault::none ? fits ? "large" : "filled" : found == map_fault::occupied ? "occupied" : "no table"];
}

void Parts::protect(placed& of, max_t first, max_t pages_asked, max_t use, bool as_large)
{
    const max_t address = of.address + first * page::size, frame = of.frame + first * page::size;
    const bool fits = as_large && (address | frame | pages_asked * page::size) % large == 0;
    const page_size size = fits ? page_size::mib_2 : page_size::kib_4;
    const max_t bytes = page::bytes_of(size), number = pages_asked * page::size / bytes;
    if (number > page::entries - page::index(address, page::level_of(size)))
        return;
    bool all = true;
    for (max_t i = 0; i < number; ++i) {
        const auto known = pages[of.where].find(address + i * bytes);
        all &= known != pages[of.where].end() && known->second.size == size && known->second.frame == frame + i * bytes;
    }
    at.told.clear();
    const map_fault found = spaces[of.where]->protect_part({address}, {frame}, size, number, use & page::flags);
    ASSERT_EQ(found, all ? map_fault::none : map_fault::not_mapped);
    ASSERT_EQ(at.told.size(), all ? number : 0) << "the CPU is told of each page";
    for (max_t i = 0; all && i < number; ++i)
        pages[of.where][address + i * bytes].use = use;
    ++count[all ? fits ? "large protected" : "protected" : "not protected"];
}

/// A piece of unmapping: what leads to these frames goes, and nothing else.
void Parts::take_out(placed& of, unsigned most)
{
    const max_t from = of.address + of.unmapped * page::size, end = of.address + of.count * page::size;
    virt_addr next{from};
    const bool done = spaces[of.where]->unmap_part(next, end, {of.frame + of.unmapped * page::size}, most);
    ASSERT_TRUE(done == (next.value >= end) && next.value > from) << "it gets on";
    auto each = page_at(of.where, from);  // it may begin below, if it is a large one that has been put there meanwhile
    each = each == pages[of.where].end() ? pages[of.where].lower_bound(from) : each;
    while (each != pages[of.where].end() && each->first < std::min(next.value, end))
        each = each->second.frame == of.frame + (each->first - of.address) ? pages[of.where].erase(each) : std::next(each);
    of.unmapped = done ? 0 : (next.value - of.address) / page::size;
    if (done)
        of.where = -1;
    ++count[done ? "out" : "in part"];
}

TEST_F(Parts, AMillionStepsAreThoseOfTheModel)
{
    for (auto& each : spaces) {
        each.reset(new address_space{{0}, &policy});
        ASSERT_TRUE(each->begin_beside(kernels));
    }
    const std::size_t empty = at.in_use;
    std::vector<placed> all;
    for (int step = 0; step < 1'000'000; ++step) {
        at.limit = any(4) == 0 ? at.in_use + any(3) : model::machine::tables;
        const bool is_growing = all.empty() || (all.size() < 12 && any(8) == 0);
        if (is_growing) {
            const int parent = all.empty() || any(3) == 0 ? -1 : static_cast<int>(any(all.size()));
            if (parent == -1) {
                const max_t whole = any(3) == 0 ? 1024 : 1 + any(12);
                all.push_back({-1, any(64) * large + (whole == 1024 ? 0 : any(4) * page::size), whole, 0, -1, 0, 0});
            } else {
                const max_t offset = any(all[parent].count);
                all.push_back({parent, all[parent].frame + offset * page::size, 1 + any(all[parent].count - offset), 0, -1, 0, 0});
            }
            ++count["derived"];
        }
        const std::size_t number = any(all.size());
        placed& chosen = all[number];
        const max_t first = any(chosen.count), left = chosen.count - first;
        const max_t some = any(8) == 0 ? left : 1 + any(std::min<max_t>(left, 4));
        const unsigned what = static_cast<unsigned>(any(16));
        if (chosen.where == -1 && what < 10) {
            chosen.where = static_cast<int>(any(2));
            chosen.address = (any(2) << 39) + (1 + any(3)) * large - (any(2) == 0 ? 0 : 4 * page::size);
            chosen.use = uses[any(3)];
            ++count["placed"];
        } else if (chosen.where != -1 && what < 7 && chosen.unmapped == 0) {
            fill(chosen, any(2) == 0 ? 0 : first, any(2) == 0 && chosen.count == 1024 ? 512 : some, any(2) == 0);
        } else if (chosen.where != -1 && what < 11 && chosen.unmapped == 0) {
            protect(chosen, any(2) == 0 ? 0 : first, any(4) == 0 && chosen.count == 1024 ? 512 : some, uses[any(3)], any(2) == 0);
        } else if (chosen.where != -1 && what < 14) {
            take_out(chosen, any(2) == 0 ? 256 : 16);
        } else if (what == 15) {  // revoke, and forget: a leaf at a time, each out of its space before
            const auto has_child = [&all](std::size_t of) { return std::ranges::any_of(all, [of](const placed& each) { return each.parent == static_cast<int>(of); }); };
            std::size_t leaf = number;
            while (has_child(leaf))
                leaf = static_cast<std::size_t>(std::ranges::find_if(all, [leaf](const placed& each) { return each.parent == static_cast<int>(leaf); }) - all.begin());
            if (all[leaf].where != -1)
                take_out(all[leaf], 256);
            else {
                all.erase(all.begin() + static_cast<long>(leaf));
                for (placed& each : all)
                    each.parent -= each.parent > static_cast<int>(leaf);
                ++count["gone"];
            }
        }
        if (HasFatalFailure())
            FAIL() << step;
        ASSERT_EQ(at.misused, "") << step;
        for (int space = 0; space < 2; ++space) {
            const max_t near = (any(2) << 39) + any(6) * large + any(8) * page::size - (any(2) == 0 ? 4 * page::size : 0);
            ASSERT_TRUE(near >> 47 != 0 || is_as_expected(space, near)) << step;
            if (!pages[space].empty()) {
                auto some_page = pages[space].lower_bound(near);
                ASSERT_TRUE(is_as_expected(space, (some_page == pages[space].end() ? std::prev(some_page) : some_page)->first)) << step;
            }
        }
        if (pages[0].empty() && pages[1].empty()) {
            ASSERT_EQ(at.in_use, empty) << "no table is left";
            ++count["empty"];
        }
        for (int space = 0; step % 1024 == 0 && space < 2; ++space)
            for (const auto& [address, wanted] : pages[space])
                ASSERT_TRUE(is_as_expected(space, address)) << step;
    }
    for (const char* each : {"filled", "large", "occupied", "no table", "protected", "large protected", "not protected", "out", "in part",
                             "placed", "derived", "gone", "empty"})
        EXPECT_GT(count[each], 50u) << each;
}

}  // namespace
