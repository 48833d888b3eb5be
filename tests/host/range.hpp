// memory::range as GoogleTest wants it: comparable, and printed in hexadecimal.
#pragma once
#include "memory/address.hpp"

#include <ostream>

namespace memory {

inline bool operator==(const range& a, const range& b)
{
    return a.start == b.start && a.end == b.end;
}

inline void PrintTo(const range& printed, std::ostream* out)
{
    *out << std::hex << "0x" << printed.start << " - 0x" << printed.end;
}

}  // namespace memory
