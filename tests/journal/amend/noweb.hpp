// As much of noweb as the tests of amend need, small enough to be trusted: markup and mnt.
#pragma once

#include "amend/amend.hpp"

#include <string>
#include <utility>
#include <vector>

namespace noweb {

/// An entry's name and its text. Its file is journal/NAME.nw.
using entries = std::vector<std::pair<std::string, std::string>>;

/// The token stream that markup would write.
[[nodiscard]] std::string markup(const entries&);

/// A line of a tangled file, and where the journal has what is written in it.
struct tangled_line {
    std::string text;
    std::string from;  ///< FILE:LINE of the line's first token that is not blank

    bool operator==(const tangled_line&) const = default;
};

/// What mnt would write for a root; an undefined chunk or a chunk in itself throws std::runtime_error.
[[nodiscard]] std::vector<tangled_line> tangle(const std::string& stream, const std::string& root);

/// The texts of the lines, each with a line feed.
[[nodiscard]] std::string text(const std::vector<tangled_line>&);

/// The file `root` as the amended journal has it, or the errors.
[[nodiscard]] std::string amended(const entries&, const std::string& root = "x.cpp", const amend::options& = {});

/// The errors that amending the journal gives, a line each.
[[nodiscard]] std::string errors(const entries&, const amend::options& = {});

}  // namespace noweb
