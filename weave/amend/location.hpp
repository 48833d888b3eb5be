// Where a line stands in the journal.
#pragma once

#include <compare>
#include <string_view>

namespace amend {

struct location {
    std::string_view file;
    int line = 0;

    auto operator<=>(const location&) const = default;
};

}  // namespace amend
