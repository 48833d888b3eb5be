// Any memory map: the layout of all free memory, beside one that cuts the pages of each size out of what larger ones have left; and
// the search in it, beside one that looks at every extent.
#include "pool/free_memory.hpp"
#include "memory/layout.hpp"
#include "memory_map.hpp"

#include <memory>

namespace {

using pool::extent;

constexpr max_t KiB4 = 1 << 12, MiB2 = 1 << 21, GiB = 1 << 30, TiB = max_t{1} << 40, before = 16 * KiB4;
// Around borders of pages of each size and of tables, and where free memory becomes more than there is room for.
constexpr max_t near[]{0,
                       MiB2 - before,
                       2 * MiB2 - before,
                       GiB - before,
                       GiB + MiB2 - before,
                       2 * GiB - before,
                       512 * GiB - before,
                       64 * TiB - before,
                       64 * TiB + GiB - before,
                       -2 * before};

memory_map some_map(input& from)
{
    memory_map map{{}, {}, from.byte() < 64 ? memory::no_limit : some_address(from, near)};
    while (!from.is_empty()) {
        const unsigned kind = from.byte();
        const max_t one = some_address(from, near), other = some_address(from, near);
        const auto [start, end] = std::minmax(one, other);
        if (kind >= 64 && map.regions.size() < multiboot2::information::max_regions)
            map.regions.push_back({start, kind % 64 == 0 ? ~max_t{0} : end - start, kind < 192 ? 1u : kind});
        if (kind < 64 && map.taken.size() <= memory::danger_areas::most)
            map.taken.push_back({start, end});
    }
    return map;
}

struct placed {
    piece physical;
    wide address, page;  // page: its size
};

std::vector<placed> lay_out(pieces free, bool has_gib_pages)
{
    std::vector<placed> all;
    wide next = memory::pool_base;
    for (const wide page : {wide{GiB}, wide{MiB2}, wide{KiB4}}) {
        pieces rest = free;
        for (const piece& one : free) {
            const piece pages = whole(one, page);
            if (pages.start == pages.end || (page == GiB && !has_gib_pages))
                continue;
            all.push_back({pages, next, page});
            next += pages.end - pages.start;
            rest = without(rest, pages);
        }
        free = rest;
    }
    return all;
}

/// A table of a level is for 512 pages of this size, or for 512 tables for them.
wide table_count(const std::vector<placed>& all, wide page)
{
    wide count = 0, last = 0;
    for (const placed& each : all) {
        if (each.page > page)
            continue;
        const wide first_table = each.address / page / 512;
        const wide last_table = (each.address + (each.physical.end - each.physical.start) - 1) / page / 512;
        count += last_table - first_table + (first_table != last);
        last = last_table;
    }
    return count;
}

void check_search(const pool::layout& pool, const std::vector<placed>& all, max_t value)
{
    const extent *physical = nullptr, *address = nullptr;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& [range, start, page] = all[i];
        if (range.start <= value && value < range.end)
            physical = &pool.extents[i];
        if (start <= value && value < start + (range.end - range.start))
            address = &pool.extents[i];
    }
    demand(pool.find_physical(value) == physical);
    demand(pool.find_address(value) == address);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto pool = std::make_unique<pool::layout>();
    input from(data, size);
    const bool has_gib_pages = from.byte() % 2 != 0;
    const memory_map map = some_map(from);
    const std::vector<placed> right = lay_out(map.free(), has_gib_pages);
    wide bytes = 0;
    for (const placed& each : right)
        bytes += each.physical.end - each.physical.start;

    const pool::fault found = pool::lay_out(map.known(), has_gib_pages, *pool);
    demand(found == (bytes == 0                                       ? pool::fault::nothing_free
                     : bytes > memory::pool_limit - memory::pool_base ? pool::fault::too_large
                                                                      : pool::fault::none));
    if (found == pool::fault::too_large)
        return 0;
    demand(pool->size == bytes && pool->count == right.size());
    demand(pool->tables_needed() == table_count(right, KiB4) + table_count(right, MiB2) + table_count(right, GiB));
    for (std::size_t i = 0; i < right.size(); ++i) {
        const auto& [physical, address, length, pages] = pool->extents[i];
        demand(physical == right[i].physical.start && wide{physical} + length == right[i].physical.end);
        demand(address == right[i].address && bytes_of(pages) == right[i].page);
        for (const max_t border : {physical, physical + length, address, address + length}) {
            check_search(*pool, right, border - 1);
            check_search(*pool, right, border);
        }
    }
    for (const max_t each : near)
        check_search(*pool, right, each);
    return 0;
}
