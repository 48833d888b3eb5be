// What happened to the chunks, in order: the fold told as a list of splices.
#pragma once

#include "journal.hpp"
#include "verb.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace amend {

/// In the lines of `chunk` as they stood, `old_lines` at `position` gave way to `new_lines`.
struct event {
    std::size_t entry;
    std::string_view chunk;
    location at;  ///< of the verb, of the chunk's name when there is none
    std::string_view verb;
    std::string_view target;  ///< the entry whose piece was replaced, when one was named
    std::size_t position;     ///< counted in lines of the whole chunk, from 0
    std::vector<line> old_lines;
    std::vector<line> new_lines;
    std::optional<std::size_t> predecessor;  ///< the event before it on the same chunk
    std::optional<std::size_t> successor;    ///< the event after it on the same chunk
};

/// Events numbered from `base` on. An exhibit's list goes on from that of the fold it was tried on.
struct event_list {
    bool wanted = true;  ///< if not, nothing is added
    std::size_t base = 0;
    std::vector<event> events;

    [[nodiscard]] std::size_t end() const { return base + events.size(); }
    /// Adds an event and returns its number. Ties it to its predecessor, if that is in this list.
    std::size_t add(event);
};

}  // namespace amend
