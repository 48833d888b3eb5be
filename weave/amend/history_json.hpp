// The history as JSON.
#pragma once

#include "fold.hpp"
#include "history.hpp"
#include "journal.hpp"

#include <string>

namespace amend {

/// All that the website must know of the code, once for all days. Entries, definitions and lines are named by their
/// index, a line of a definition by its number below the name, so nothing here changes when prose does.
///
///     entries      [name…]
///     definitions  [[entry, chunk, exhibit or null, before, verb, roles, [definition…]]…]: what each amends; the roles
///                  are a letter a line: v a verb, o old, n new, a an anchor, or a blank
///     lines        [[definition, number, text, blanks]…]: as amended, and the blanks that it opens with in the journal
///     versions     [[chunk, entry, [line…] or null]…]: null if it is no more
///     superseded   {name: [line…]}: the chunks that stand for a [previous] in the middle of a line
///     edits        [[definition, number of the verb's line or 0, [line…]]…]: the lines that it took away
///     files        {path: [language or "", whether it has line directives]}
[[nodiscard]] std::string history_json(const journal&, const fold&, const history&);

}  // namespace amend
