#include "events_json.hpp"

#include <nlohmann/json.hpp>

namespace amend {
namespace {

using nlohmann::ordered_json;

ordered_json lines_json(std::span<const line> lines)
{
    ordered_json out = ordered_json::array();
    for (const line& l : lines)
        out.push_back({{"text", to_string(l)}, {"file", l.at.file}, {"line", l.at.line}});
    return out;
}

/// Numbers of events within the file. An exhibit's list goes on from the middle of the main one; its own events are
/// moved behind everything that came before them in the file.
struct numbering {
    std::size_t base;
    std::size_t shift;

    ordered_json operator()(std::optional<std::size_t> number) const
    {
        if (!number)
            return nullptr;
        return *number < base ? *number : *number + shift;
    }
};

ordered_json events_of(const journal& j, const event_list& list, numbering id)
{
    ordered_json out = ordered_json::array();
    for (std::size_t i = 0; i < list.events.size(); ++i) {
        const event& e = list.events[i];
        out.push_back({{"id", id(list.base + i)},
                       {"entry", j.entries[e.entry].name},
                       {"chunk", e.chunk},
                       {"file", e.at.file},
                       {"line", e.at.line},
                       {"verb", e.verb},
                       {"target", e.target.empty() ? ordered_json(nullptr) : ordered_json(e.target)},
                       {"position", e.position},
                       {"old", lines_json(e.old_lines)},
                       {"new", lines_json(e.new_lines)},
                       {"predecessor", id(e.predecessor)},
                       {"successor", id(e.successor)}});
    }
    return out;
}

}  // namespace

std::string events_json(const journal& j, const event_list& events, std::span<const tried_exhibit> exhibits)
{
    ordered_json entries = ordered_json::array();
    for (const entry& e : j.entries)
        entries.push_back({{"name", e.name}, {"file", e.file}});

    ordered_json tried = ordered_json::array();
    std::size_t next = events.end();
    for (const tried_exhibit& t : exhibits) {
        const numbering id{t.events.base, next - t.events.base};
        tried.push_back(
            {{"entry", j.entries[t.what.entry].name}, {"name", t.what.name}, {"events", events_of(j, t.events, id)}});
        next += t.events.events.size();
    }

    const ordered_json all{{"entries", entries}, {"events", events_of(j, events, {0, 0})}, {"exhibits", tried}};
    // A byte that is not UTF-8 must not make the list unreadable; the stream carries it through untouched.
    return all.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace amend
