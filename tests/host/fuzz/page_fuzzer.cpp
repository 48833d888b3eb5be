// Drives page/map.hpp and its model with calls made from arbitrary bytes, 4 a call: they must agree about each.
#include "page_model.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

void demand(const std::string& wrong)
{
    if (wrong.empty())
        return;
    std::fprintf(stderr, "%s\n", wrong.c_str());
    std::abort();
}

// Few different addresses, so that pages meet: each index is one of four, the offset within a page one of two.
max_t address_of(std::uint8_t indices, bool is_odd)
{
    constexpr max_t choices[]{0, 1, 255, 511};
    max_t address = 0;
    for (int level = 0; level < 4; ++level)
        address = address * 512 + choices[indices >> (2 * level) & 3];
    address = address * 4096 + is_odd;
    return address >> 47 != 0 ? address + 0xFFFF'0000'0000'0000 : address;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using model::call;
    if (size == 0)
        return 0;
    model::checked_space space(data[0] & 1, 30 + data[0] % 23);
    for (std::size_t i = 1; i + 4 <= size; i += 4) {
        const std::uint8_t what = data[i], where = data[i + 1], to = data[i + 2], flags = data[i + 3];
        const max_t chosen = (flags & 0x3E) | static_cast<max_t>(flags >> 7) << 63;
        call wanted{static_cast<call::kind>(what % 5), address_of(where, what >= 0xF8), max_t{to} << (12 + (what >> 3)),
                    static_cast<page::page_size>(1 + flags % 3), chosen};
        if (flags == 0x40)
            wanted.address ^= max_t{1} << 47;
        if (flags == 0x41)
            space.at.limit = space.at.in_use + to % 4;
        demand(space.run(wanted));
    }
    demand(space.compare());
    return 0;
}
