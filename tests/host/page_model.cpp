// A second opinion on page/map.hpp: a list of pages, without tables.
#include "page_model.hpp"

#include <sanitizer/asan_interface.h>

#include <cstdint>
#include <cstring>
#include <sstream>

namespace model {

using page::map_fault;

machine* machine::current;

machine::machine() : memory_(new max_t[tables * words])
{
    current = this;
    for (std::size_t i = tables; i-- > 0;)
        free_.push_back(i);
    std::memset(memory_, 0xFF, tables * words * sizeof(max_t));
    ASAN_POISON_MEMORY_REGION(memory_, tables * words * sizeof(max_t));
}

machine::~machine()
{
    ASAN_UNPOISON_MEMORY_REGION(memory_, tables * words * sizeof(max_t));
    delete[] memory_;
}

paging machine::policy(bool has_gib_pages, unsigned physical_bits) const
{
    return {[] { return current->take(); },
            [](phys_addr table) { current->give_back(table); },
            [](phys_addr table) { return current->entries(table); },
            [](virt_addr page) { current->told.push_back(page.value); },
            has_gib_pages,
            physical_bits};
}

std::size_t machine::number_of(phys_addr table)
{
    const std::size_t number = (table.value - first) / 4096;
    if (table.value % 4096 != first % 4096 || table.value < first || !used_.contains(number)) {
        misused = "something that is no table in use was taken for one";
        return *used_.begin();
    }
    return number;
}

max_t* machine::entries(phys_addr table)
{
    return memory_ + number_of(table) * words;
}

phys_addr machine::take()
{
    if (in_use >= limit || free_.empty()) {
        ++refused;
        return {0};
    }
    const std::size_t number = free_.back();
    free_.pop_back();
    used_.insert(number);
    ++in_use;
    ASAN_UNPOISON_MEMORY_REGION(memory_ + number * words, 4096);
    std::memset(memory_ + number * words, 0, 4096);
    return {first + number * 4096};
}

void machine::give_back(phys_addr table)
{
    const std::size_t number = number_of(table);
    std::memset(memory_ + number * words, 0xFF, 4096);
    ASAN_POISON_MEMORY_REGION(memory_ + number * words, 4096);
    used_.erase(number);
    free_.insert(free_.begin(), number);
    --in_use;
    told_first &= !told.empty();
}

static max_t bytes_at(unsigned level)
{
    max_t bytes = 4096;
    while (--level > 0)
        bytes *= 512;
    return bytes;
}

checked_space::checked_space(bool has_gib_pages, unsigned physical_bits)
    : policy_(at.policy(has_gib_pages, physical_bits))
{
    space = {policy_.take(), &policy_};
}

const std::pair<const max_t, checked_space::mapped>* checked_space::overlapping(max_t address, max_t bytes) const
{
    auto next = pages_.upper_bound(address + (bytes - 1));
    if (next == pages_.begin())
        return nullptr;
    --next;
    return next->first + (bytes_at(next->second.level) - 1) >= address ? &*next : nullptr;
}

std::size_t checked_space::missing_tables(const call& wanted) const
{
    std::size_t missing = 0;
    for (auto level = static_cast<unsigned>(wanted.pages); level <= 3; ++level)
        missing += !parts_.contains({level, wanted.address / bytes_at(level) / 512});
    return missing;
}

void checked_space::count_tables(max_t address, unsigned level, int change)
{
    for (; level <= 3; ++level) {
        const part one{level, address / bytes_at(level) / 512};
        const bool stays = level == 3 && address >> 63 != 0;  // what the topmost table leads to in the kernel's half
        if ((parts_[one] += change) == 0 && !stays)
            parts_.erase(one);
    }
}

// Nothing is both written and executed, and nothing behind the users' last page is a user's.
static bool may_meet(max_t flags, bool is_kernels)
{
    const bool can_be_written = (flags >> 1 & 1) != 0, can_be_executed = flags >> 63 == 0, is_users = (flags >> 2 & 1) != 0;
    return !(can_be_written && can_be_executed) && !(is_users && is_kernels);
}

map_fault checked_space::expected(const call& wanted) const
{
    const auto level = static_cast<unsigned>(wanted.pages);
    const max_t bytes = bytes_at(level);
    const auto upper = static_cast<std::int64_t>(wanted.address) >> 47;
    constexpr max_t allowed = 0x8000'0000'0000'011E;  // W, U, PWT, PCD, G, XD
    if (upper != 0 && upper != -1)
        return map_fault::non_canonical;
    if (wanted.address % bytes != 0)
        return map_fault::unaligned;
    if (level == 3 && !policy_.has_gib_pages)
        return map_fault::unsupported_size;
    if (wanted.what != call::kind::unmap && ((wanted.chosen | allowed) != allowed || !may_meet(wanted.chosen, wanted.address >= 0x7FFF'FFFF'F000 - (bytes - 0x1000))))
        return map_fault::bad_flags;
    const auto* there = overlapping(wanted.address, bytes);
    if (wanted.what != call::kind::map) {
        if (there == nullptr)
            return map_fault::not_mapped;
        return there->first == wanted.address && there->second.level == level ? map_fault::none : map_fault::other_size;
    }
    if (wanted.to % bytes != 0)
        return map_fault::unaligned;
    if (wanted.to >= max_t{1} << policy_.physical_bits)
        return map_fault::beyond_physical;
    if (there != nullptr)
        return map_fault::occupied;
    return at.in_use + missing_tables(wanted) > at.limit ? map_fault::out_of_tables : map_fault::none;
}

std::string checked_space::compare_translation(max_t address) const
{
    const auto upper = static_cast<std::int64_t>(address) >> 47;
    const page::translation found = space.translate({address});
    const auto* there = overlapping(address, 1);
    const map_fault right = upper != 0 && upper != -1 ? map_fault::non_canonical
                            : there == nullptr        ? map_fault::not_mapped
                                                      : map_fault::none;
    if (found.fault != right)
        return "translate says '" + std::string(describe(found.fault)) + "', not '" + describe(right) + "'";
    if (right != map_fault::none)
        return "";
    const mapped& one = there->second;
    const bool same = found.physical.value == one.physical + (address - there->first) &&
                      static_cast<unsigned>(found.pages) == one.level && found.chosen == one.chosen;
    return same ? "" : "translate leads to another page, or another place in it";
}

// Sets the two bits that the CPU sets when a program writes to the page at `address`.
void checked_space::act_as_cpu(max_t address)
{
    constexpr max_t accessed_and_dirty = 0x60;
    const auto* there = overlapping(address, 1);
    if (there == nullptr)
        return;
    mapped& one = pages_.at(there->first);
    phys_addr table = space.pml4;
    for (unsigned above = 4; above > one.level; --above)
        table = {at.entries(table)[there->first / bytes_at(above) % 512] & 0x000F'FFFF'FFFF'F000};
    at.entries(table)[there->first / bytes_at(one.level) % 512] |= accessed_and_dirty;
    one.by_the_cpu = accessed_and_dirty;
}

std::string checked_space::run(const call& wanted)
{
    using enum call::kind;
    at.told.clear();
    at.told_first = true;
    if (wanted.what == translate)
        return compare_translation(wanted.address);
    const virt_addr address{wanted.address};
    const auto level = static_cast<unsigned>(wanted.pages);
    if (wanted.what == touch) {
        act_as_cpu(wanted.address);
        return "";
    }
    const map_fault right = expected(wanted);
    std::vector<max_t> right_told;
    map_fault found = map_fault::none;
    if (wanted.what == map) {
        found = space.map(address, {wanted.to}, wanted.pages, wanted.chosen);
        if (right == map_fault::none) {
            pages_[wanted.address] = {wanted.to, wanted.chosen, level, 0};
            count_tables(wanted.address, level, 1);
        }
    } else if (wanted.what == unmap) {
        found = space.unmap(address, wanted.pages);
        if (right == map_fault::none) {
            pages_.erase(wanted.address);
            count_tables(wanted.address, level, -1);
            right_told = {wanted.address};
        }
    } else {
        found = space.protect(address, wanted.pages, wanted.chosen);
        if (right == map_fault::none && pages_[wanted.address].chosen != wanted.chosen) {
            pages_[wanted.address].chosen = wanted.chosen;
            right_told = {wanted.address};
        }
    }
    if (found != right)
        return "the answer is '" + std::string(describe(found)) + "', not '" + describe(right) + "'";
    if (at.told != right_told)
        return "the CPU was told " + std::to_string(at.told.size()) + " times, not " +
               std::to_string(right_told.size()) + ", or of another page";
    if (wanted.what == unmap && !at.told_first)
        return "a table was given back before the CPU was told";
    if (at.in_use != 1 + parts_.size())
        return std::to_string(at.in_use) + " tables are in use, not " + std::to_string(1 + parts_.size());
    return at.misused;
}

// Everything below `table`, found without the kernel's constants. Returns how many entries it has.
max_t checked_space::walk(phys_addr table, unsigned level, max_t base, pages& found, std::string& wrong)
{
    max_t present = 0;
    const max_t* entries = at.entries(table);
    for (max_t i = 0; i < 512; ++i) {
        const max_t entry = entries[i];
        if (entry % 2 == 0)
            continue;
        ++present;
        max_t address = base + i * bytes_at(level);
        if (level == 4 && i >= 256)
            address += 0xFFFF'0000'0000'0000;
        const max_t physical = entry & 0x000F'FFFF'FFFF'F000;
        const bool has_ps = (entry & 0x80) != 0;
        if (level == 1 || has_ps) {
            if (level == 4 || (level == 1 && has_ps))
                wrong = "PS is set where it must not be";
            const max_t rest = entry - physical - 1 - (has_ps ? 0x80 : 0);
            found[address] = {physical, rest & ~max_t{0x60}, level, rest & 0x60};
        } else {
            const max_t said = entry >> 52 & 0x3FF, rights = entry - physical - (said << 52);
            const bool is_low = address < max_t{1} << 47;
            if (rights != (is_low ? 7u : 3u))
                wrong = "a table's entry has the rights " + std::to_string(rights);
            const bool is_counted = level < 4 || is_low;
            const max_t there = walk({physical}, level - 1, address, found, wrong);
            if (there == 0 && is_counted)
                wrong = "there is an empty table";
            if (there != said && is_counted)
                wrong = "a table has " + std::to_string(there) + " entries, and " + std::to_string(said) + " are counted";
        }
    }
    return present;
}

std::string checked_space::compare()
{
    pages found;
    std::string wrong;
    walk(space.pml4, 4, 0, found, wrong);
    if (!wrong.empty())
        return wrong;
    return found == pages_ ? at.misused : "the tables hold other pages than they should";
}

}  // namespace model
