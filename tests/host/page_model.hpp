// A second opinion on page/map.hpp: a list of pages, without tables. Every call goes to both; every difference is told.
#pragma once
#include "page/map.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace model {

/// What an address space asks of a machine.
struct paging {
    phys_addr (*take)();
    void (*give_back)(phys_addr);
    max_t* (*entries)(phys_addr);
    void (*invalidate)(virt_addr);
    bool has_gib_pages;
    unsigned physical_bits;
};

/// Memory for tables, at made-up physical addresses, and a CPU that is told of changes. One at a time. A table that is
/// not in use is poisoned for AddressSanitizer, and full of ones for the others.
class machine {
public:
    static constexpr std::size_t tables = 64;

    machine();
    ~machine();
    machine(const machine&) = delete;

    paging policy(bool has_gib_pages, unsigned physical_bits) const;

    std::size_t limit = tables;  ///< how many may be in use
    std::size_t in_use = 0;
    std::size_t refused = 0;  ///< how many more were asked for
    std::vector<max_t> told;  ///< the addresses that the CPU was told of, since somebody emptied this
    bool told_first = true;   ///< whether every table was given back after the CPU was told of something
    std::string misused;      ///< what was done that must not be done

    max_t* entries(phys_addr table);

private:
    static constexpr max_t first = 0x7000, words = 512;
    static machine* current;
    phys_addr take();
    void give_back(phys_addr table);
    std::size_t number_of(phys_addr table);

    max_t* memory_;
    std::vector<std::size_t> free_;
    std::set<std::size_t> used_;
};

struct call {
    enum class kind { map, unmap, protect, translate, touch } what;
    max_t address, to;
    page::page_size pages;
    max_t chosen;
};

/// An address space and what it should be.
class checked_space {
public:
    explicit checked_space(bool has_gib_pages = true, unsigned physical_bits = 46);

    /// Makes the call. Empty, or how the answer differs from the right one. `touch` is not a call, but what the CPU does
    /// when it writes to a page.
    std::string run(const call& wanted);
    /// Empty, or how what the tables hold differs from what they should.
    std::string compare();

    std::size_t page_count() const { return pages_.size(); }
    machine at;
    page::address_space<paging> space;

private:
    struct mapped {
        max_t physical, chosen;
        unsigned level;
        max_t by_the_cpu;
        bool operator==(const mapped&) const = default;
    };
    using pages = std::map<max_t, mapped>;    // by virtual address
    using part = std::pair<unsigned, max_t>;  // a level, and what a table of this level is for

    page::map_fault expected(const call& wanted) const;
    const std::pair<const max_t, mapped>* overlapping(max_t address, max_t bytes) const;
    void act_as_cpu(max_t address);
    std::string compare_translation(max_t address) const;
    std::size_t missing_tables(const call& wanted) const;
    void count_tables(max_t address, unsigned level, int change);
    max_t walk(phys_addr table, unsigned level, max_t base, pages& found, std::string& wrong);

    paging policy_;
    pages pages_;
    std::map<part, int> parts_;  // each has a table; how many pages are below it
};

}  // namespace model
