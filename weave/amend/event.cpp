#include "event.hpp"

namespace amend {

std::size_t event_list::add(event e)
{
    const std::size_t number = end();
    if (e.predecessor && *e.predecessor >= base)
        events[*e.predecessor - base].successor = number;
    events.push_back(std::move(e));
    return number;
}

}  // namespace amend
