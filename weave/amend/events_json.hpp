// The event list as JSON.
#pragma once

#include "event.hpp"
#include "exhibit.hpp"
#include "journal.hpp"

#include <span>
#include <string>

namespace amend {

/// `{"entries": […], "events": […], "exhibits": [{"entry", "name", "events": […]}]}`. Every event has an `id`, unique
/// in the file; `predecessor` and `successor` are ids or null. An exhibit's first event on a chunk has its predecessor
/// in the main list, where nothing points to an exhibit.
[[nodiscard]] std::string events_json(const journal&, const event_list&, std::span<const tried_exhibit>);

}  // namespace amend
