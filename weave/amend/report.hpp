// The errors found in a journal: collected while it is read and folded, told all together at the end.
#pragma once

#include "location.hpp"

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace amend {

struct error {
    location at;  ///< without a file when the error has no place in the journal
    std::string text;

    auto operator<=>(const error&) const = default;
};

class report {
public:
    /// Adds an error about the journal as a whole, or about how amend was called.
    void add(std::string text);
    /// Adds an error that stands at a place.
    void add(location at, std::string text);
    /// Adds an error about the chunk `name`: `FILE:LINE: <<name>>: text`.
    void add(location at, std::string_view name, std::string_view text);

    [[nodiscard]] bool empty() const { return errors_.empty(); }
    /// The errors sorted by place, each told once.
    [[nodiscard]] std::vector<error> sorted() const;

private:
    std::vector<error> errors_;
};

/// The error as a compiler words it, `FILE:LINE: text`, or `amend: text` when it has no place.
[[nodiscard]] std::string to_string(const error&);

}  // namespace amend
