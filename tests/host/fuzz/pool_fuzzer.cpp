// Any memory map, danger areas and limit: the free pieces and the pool, beside lists of ranges out of which others are cut, in numbers
// of more than 64 bits.
#include "input.hpp"
#include "memory/pool.hpp"

#include <algorithm>
#include <vector>

namespace {

using wide = unsigned __int128;
using memory::pool_fault;

constexpr wide all_addresses = wide{1} << 64, page_size = 4096;

struct piece {
    wide start, end;  // exclusive

    bool operator==(const piece&) const = default;
    auto operator<=>(const piece&) const = default;
};
using pieces = std::vector<piece>;

// Near a page of the first few, of 4 GiB, or of the end of all addresses.
max_t some_address(input& from)
{
    constexpr max_t near[]{0, 0, 0, max_t{1} << 32, -max_t{32} * 4096};
    const max_t base = near[from.below(5)] + max_t{from.below(32)} * 4096;
    const unsigned shape = from.byte();
    return shape < 128 ? base : base + shape * 16 - 2048 + shape % 3;
}

max_t some_length(input& from)
{
    const unsigned shape = from.byte();
    return shape < 8 ? ~max_t{0} - shape : shape < 16 ? shape - 8 : max_t{shape - 16} * 1024 + (shape % 7 == 0 ? 1 : 0);
}

pieces merged(pieces all)
{
    std::erase_if(all, [](const piece& one) { return one.start >= one.end; });
    std::sort(all.begin(), all.end());
    pieces result;
    for (const piece& one : all) {
        if (!result.empty() && one.start <= result.back().end)
            result.back().end = std::max(result.back().end, one.end);
        else
            result.push_back(one);
    }
    return result;
}

pieces without(const pieces& from, const piece& hole)
{
    pieces result;
    for (const piece& one : from) {
        if (hole.start >= hole.end || hole.end <= one.start || one.end <= hole.start) {
            result.push_back(one);
            continue;
        }
        if (one.start < hole.start)
            result.push_back({one.start, hole.start});
        if (hole.end < one.end)
            result.push_back({hole.end, one.end});
    }
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    input from(data, size);
    std::vector<multiboot2::region> regions;
    std::vector<memory::range> taken;
    const unsigned shape = from.byte();
    const max_t limit = shape < 128 ? memory::no_limit : some_address(from);
    while (!from.is_empty()) {
        const unsigned kind = from.byte();
        const max_t start = some_address(from), length = some_length(from);
        if (kind < 64)
            taken.push_back({start, start + std::min(length, memory::no_limit - start)});
        else
            regions.push_back({start, length, kind < 192 ? 1u : kind});
    }

    pieces usable, holes{{limit, all_addresses}};
    bool is_one_usable = false, is_one_below = false;
    for (const auto& [base, length, type] : regions) {
        const piece bytes{base, std::min(wide{base} + length, all_addresses - 1)};
        (type == 1 ? usable : holes).push_back(bytes);
        is_one_usable |= type == 1 && length != 0;
        is_one_below |= type == 1 && length != 0 && base < limit;
    }
    for (const auto& [start, end] : taken)
        holes.push_back({start, end});
    pieces free = merged(usable);
    for (const piece& hole : holes)
        free = without(free, hole);

    const memory::known_memory known{regions.data(), regions.size(), taken.data(), taken.size(), limit};
    pieces found;
    for (max_t at = 0;;) {
        const memory::range next = memory::next_free_piece(known, at);
        if (next.start == next.end)
            break;
        found.push_back({next.start, next.end});
        at = next.end;
    }
    demand(found == free);

    piece largest{0, 0};
    for (const auto& [start, end] : free) {
        const piece pages{(start + page_size - 1) / page_size * page_size, end / page_size * page_size};
        if (pages.start < pages.end && pages.end - pages.start > largest.end - largest.start)
            largest = pages;
    }
    const auto [pool, fault] = memory::choose_pool(regions.data(), regions.size(), taken.data(), taken.size(), limit);
    const pool_fault why = largest.start != largest.end ? pool_fault::none
                           : !is_one_usable             ? pool_fault::nothing_usable
                           : !is_one_below              ? pool_fault::nothing_within_limit
                                                        : pool_fault::nothing_free;
    demand(fault == why);
    demand(pool.end - pool.start == largest.end - largest.start);
    demand(why != pool_fault::none || pool.start == largest.start);
    return 0;
}
