// Every memory map of up to three regions that begin and end at a few positions, in every order, with and without an area that is
// taken: the free pieces, the pool for page tables and the layout of all free memory, beside sets of cells and of pages.
#include "pool/free_memory.hpp"
#include "memory/layout.hpp"
#include "page/choose_pt_space.hpp"
#include "range.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <span>
#include <sstream>
#include <utility>
#include <vector>

namespace {

using memory::range, page::pt_space_fault, pool::extent;
using multiboot2::region;
using page::page_size;

constexpr std::uint32_t usable = 1, reserved = 2;
constexpr max_t KiB4 = 1 << 12, MiB2 = 1 << 21, GiB = 1 << 30, no_limit = memory::no_limit;

/// Around pages of each size, and at the end of all addresses. A region up to there has a length that does not fit.
using positions = std::vector<max_t>;
const positions grids[]{
    {0, KiB4, KiB4 + 1, 3 * KiB4 - 1, 3 * KiB4, 5 * KiB4},
    {MiB2 - KiB4, MiB2, MiB2 + KiB4 / 2, 2 * MiB2, 3 * MiB2, 3 * MiB2 + KiB4},
    {GiB - MiB2 - KiB4, GiB - MiB2 + KiB4 / 2, GiB, 2 * GiB, 2 * GiB + MiB2 - KiB4, 3 * GiB + KiB4},
    {-4 * KiB4, -3 * KiB4 + 1, -2 * KiB4, no_limit},
};

/// What lies between the positions, a bit each.
using cells = unsigned;

cells between(std::size_t first, std::size_t last)
{
    return (1u << last) - (1u << first);
}

/// A page's size, and where it is in the pool. Or, by the pool's address, where it is in physical memory.
struct placed {
    max_t bytes, at;
    bool operator==(const placed&) const = default;
};
using pages = std::map<max_t, placed>;  // by physical address

/// The pages of these ranges one after the other, each as large as it can be where it is; in the pool the large ones come first.
pages all_pages(const std::vector<range>& free, bool has_gib_pages)
{
    pages all;
    for (const auto& [start, end] : free) {
        for (max_t at = (start + KiB4 - 1) / KiB4 * KiB4; at < end && end - at >= KiB4;) {
            max_t bytes = has_gib_pages ? GiB : MiB2;
            while (at % bytes != 0 || end - at < bytes)
                bytes /= 512;
            all[at].bytes = bytes;
            at += bytes;
        }
    }
    max_t next = memory::pool_base;
    for (const max_t bytes : {GiB, MiB2, KiB4}) {
        for (auto& [physical, page] : all) {
            if (page.bytes != bytes)
                continue;
            page.at = next;
            next += bytes;
        }
    }
    return all;
}

/// How many neighbouring pages of one size there are at most: neighbours in both kinds of addresses.
std::size_t extent_count(const pages& all)
{
    std::size_t count = 0;
    max_t end = 1;
    placed last{0, 0};
    for (const auto& [physical, page] : all) {
        count += physical != end || page.bytes != last.bytes;
        end = physical + page.bytes;
        last = page;
    }
    return count;
}

/// A table for each stretch of addresses in which a page of the table's level, or a table for one, begins.
std::size_t table_count(const pages& all)
{
    std::map<std::pair<max_t, max_t>, int> tables;
    for (const auto& [physical, page] : all)
        for (max_t bytes = page.bytes; bytes <= GiB; bytes *= 512)
            ++tables[{bytes, page.at / bytes / 512}];
    return tables.size();
}

/// What must be the answer for these free cells. The layouts are checked when they are first met.
struct answer {
    std::vector<range> free;
    range largest{0, 0};                  // of whole pages; of equals the lowest
    pages all[2];                         // without and with pages of 1 GiB
    std::vector<extent> extents[2] = {};  // as they were found to be right
    bool is_checked[2] = {};
};

answer answer_for(const positions& grid, cells free)
{
    answer right;
    for (std::size_t i = 0; i + 1 < grid.size(); ++i) {
        if ((free >> i & 1) == 0)
            continue;
        if (!right.free.empty() && right.free.back().end == grid[i])
            right.free.back().end = grid[i + 1];
        else
            right.free.push_back({grid[i], grid[i + 1]});
    }
    for (const range& each : right.free) {
        const pages of_this = all_pages({each}, false);
        if (of_this.empty())
            continue;
        const range whole{of_this.begin()->first, of_this.rbegin()->first + of_this.rbegin()->second.bytes};
        if (whole.end - whole.start > right.largest.end - right.largest.start)
            right.largest = whole;
    }
    for (const bool has_gib_pages : {false, true})
        right.all[has_gib_pages] = all_pages(right.free, has_gib_pages);
    return right;
}

bool is_same(const extent& one, const extent& other)
{
    return one.physical == other.physical && one.address == other.address && one.length == other.length &&
           one.pages == other.pages;
}

const pages::value_type* page_with(max_t byte, const pages& all)
{
    const auto after = all.upper_bound(byte);
    const auto page = after == all.begin() ? all.end() : std::prev(after);
    return page != all.end() && byte - page->first < page->second.bytes ? &*page : nullptr;
}

/// Searches at every border and beside it. Extents are found by their member `from`, and say of a page that it is at `to`.
template <typename Find>
void check_search(Find find, const pool::layout& pool, max_t extent::*from, max_t extent::*to, const pages& right)
{
    std::vector<max_t> borders{0, memory::pool_base};
    for (const extent& one : std::span(pool.extents, pool.count))
        borders.insert(borders.end(), {one.*from, one.*from + bytes_of(one.pages), one.*from + one.length});
    for (const max_t border : borders) {
        for (const max_t byte : {border - 1, border, border + 1}) {
            const extent* found = find(byte);
            const auto* page = page_with(byte, right);
            ASSERT_EQ(found == nullptr, page == nullptr) << std::hex << byte;
            if (page != nullptr) {
                ASSERT_EQ(byte - found->*from + found->*to, byte - page->first + page->second.at) << std::hex << byte;
            }
        }
    }
}

void check_layout(const pool::layout& pool, const pages& right)
{
    pages found, by_address;
    for (const auto& [physical, address, length, size] : std::span(pool.extents, pool.count)) {
        for (max_t offset = 0; offset < length; offset += bytes_of(size)) {
            const bool is_new = found.try_emplace(physical + offset, placed{bytes_of(size), address + offset}).second;
            ASSERT_TRUE(is_new) << "a page is there twice";
        }
    }
    ASSERT_TRUE(found == right) << "these are other pages";
    EXPECT_EQ(pool.count, extent_count(right)) << "neighbours are not together";
    max_t bytes = 0;
    for (const auto& [physical, page] : right) {
        bytes += page.bytes;
        by_address[page.at] = {page.bytes, physical};
    }
    EXPECT_EQ(pool.size, bytes);
    EXPECT_EQ(pool.tables_needed(), table_count(right));
    const auto find_physical = [&pool](max_t byte) { return pool.find_physical(byte); };
    check_search(find_physical, pool, &extent::physical, &extent::address, right);
    const auto find_address = [&pool](max_t byte) { return pool.find_address(byte); };
    check_search(find_address, pool, &extent::address, &extent::physical, by_address);
}

/// All maps on a grid, by what is free in them.
class every_map {
public:
    explicit every_map(const positions& grid) : grid_(grid)
    {
        for (cells free = 0; free < 1u << (grid.size() - 1); ++free)
            answers_.push_back(answer_for(grid, free));
    }

