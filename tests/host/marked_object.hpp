// Kernel objects for tests, each full of the number of its kind.
#pragma once
#include "kstruct/slab.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

template <std::size_t size, kstruct::kind of>
struct marked_object {
    static constexpr kstruct::kind kind = of;
    static constexpr auto mark = static_cast<unsigned char>(of);
    unsigned char bytes[size];

    marked_object() { std::fill(std::begin(bytes), std::end(bytes), mark); }
};
