// Writes a fold as a token stream in which no verb is left.
#pragma once

#include "fold.hpp"
#include "journal.hpp"

#include <string>

namespace amend {

/// The journal's token stream with every live chunk as the fold has it. What was never amended is passed through word
/// for word; elsewhere @file and @line say who wrote each line. With `mark_directives` the names of roots whose
/// language knows line directives get the `*` that makes mnt write them.
[[nodiscard]] std::string write(const journal&, const fold&, bool mark_directives);

}  // namespace amend