    /// Tries those of up to `count` regions. With empty ones, too, and each limit, if `is_thorough`.
    std::uint64_t try_all(unsigned count, bool is_thorough)
    {
        spans_.clear();
        for (std::size_t first = 0; first < grid_.size(); ++first)
            for (std::size_t last = first + !is_thorough; last < grid_.size(); ++last)
                spans_.push_back({first, last});
        first_limit_ = is_thorough ? 0 : grid_.size() - 1;
        tried_ = 0;
        add_regions(count, 0, 0);
        return tried_;
    }

private:
    struct span {
        std::size_t first, last;  // positions
    };

    range bytes_of(const span& each) const { return {grid_[each.first], grid_[each.last]}; }

    void add_regions(unsigned left, cells usable_ones, cells others)
    {
        try_with_taken(usable_ones, others);
        for (const span& each : spans_) {
            if (left == 0 || testing::Test::HasFailure())
                return;
            const auto [base, end] = bytes_of(each);
            const cells covered = between(each.first, each.last);
            for (const std::uint32_t type : {usable, reserved}) {
                regions_.push_back({base, end == no_limit && base != end ? no_limit : end - base, type});
                add_regions(left - 1, usable_ones | (type == usable ? covered : 0),
                            others | (type == usable ? 0 : covered));
                regions_.pop_back();
            }
        }
    }

