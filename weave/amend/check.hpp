// What must hold of a fold before anything is tangled from it.
#pragma once

#include "fold.hpp"
#include "report.hpp"

#include <string_view>
#include <vector>

namespace amend {

/// The live chunks that are files, sorted by path. Of a variant: those that it touched.
[[nodiscard]] std::vector<std::string_view> roots(const fold&);

/// Complains of paths that cannot be files, and of undefined, unreached and cyclic chunks.
void check(const fold&, report& errors);

/// Complains of what a variant of `base` did wrong, and of nothing that was so before. That it reaches a chunk of
/// `base` no longer is no defect. Costs no more than the chunks that it touched, unless it deletes one or adds a file.
void check_variant(const fold& base, const fold& variant, report& errors);

}  // namespace amend
