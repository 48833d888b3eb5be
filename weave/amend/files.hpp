// Writing several files, all or none.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace amend {

struct file {
    std::optional<std::string> path;  ///< nothing: not wanted
    std::string text;
};

/// Writes the files that are wanted. When one cannot be written, removes those written and says what went wrong.
[[nodiscard]] std::optional<std::string> write_all(std::span<const file>);

}  // namespace amend
