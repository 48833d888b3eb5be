// What the frame allocator must do, said plainly: a byte for each frame, and searches that look at all of them. It says which frames
// are handed out, those of the owner map's tables included, so every answer can be compared.
#pragma once
#include "pmem/frame_allocator.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

class frame_model {
public:
    static constexpr max_t page = 4096, MiB = 1 << 20, GiB = 1 << 30;

    // Frames that exist. All but those of `used` are free.
    frame_model(const std::vector<memory::range>& pieces, const std::vector<memory::range>& used)
    {
        for (const memory::range& piece : pieces)
            for (max_t at = piece.start; at < piece.end; at += page)
                frames.push_back({at / page, state::free, 0, false});
        for (const memory::range& each : used)
            for (max_t at = each.start; at < each.end; at += page)
                find(at / page)->what = state::alien;
    }

    pmem::allocation allocate(const pmem::request& wanted)
    {
        using pmem::fault;
        if (wanted.frames == 0 || wanted.frames >= max_t{1} << 40)
            return {0, fault::no_size};
        bool known = false;
        for (max_t alignment = page; alignment <= GiB; alignment *= 2)
            known = known || wanted.alignment == alignment;
        if (!known)
            return {0, fault::alignment};
        if (!may_own(wanted.who))
            return {0, fault::no_owner};
        const auto first = search(wanted.frames, wanted.alignment / page, static_cast<int>(wanted.where));
        if (first == frames.end())
            return {0, fault::out_of_memory};
        for (max_t i = 0; i < wanted.frames; ++i)
            first[i].what = state::used;
        if (!note(first, wanted.frames)) {
            for (max_t i = 0; i < wanted.frames; ++i)
                first[i].what = state::free;
            return {0, fault::out_of_memory};
        }
        for (max_t i = 0; i < wanted.frames; ++i) {
            first[i].who = static_cast<int>(wanted.who);
            first[i].continues = i > 0;
        }
        return {first->number * page, fault::none};
    }

    pmem::fault free(max_t address, pmem::owner who)
    {
        using pmem::fault;
        if (address % page != 0 || address == 0 || address >= max_t{1} << 52)
            return fault::not_frames;
        const auto first = find(address / page);
        if (first != frames.end() && first->what == state::free)
            return fault::free_already;
        if (first == frames.end() || first->what != state::used)
            return fault::never_handed_out;
        if (first->continues)
            return fault::inside_a_run;
        if (first->who != static_cast<int>(who))
            return fault::of_another_owner;
        const max_t length = run_length(first);
        forget(first, length);
        for (max_t i = 0; i < length; ++i)
            first[i] = {first[i].number, state::free, 0, false};
        return fault::none;
    }

    pmem::fault add(memory::range pages)
    {
        using pmem::fault;
        if (!are_frames(pages))
            return fault::not_frames;
        if (!are_alien(pages))
            return fault::occupied;
        for (max_t at = pages.start; at < pages.end; at += page)
            find(at / page)->what = state::free;
        return fault::none;
    }

    pmem::fault adopt(memory::range pages, pmem::owner who)
    {
        using pmem::fault;
        if (!are_frames(pages))
            return fault::not_frames;
        if (!may_own(who))
            return fault::no_owner;
        if (!are_alien(pages))
            return fault::occupied;
        const auto first = find(pages.start / page);
        const max_t count = (pages.end - pages.start) / page;
        for (max_t i = 0; i < count; ++i)
            first[i].what = state::used;
        if (!note(first, count)) {
            for (max_t i = 0; i < count; ++i)
                first[i].what = state::alien;
            return fault::out_of_memory;
        }
        for (max_t i = 0; i < count; ++i)
            first[i].who = static_cast<int>(who);
        return fault::none;
    }

    // What is free in a zone, as the longest possible ranges, lowest first.
    std::vector<memory::range> free_ranges(int zone) const
    {
        std::vector<memory::range> found;
        for (const frame& each : frames) {
            if (each.what != state::free || zone_of(each.number) != zone)
                continue;
            const max_t at = each.number * page;
            if (!found.empty() && found.back().end == at)
                found.back().end += page;
            else
                found.push_back({at, at + page});
        }
        return found;
    }

    max_t tables() const { return tables_.size(); }

    max_t frames_of(pmem::owner who) const
    {
        return std::count_if(frames.begin(), frames.end(), [who](const frame& each) {
            return each.what == state::used && each.who == static_cast<int>(who);
        });
    }

