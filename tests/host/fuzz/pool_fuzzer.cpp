// Any memory map, danger areas and limit: the free pieces and the pool for page tables.
#include "page/choose_pt_space.hpp"
#include "memory_map.hpp"

namespace {

using page::pt_space_fault;

// Near a page of the first few, of 4 GiB, or of the end of all addresses.
constexpr max_t near[]{0, 0, 0, max_t{1} << 32, -max_t{32} * 4096};

max_t some_length(input& from)
{
    const unsigned shape = from.byte();
    return shape < 8 ? ~max_t{0} - shape : shape < 16 ? shape - 8 : max_t{shape - 16} * 1024 + (shape % 7 == 0 ? 1 : 0);
}

memory_map some_map(input& from)
{
    const unsigned shape = from.byte();
    memory_map map{{}, {}, shape < 128 ? memory::no_limit : some_address(from, near)};
    while (!from.is_empty()) {
        const unsigned kind = from.byte();
        const max_t start = some_address(from, near), length = some_length(from);
        if (kind < 64 && map.taken.size() <= memory::danger_areas::most)  // as many as the kernel can have
            map.taken.push_back({start, start + std::min(length, memory::no_limit - start)});
        if (kind >= 64 && map.regions.size() < multiboot2::information::max_regions)
            map.regions.push_back({start, length, kind < 192 ? 1u : kind});
    }
    return map;
}

pt_space_fault why_none(const memory_map& map)
{
    bool is_one_usable = false, is_one_below = false;
    for (const auto& [base, length, type] : map.regions) {
        is_one_usable |= type == 1 && length != 0;
        is_one_below |= type == 1 && length != 0 && base < map.limit;
    }
    return !is_one_usable  ? pt_space_fault::nothing_usable
           : !is_one_below ? pt_space_fault::nothing_within_limit
                           : pt_space_fault::nothing_free;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    input from(data, size);
    const memory_map map = some_map(from);
    const pieces free = map.free();

    pieces found;
    for (const auto& [start, end] : memory::find_free_pieces(map.known()))
        found.push_back({start, end});
    demand(found == free);

    piece largest{0, 0};
    for (const piece& one : free) {
        const piece pages = whole(one, page_size);
        if (pages.end - pages.start > largest.end - largest.start)
            largest = pages;
    }
    const auto [pool, fault] =
        page::choose_pt_space(map.regions.data(), map.regions.size(), map.taken.data(), map.taken.size(), map.limit);
    demand(fault == (largest.end != 0 ? pt_space_fault::none : why_none(map)));
    demand(pool.end - pool.start == largest.end - largest.start);
    demand(fault != pt_space_fault::none || pool.start == largest.start);
    return 0;
}
