// The journal as noweb's markup hands it over: entries, prose, and the definitions of code chunks.
#pragma once

#include "location.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amend {

/// A part of a line of code: literal text, or a use of another chunk.
struct token {
    enum class kind { text, use };

    kind what;
    std::string_view text;
};

/// A line of code. Cheap to copy: it views what the journal or a workshop owns.
struct line {
    std::span<const token> tokens;
    location at;              ///< who wrote it; what nt and mnt report in a line directive
    std::string_view indent;  ///< blanks in front that the author of the line did not write
};

/// One `<<name>>=` and what follows it.
struct definition {
    std::string_view name;
    std::size_t entry;  ///< index in journal::entries
    location at;        ///< of `<<name>>=`
    location end;       ///< where nt believes it is after the chunk
    std::vector<line> lines;
    std::string_view number;  ///< that markup gave it, unique within its entry
    std::string_view raw;     ///< its tokens as read, `@begin code` to `@end code`
    std::size_t defn = 0;     ///< length of raw up to the end of the name
};

struct entry {
    std::string_view name;     ///< the file name without directory and `.nw`
    std::string_view file;     ///< as markup wrote it
    std::string_view opening;  ///< the tokens of the prose that the file opens with
};

/// A stretch of the token stream: prose to be passed through, or a definition.
struct item {
    static constexpr std::size_t prose = static_cast<std::size_t>(-1);

    std::string_view raw;
    std::size_t definition = prose;  ///< index in journal::definitions
};

struct journal {
    std::vector<entry> entries;
    std::vector<definition> definitions;
    std::vector<item> items;
    std::vector<token> tokens;  ///< what the lines view; never grows after reading
};

/// The line as it would be written in the journal, `@<<` for a literal `<<`.
/// With `shown`, names are those that the journal uses, whatever amend calls them.
[[nodiscard]] std::string to_string(const line&, bool shown = true);

}  // namespace amend
