#include "nearest.hpp"

#include <algorithm>
#include <numeric>

namespace amend {
namespace {

/// The fewest letters to add, take away or exchange that make one text of the other (Levenshtein's distance).
std::size_t distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t exchanged = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = std::min({exchanged, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

/// Of a name with a folder too many or too few, the rest is as good as the whole.
std::size_t unlikeness(std::string_view name, std::string_view candidate)
{
    return name.ends_with(candidate) || candidate.ends_with(name) ? 1 : distance(name, candidate);
}

}  // namespace

std::string suggestion(std::string_view name, const std::vector<std::string_view>& candidates)
{
    std::size_t least = std::max<std::size_t>(2, name.size() / 4) + 1;
    std::string_view likest;
    for (const std::string_view candidate : candidates) {
        const std::size_t found = unlikeness(name, candidate);
        if (found != 0 && found < least) {
            least = found;
            likest = candidate;
        }
    }
    return likest.empty() ? std::string() : " (did you mean <<" + std::string(likest) + ">>?)";
}

}  // namespace amend
