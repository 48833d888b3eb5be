// Variants that were tried and are not part of the kernel.
#pragma once

#include "fold.hpp"
#include "journal.hpp"
#include "report.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace amend {

/// The definitions `<<… [exhibit NAME]>>=` or `<<… [exhibit NAME before]>>=` of one entry that bear the same name.
struct exhibit {
    std::size_t entry;
    std::string_view name;
    bool before;  ///< tried on the fold as it was before the entry, not on that as of its end
    std::vector<std::size_t> definitions;  ///< indices in journal::definitions
};

/// An exhibit as it was tried.
struct tried_exhibit {
    exhibit what;
    fold outcome;  ///< a variant of the fold that it was tried on, and good as long as that has not gone on
};

/// Applies an exhibit beside the fold that it is to be tried on and complains of what does not fit.
[[nodiscard]] tried_exhibit try_exhibit(const journal&, const fold&, const exhibit&, report& errors);

}  // namespace amend
