// map-check: the kernel's choice of the pool for page table space, on any memory map (`make map-check`).
#include "map_file.hpp"
#include "page/choose_pt_space.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>

namespace {

int check(const std::string& path, const std::string& danger, const std::string& limit)
{
    const auto regions = map_check::read_map(path);
    auto areas = map_check::read_ranges(danger);
    areas.push_back({0, 0x1000});  // page 0: its address is how alloc_pt_space says no
    const max_t highest = limit.empty() ? memory::no_limit : map_check::read_number(limit, "LIMIT");
    const auto [space, fault] = page::choose_pt_space(regions.data(), regions.size(), areas.data(), areas.size(), highest);
    if (fault != page::pt_space_fault::none) {
        std::printf("no pool: %s\n", page::describe(fault));
        return 1;
    }
    std::printf("pool 0x%jx 0x%jx\n", std::uintmax_t{space.start}, std::uintmax_t{space.end});
    return 0;
}

}  // namespace

int main(int count, char** arguments)
{
    CLI::App app("Prints the pool for page table space that the kernel chooses on a memory map.", "map-check");
    std::string path, danger, limit;
    app.add_option("MAP", path, "the map, a region a line: START END TYPE MULTIBOOT_TYPE")->required();
    app.add_option("--danger", danger, "START-END,…: memory that is in use; END is exclusive");
    app.add_option("--limit", limit, "the pool lies below this address");
    CLI11_PARSE(app, count, arguments);
    try {
        return check(path, danger, limit);
    } catch (const map_check::bad_input& defect) {
        std::cerr << defect.what() << '\n';
        return 2;
    }
}
