// Any bytes as boot information, beside a reader that first takes the whole structure apart and then looks at its parts: the same
// fault, or the same regions, modules, command line and screen; and nothing read beyond the end, which ASan sees.
#include "input.hpp"
#include "multiboot2/information.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace {

using multiboot2::fault;
using multiboot2::information;
using bytes = std::span<const std::uint8_t>;

std::uint64_t number(bytes from, std::size_t at, std::size_t width)
{
    std::uint64_t value = 0;
    for (const std::uint8_t byte : from.subspan(at, width)) {
        value = value >> 8 | static_cast<std::uint64_t>(byte) << 56;
    }
    return value >> (64 - 8 * width);
}

struct tag {
    std::uint64_t type;
    bytes all;  // its head, too
};

// The tags up to the end tag, and why there are no more.
struct taken_apart {
    std::vector<tag> tags;
    fault after = fault::none;
};

taken_apart take_apart(bytes rest)
{
    taken_apart result;
    for (;;) {
        if (rest.size() < 8) {
            result.after = fault::no_end;
            return result;
        }
        const std::uint64_t type = number(rest, 0, 4), size = number(rest, 4, 4);
        if (size < 8 || size > rest.size()) {
            result.after = fault::tag_size;
            return result;
        }
        if (type == 0)
            return result;
        result.tags.push_back({type, rest.first(size)});
        const std::uint64_t padding = -size % 8;
        if (rest.size() - size < padding) {
            result.after = fault::no_end;
            return result;
        }
        rest = rest.subspan(size + padding);
    }
}

struct said {
    fault found = fault::none;
    std::vector<std::vector<std::uint64_t>> regions, modules;
    std::string command_line;
    std::vector<std::uint64_t> screen;  // empty without one

    bool operator==(const said&) const = default;
};

fault read_map(bytes tag, said& into)
{
    if (tag.size() < 16)
        return fault::tag_size;
    const std::uint64_t width = number(tag, 8, 4);
    const bytes map = tag.subspan(16);
    if (width < 24 || width % 8 != 0 || map.size() % width != 0)
        return fault::entry_size;
    if (number(tag, 12, 4) != 0)
        return fault::entry_version;
    for (std::size_t at = 0; at != map.size(); at += width)
        into.regions.push_back({number(map, at, 8), number(map, at + 8, 8), number(map, at + 16, 4)});
    return into.regions.size() > information::max_regions ? fault::too_many_regions : fault::none;
}

fault read_module(bytes tag, said& into)
{
    if (tag.size() < 17)
        return fault::tag_size;
    if (number(tag, 8, 4) > number(tag, 12, 4))
        return fault::module_range;
    if (tag.back() != 0)
        return fault::open_text;
    into.modules.push_back({number(tag, 8, 4), number(tag, 12, 4)});
    return into.modules.size() > information::max_modules ? fault::too_many_modules : fault::none;
}

fault read_text(bytes tag, said& into)
{
    const bytes text = tag.subspan(8);
    const auto end = std::find(text.begin(), text.end(), 0);
    if (end == text.end())
        return fault::open_text;
    into.command_line = std::string(text.begin(), end).substr(0, information::max_text - 1);
    return fault::none;
}

fault read_screen(bytes tag, said& into)
{
    if (tag.size() < 32)
        return fault::tag_size;
    if (number(tag, 28, 2) != (32 | 1 << 8))  // bits of a pixel, and the kind that has its colours in them
        return fault::none;
    if (tag.size() < 38)
        return fault::tag_size;
    for (const std::size_t colour : {32, 34, 36})
        if (tag[colour] > 24 || tag[colour + 1] != 8)
            return fault::none;
    const std::uint64_t address = number(tag, 8, 8), pitch = number(tag, 16, 4), width = number(tag, 20, 4),
                        height = number(tag, 24, 4);
    const bool is_small = width <= 8192 && height <= 8192 && pitch <= 32768;
    if (!is_small || pitch < 4 * width || pitch % 4 != 0 || address % 4 != 0 || address >> 52 != 0)
        return fault::framebuffer_size;
    into.screen = {address, pitch, width, height, tag[32], tag[34], tag[36]};
    return fault::none;
}

said expected(bytes all)
{
    if (all.size() < 16)
        return {fault::total_size};
    const std::uint64_t total = number(all, 0, 4);
    if (total < 16 || total > all.size())
        return {fault::total_size};
    const auto [tags, after] = take_apart(all.subspan(8, total - 8));
    said result;
    for (const auto& [type, tag] : tags) {
        const fault found = type == 1   ? read_text(tag, result)
                            : type == 3 ? read_module(tag, result)
                            : type == 6 ? read_map(tag, result)
                            : type == 8 ? read_screen(tag, result)
                                        : fault::none;
        if (found != fault::none)
            return {found};
    }
    if (after != fault::none)
        return {after};
    return result.regions.empty() ? said{fault::no_memory_map} : result;
}

said of(fault found, const information& read)
{
    if (found != fault::none)
        return {found};
    said result;
    for (std::size_t i = 0; i < read.region_count; ++i)
        result.regions.push_back({read.regions[i].base, read.regions[i].length, read.regions[i].type});
    for (std::size_t i = 0; i < read.module_count; ++i)
        result.modules.push_back({read.modules[i].start, read.modules[i].end});
    result.command_line = read.command_line;
    const auto& [address, pitch, width, height, red, green, blue] = read.screen;
    if (address != 0 || pitch != 0 || width != 0 || height != 0)
        result.screen = {address, pitch, width, height, red, green, blue};
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // On the heap, and no byte larger, so that ASan sees what is read behind it.
    const auto copy = std::make_unique<std::uint64_t[]>(size / 8 + 1);
    auto* const start = reinterpret_cast<std::uint8_t*>(copy.get()) + (size / 8 + 1) * 8 - (size + 7) / 8 * 8;
    std::memcpy(start, data, size);
    const auto into = std::make_unique<information>();
    const fault found = multiboot2::read(start, size, *into);
    said wanted = expected({start, size});
    if (wanted.screen == std::vector<std::uint64_t>(7, 0))
        wanted.screen.clear();
    said got = of(found, *into);
    demand(got == wanted);
    demand(std::strcmp(multiboot2::describe(found), "the boot information has a fault without a name") != 0);
    const auto twice = std::make_unique<information>();
    demand(multiboot2::read(start + 4, size < 4 ? 0 : size - 4, *twice) == fault::unaligned);
    return 0;
}
