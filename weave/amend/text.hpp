// Lines of code as text: indentation, and finding lines in lines.
#pragma once

#include "journal.hpp"

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amend {

inline constexpr std::string_view blanks = " \t\r";  ///< markup passes the other half of a DOS line end on

/// Owns what amending has to write anew, so that lines can go on being views. Nothing in it moves or dies before it.
class workshop {
public:
    [[nodiscard]] std::string_view keep(std::string text) { return strings_.emplace_back(std::move(text)); }
    [[nodiscard]] std::span<const token> keep(std::vector<token> tokens)
    {
        return tokens_.emplace_back(std::move(tokens));
    }

private:
    std::deque<std::string> strings_;
    std::deque<std::vector<token>> tokens_;
};

/// The name of the chunk that is used alone on its line (blanks aside); nothing on any other line.
[[nodiscard]] std::string_view sole_use(const line&);

/// Whether the line holds blanks only.
[[nodiscard]] bool is_blank(const line&);

/// The blanks that all lines open with, blank lines aside.
[[nodiscard]] std::string common_indent(std::span<const line>);

/// The places in `lines` where `wanted` stands. Common indentation and trailing blanks are of no account.
[[nodiscard]] std::vector<std::size_t> find(std::span<const line> lines, std::span<const line> wanted);

/// The lines as they are when what was indented by `from` is indented by `to`. Blank lines stay as they are.
[[nodiscard]] std::vector<line> reindented(std::span<const line>, std::string_view from, std::string_view to,
                                           workshop&);

}  // namespace amend
