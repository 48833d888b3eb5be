// What became of each chunk, entry by entry, and who amended whose lines.
#pragma once

#include "journal.hpp"

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace amend {

struct piece;

struct history {
    /// A chunk as of an entry that touched it; with no pieces it is no more.
    struct version {
        std::string_view chunk;
        std::size_t entry;
        std::vector<std::shared_ptr<const piece>> pieces;
    };

    /// Lines that a verb took away.
    struct edit {
        location at;  ///< of the verb
        std::vector<line> old_lines;
    };

    bool wanted = true;  ///< if not, nothing is added
    std::vector<version> versions;
    std::vector<edit> edits;
    /// For each definition the definitions that it amends, as the places of their names, or of lines that they wrote.
    std::vector<std::vector<location>> amended;
};

}  // namespace amend