    void try_with_taken(cells usable_ones, cells others)
    {
        taken_.clear();
        try_with_limits(usable_ones, others);
        for (const span& each : spans_) {
            taken_ = {bytes_of(each)};
            try_with_limits(usable_ones, others | between(each.first, each.last));
        }
    }

    void try_with_limits(cells usable_ones, cells others)
    {
        for (std::size_t limit = first_limit_; limit < grid_.size() && !testing::Test::HasFailure(); ++limit) {
            const cells within = between(0, limit);
            const pt_space_fault without_pool = usable_ones == 0              ? pt_space_fault::nothing_usable
                                            : (usable_ones & within) == 0 ? pt_space_fault::nothing_within_limit
                                                                          : pt_space_fault::nothing_free;
            check({regions_.data(), regions_.size(), taken_.data(), taken_.size(), grid_[limit]},
                  answers_[usable_ones & ~others & within], without_pool);
            ++tried_;
        }
    }

    void check(const memory::known_memory& known, answer& right, pt_space_fault without_pool)
    {
        if (!has_pieces(known, right.free))
            return fail(known, "other pieces are free");
        const auto [pool, fault] =
            page::choose_pt_space(known.regions, known.region_count, known.taken, known.taken_count, known.limit);
        if (fault != (right.largest.end != 0 ? pt_space_fault::none : without_pool) || !(pool == right.largest))
            return fail(known, "the pool for page tables is another one");
        for (const bool has_gib_pages : {false, true}) {
            const pool::fault expected =
                right.all[has_gib_pages].empty() ? pool::fault::nothing_free : pool::fault::none;
            if (pool::lay_out(known, has_gib_pages, *layout_) != expected)
                return fail(known, "the layout is refused, or is not");
            std::vector<extent>& extents = right.extents[has_gib_pages];
            if (!right.is_checked[has_gib_pages]) {
                check_layout(*layout_, right.all[has_gib_pages]);
                extents.assign(layout_->extents, layout_->extents + layout_->count);
                right.is_checked[has_gib_pages] = true;
            }
            if (!std::equal(extents.begin(), extents.end(), layout_->extents, layout_->extents + layout_->count,
                            is_same))
                return fail(known, "the layout is another one");
            if (testing::Test::HasFailure())
                return fail(known, "the layout is wrong");
        }
    }

    static bool has_pieces(const memory::known_memory& known, const std::vector<range>& right)
    {
        const memory::piece_list& found = memory::find_free_pieces(known);
        return std::equal(found.begin(), found.end(), right.begin(), right.end());
    }

    static void fail(const memory::known_memory& known, const char* why)
    {
        std::ostringstream map;
        map << std::hex;
        for (std::size_t i = 0; i < known.region_count; ++i)
            map << known.regions[i].base << '+' << known.regions[i].length
                << (known.regions[i].type == usable ? " usable, " : ", ");
        for (std::size_t i = 0; i < known.taken_count; ++i)
            map << "taken " << known.taken[i].start << '-' << known.taken[i].end << ", ";
        map << "below " << known.limit;
        ADD_FAILURE() << why << ": " << map.str();
    }

    const positions& grid_;
    std::vector<answer> answers_;  // by which cells are free
    std::vector<span> spans_;
    std::size_t first_limit_ = 0;
    std::vector<region> regions_;
    std::vector<range> taken_;
    std::unique_ptr<pool::layout> layout_ = std::make_unique<pool::layout>();
    std::uint64_t tried_ = 0;
};

// Every map of so many regions on each of the grids; `least`: fewer cases than that would not be all of them.
void try_every_map(unsigned regions, bool with_limits, std::uint64_t least)
{
    std::uint64_t tried = 0;
    for (const positions& grid : grids)
        tried += every_map(grid).try_all(regions, with_limits);
    testing::Test::RecordProperty("cases", std::to_string(tried));
    EXPECT_GT(tried, least);
}

TEST(FreeMemory, OfEveryMapOfThreeRegionsIsThatOfCells)
{
    try_every_map(3, false, 1'000'000);
}

TEST(FreeMemory, OfEveryMapOfTwoRegionsIsThatOfCellsWithinEveryLimit)
{
    try_every_map(2, true, 100'000);
}

}  // namespace
