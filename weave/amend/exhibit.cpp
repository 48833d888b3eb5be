#include "exhibit.hpp"

#include "check.hpp"
#include "name.hpp"

namespace amend {

tried_exhibit try_exhibit(const journal& j, const fold& base, const exhibit& e, report& errors)
{
    tried_exhibit tried{e, base.variant()};
    history none;
    none.wanted = false;
    for (const std::size_t index : e.definitions) {
        const definition& d = j.definitions[index];
        tried.outcome.apply(d, split_exhibit(d.name).chunk, j.definitions.size() + index, none, errors);
    }
    check_variant(base, tried.outcome, errors);
    return tried;
}

}  // namespace amend
