// Every sequence of a few calls about pages that are neighbours, in the same table and in others, or that overlap; with too few
// tables for all of them.
#include "every_sequence.hpp"
#include "page_model.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace {

using enum model::call::kind;
using page::page_size;

constexpr max_t KiB4 = 1 << 12, MiB2 = 1 << 21, GiB = 1 << 30, upper_half = 0xFFFF'8000'0000'0000;
constexpr max_t no_execute = max_t{1} << 63, writable = 1 << 1 | no_execute;

const struct {
    max_t address;
    page_size pages;
    std::string name;
} pages[]{{0, page_size::kib_4, "4 KiB at 0"},        {KiB4, page_size::kib_4, "4 KiB at 4 KiB"},
          {MiB2, page_size::kib_4, "4 KiB at 2 MiB"}, {upper_half, page_size::kib_4, "4 KiB in the upper half"},
          {0, page_size::mib_2, "2 MiB at 0"},        {MiB2, page_size::mib_2, "2 MiB at 2 MiB"},
          {GiB, page_size::mib_2, "2 MiB at 1 GiB"},  {0, page_size::gib_1, "1 GiB at 0"}};

struct named_call : model::call {
    std::string name;
};

std::vector<named_call> all_calls()
{
    std::vector<named_call> all;
    max_t to = 8 * GiB;
    for (const auto& [address, size, name] : pages) {
        to += GiB;
        all.push_back({{map, address, to, size, writable}, "map " + name});
        all.push_back({{unmap, address, 0, size, 0}, "unmap " + name});
        all.push_back({{protect, address, 0, size, no_execute}, "protect " + name});
    }
    return all;
}

class few_pages {
public:
    const std::vector<named_call> calls = all_calls();

    explicit few_pages(bool has_gib_pages) : space_(has_gib_pages) { space_.at.limit = 6; }

    void run(const model::call& wanted)
    {
        EXPECT_EQ(space_.run(wanted), "");
        EXPECT_EQ(space_.compare(), "");
    }

    /// The pages that there are, and what each leads to.
    using saved = std::map<max_t, page::translation>;

    saved save() const
    {
        saved there;
        for (const auto& [address, size, name] : pages)
            if (const page::translation found = space_.space.translate({address});
                found.fault == page::map_fault::none && found.pages == size && address % bytes_of(size) == 0)
                there[address] = found;
        return there;
    }
    bool differs_from(const saved& then) const
    {
        const saved now = save();
        return !std::equal(now.begin(), now.end(), then.begin(), then.end(), [](const auto& one, const auto& other) {
            return one.first == other.first && is_same(one.second, other.second);
        });
    }

    /// Each call has an opposite, which must be answered right, too.
    void restore(const saved& then)
    {
        const saved now = save();
        for (const auto& [address, found] : now)
            if (!then.contains(address) || !is_same(then.at(address), found))
                run({unmap, address, 0, found.pages, 0});
        for (const auto& [address, found] : then)
            if (!now.contains(address) || !is_same(now.at(address), found))
                run({map, address, found.physical.value, found.pages, found.chosen});
    }

private:
    static bool is_same(const page::translation& one, const page::translation& other)
    {
        return one.pages == other.pages && one.chosen == other.chosen;
    }

    model::checked_space space_;
};

TEST(Map, AnswersEverySequenceOfCallsAsByAList)
{
    std::uint64_t tried = 0;
    for (const bool has_gib_pages : {false, true}) {
        few_pages world(has_gib_pages);
        tried += try_every_sequence(world, 5);
    }
    RecordProperty("cases", std::to_string(tried));
    EXPECT_GT(tried, 10'000u);
}

}  // namespace
