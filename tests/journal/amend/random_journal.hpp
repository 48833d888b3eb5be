// Random journals: the same ones for the same seed, on every machine.
#pragma once

#include "noweb.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

/// Makes journals of a few entries over a few chunks whose lines are few, so that verbs often find what they look for
/// and often do not.
class random_journal {
public:
    explicit random_journal(std::uint64_t seed) : random_(seed) {}

    /// Appends only; every chunk is defined and used, and so every such journal is sound.
    noweb::entries append_only();
    /// Verbs and exhibits too: some such journals are sound, more are not.
    noweb::entries amending();

private:
    // Not std::uniform_int_distribution, whose numbers differ between libraries.
    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
    bool once_in(std::size_t times) { return below(times) == 0; }
    std::size_t entry_count() { return 1 + below(5); }

    std::string lines(std::size_t most);
    std::string definition();
    std::string amendment(std::size_t entries_before);
    std::string edit();
    std::string chunk_name();

    std::mt19937_64 random_;
};
