// What a definition does to the chunk it names.
#pragma once

#include "journal.hpp"
#include "report.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace amend {

enum class verb { append, replace, replace_entry, replace_all, change, after, before, remove, rename };

/// The verb as the journal writes it, without brackets; `append` for none.
[[nodiscard]] std::string_view to_string(verb);

/// The same in one word: what is replaced aside.
[[nodiscard]] std::string_view word_of(verb);

/// Whether the word would be a verb, if it stood in brackets.
[[nodiscard]] bool is_verb(std::string_view word);

/// Whether the verb is change, after or before.
[[nodiscard]] bool is_edit(verb);

/// One `[change] OLD [to] NEW`, `[after] OLD [add] NEW` or `[before] OLD [add] NEW`.
struct edit {
    verb what;
    location at;
    std::span<const line> old_lines;
    std::span<const line> new_lines;
};

struct amendment {
    verb what = verb::append;  ///< with edits: that of the first
    location at;               ///< of the verb, of the chunk's name when there is none
    std::string_view target;   ///< the entry in `[replace ENTRY]`, the file in `[rename FILE]`
    std::span<const line> body;
    std::vector<edit> edits;  ///< of a chunk that opens with change, after or before: those that can be applied
    bool sound = true;        ///< whether it can be applied; if not, an error says why
};

/// Whether the line is `<<[previous]>>` and nothing else.
[[nodiscard]] bool is_previous(const line&);

/// Reads the verbs of a definition and complains of each that stands where it may not.
[[nodiscard]] amendment parse(const definition&, report& errors);

inline constexpr std::string_view previous = "[previous]";

}  // namespace amend
