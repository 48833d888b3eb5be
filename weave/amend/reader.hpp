// Reads noweb's token stream.
#pragma once

#include "journal.hpp"
#include "report.hpp"

#include <string_view>

namespace amend {

/// Reads the token stream up to and including the entry `last` (all of it when `last` is empty). The result views
/// `stream`. Complains when the stream is broken or incomplete, when the entries are not in order, and when there is no
/// entry `last`.
[[nodiscard]] journal read(std::string_view stream, std::string_view last, report& errors);

}  // namespace amend
