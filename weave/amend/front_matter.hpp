// The YAML block that an entry opens with.
#pragma once

#include "journal.hpp"
#include "report.hpp"

#include <span>
#include <string>

namespace amend {

/// Complains unless the entry opens with `---` … `---` and has, at the top level between them, each of `keys` once with
/// a value that is not empty.
void check_front_matter(const entry&, std::span<const std::string> keys, report& errors);

}  // namespace amend
