// What a fuzz target is told about memory, and what is free then: lists of ranges out of which others are cut, in numbers of more
// than 64 bits.
#pragma once
#include "input.hpp"
#include "memory/free_pieces.hpp"

#include <algorithm>
#include <span>
#include <vector>

using wide = unsigned __int128;
constexpr wide all_addresses = wide{1} << 64, page_size = 4096;

struct piece {
    wide start, end;  // exclusive

    bool operator==(const piece&) const = default;
    auto operator<=>(const piece&) const = default;
};
using pieces = std::vector<piece>;

/// In or around one of the first 32 pages from one of these addresses.
inline max_t some_address(input& from, std::span<const max_t> near)
{
    const max_t base = near[from.below(static_cast<unsigned>(near.size()))] + max_t{from.below(32)} * 4096;
    const unsigned shape = from.byte();
    return shape < 128 ? base : base + shape * 16 - 2048 + shape % 3;
}

inline pieces merged(pieces all)
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

inline pieces without(const pieces& from, const piece& hole)
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

/// The whole pages of a size in it; perhaps none, which is an empty piece.
inline piece whole(const piece& one, wide bytes)
{
    const piece pages{(one.start + bytes - 1) / bytes * bytes, one.end / bytes * bytes};
    return pages.start < pages.end ? pages : piece{0, 0};
}

struct memory_map {
    std::vector<multiboot2::region> regions;
    std::vector<memory::range> taken;
    max_t limit;

    memory::known_memory known() const { return {regions.data(), regions.size(), taken.data(), taken.size(), limit}; }

    pieces free() const
    {
        pieces usable, holes{{limit, all_addresses}};
        for (const auto& [base, length, type] : regions)
            (type == 1 ? usable : holes).push_back({base, std::min(wide{base} + length, all_addresses - 1)});
        for (const auto& [start, end] : taken)
            holes.push_back({start, end});
        pieces rest = merged(usable);
        for (const piece& hole : holes)
            rest = without(rest, hole);
        return rest;
    }
};