    int owner_of(max_t address) const
    {
        const auto at = const_cast<frame_model*>(this)->find(address / page);
        return at != frames.end() && at->what == state::used ? at->who : 0;
    }

    // Whether it is a frame, and none of the allocator's own.
    bool may_be_adopted(max_t address)
    {
        const auto at = find(address / page);
        return at != frames.end() && at->what != state::table;
    }

    // The number of frames of the run that begins at `address`.
    max_t run_length(max_t address) { return run_length(find(address / page)); }

private:
    enum class state { free, used, table, alien };  // alien: neither free nor handed out
    struct frame {
        max_t number;
        state what;
        int who;
        bool continues;
    };
    using iterator = std::vector<frame>::iterator;

    static bool may_own(pmem::owner who) { return who > pmem::owner::nobody && who < pmem::owner::count; }
    static bool are_frames(memory::range pages)
    {
        return pages.start % page == 0 && pages.end % page == 0 && pages.start != 0 && pages.start < pages.end &&
               pages.end <= max_t{1} << 52;
    }
    static int zone_of(max_t number) { return number * page < MiB ? 0 : number * page < 4 * GiB ? 1 : 2; }

    iterator find(max_t number)
    {
        const auto at = std::lower_bound(frames.begin(), frames.end(), number,
                                         [](const frame& each, max_t wanted) { return each.number < wanted; });
        return at != frames.end() && at->number == number ? at : frames.end();
    }

    // Whether none of the frames in `pages` is free or in use.
    bool are_alien(memory::range pages) const
    {
        return std::none_of(frames.begin(), frames.end(), [pages](const frame& each) {
            const max_t at = each.number * page;
            return at >= pages.start && at < pages.end && each.what != state::alien;
        });
    }

    max_t run_length(iterator first)
    {
        max_t length = 1;
        while (first + length != frames.end() && first[length].number == first->number + length &&
               first[length].what == state::used && first[length].who == first->who && first[length].continues)
            ++length;
        return length;
    }

    iterator search(max_t count, max_t alignment, int highest_zone)
    {
        for (int zone = highest_zone; zone >= 0; --zone)
            for (auto first = frames.begin(); first != frames.end(); ++first)
                if (zone_of(first->number) == zone && first->number % alignment == 0 && fits(first, count))
                    return first;
        return frames.end();
    }

    bool fits(iterator first, max_t count)
    {
        if (static_cast<max_t>(frames.end() - first) < count)
            return false;
        for (max_t i = 0; i < count; ++i)
            if (first[i].what != state::free || first[i].number != first->number + i ||
                zone_of(first[i].number) != zone_of(first->number))
                return false;
        return true;
    }

    // The owner map has a table of 4096 frames, one of 512 of those, one of 512 of these; a place in tables_ is a level
    // and the number of the table on it.
    using place = std::pair<int, max_t>;
    static place table_for(max_t number, int level) { return {level, number >> (12 + 9 * level)}; }

    bool note(iterator first, max_t count)
    {
        for (max_t i = 0; i < count; ++i) {
            std::vector<place> made;
            for (int level = 2; level >= 0; --level) {
                const place wanted = table_for(first[i].number, level);
                if (tables_.contains(wanted))
                    continue;
                const auto memory = search(1, 1, 2);
                if (memory == frames.end()) {
                    for (const place& each : made)
                        drop(each);
                    forget(first, i);
                    return false;
                }
                memory->what = state::table;
                tables_[wanted].memory = memory->number;
                made.push_back(wanted);
            }
            for (int level = 2; level >= 0; --level)
                tables_[table_for(first[i].number, level)].noted.insert(first[i].number);
        }
        return true;
    }

    void forget(iterator first, max_t count)
    {
        for (max_t i = 0; i < count; ++i)
            for (int level = 2; level >= 0; --level) {
                const place from = table_for(first[i].number, level);
                tables_[from].noted.erase(first[i].number);
                if (tables_[from].noted.empty())
                    drop(from);
            }
    }

    void drop(const place& from)
    {
        find(tables_[from].memory)->what = state::free;
        tables_.erase(from);
    }

    struct table {
        max_t memory = 0;        // the frame that it lies in
        std::set<max_t> noted;   // the frames in use that need it
    };
    std::vector<frame> frames;  // by number
    std::map<place, table> tables_;
};

// The free blocks of a tree, lowest first, to compare with free_ranges().
inline void collect(const pmem::free_block* tree, std::vector<memory::range>& found)
{
    if (tree == nullptr)
        return;
    collect(tree->child[0], found);
    found.push_back(tree->bytes);
    collect(tree->child[1], found);
}
