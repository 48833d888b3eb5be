// The whole filter as one function of its input.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace amend {

struct options {
    std::string at;                ///< the entry that the fold stops after; empty: the last one
    std::string exhibit;           ///< of the last folded entry, to be applied; empty: none
    bool mark_directives = false;  ///< give mnt's `*` to roots whose language knows line directives
    bool list_history = false;
    std::vector<std::string> required;  ///< keys that every entry's front matter must have
};

struct result {
    std::vector<std::string> errors;  ///< sorted by place; with any, the rest is empty
    std::string stream;
    std::string roots;     ///< a path a line
    std::string exhibits;  ///< `ENTRY NAME` a line
    std::string history;   ///< JSON
};

/// Folds noweb's token stream.
[[nodiscard]] result run(std::string_view stream, const options&);

}  // namespace amend
