// What somebody may have meant who wrote a name that is not there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace amend {

/// ` (did you mean <<NAME>>?)` with the candidate that is likest to `name`; empty if none is like it.
[[nodiscard]] std::string suggestion(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace amend
