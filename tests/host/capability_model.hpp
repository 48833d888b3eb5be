// What slots of capabilities should hold: a tree that is a tree, with lists of children.
#pragma once
#include "capability/slot.hpp"
#include "capability/table.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace capability_test {

using capability::slot;
using interface::status;

constexpr unsigned slots = capability::table::slot_count;
constexpr std::uint64_t base = 0x100, size = 0x40;  // the ports of what is given

struct node {
    int parent;  // from slots on: a tree of its own
    std::uint8_t rights;
    std::uint64_t first, count;
    bool dying = false;
};

/// What the slots should hold.
class model {
public:
    void give(int into, std::uint8_t rights)
    {
        const int tree = next_tree_++;
        nodes_[into] = node{tree, rights, base, size};
        children_[tree] = {into};
    }
    status derive(int from, int into, std::uint64_t rights, std::uint64_t offset, std::uint64_t count)
    {
        if (const status found = check(from, into); found != status::ok)
            return found;
        if (rights > 0xFF || (rights & ~interface::all_rights) != 0)
            return status::bad_argument;
        const node& parent = *nodes_[from];
        if (count == 0 || offset >= parent.count || count > parent.count - offset)
            return status::out_of_range;
        nodes_[into] = node{from, static_cast<std::uint8_t>(parent.rights & rights), parent.first + offset, count};
        children_[from].insert(children_[from].begin(), into);
        return status::ok;
    }
    status copy(int from, int into)
    {
        if (const status found = check(from, into); found != status::ok)
            return found;
        nodes_[into] = nodes_[from];
        siblings(from).insert(place(from), into);
        return status::ok;
    }
    status move(int from, int into)
    {
        if (const status found = check(from, into); found != status::ok)
            return found;
        *place(from) = into;
        nodes_[into] = nodes_[from];
        nodes_[from].reset();
        if (auto moved = children_.extract(from); !moved.empty()) {
            for (const int child : moved.mapped())
                nodes_[child]->parent = into;
            moved.key() = into;
            children_.insert(std::move(moved));
        }
        return status::ok;
    }
    /// `is_refused`: who is asked about the last one of a tree says no.
    status remove(int removed, bool is_refused)
    {
        if (!nodes_[removed])
            return status::no_capability;
        for (unsigned left = 8; children_.contains(removed); --left) {
            if (left == 0) {
                nodes_[removed]->dying = true;
                return status::again;
            }
            take_out(children_[removed].front());
        }
        const int parent = nodes_[removed]->parent;
        const bool is_last = parent >= static_cast<int>(slots) && children_.at(parent).size() == 1;
        if (is_last && is_refused) {
            nodes_[removed]->dying = false;
            return status::occupied;
        }
        take_out(removed);
        return status::ok;
    }
    const std::optional<node>& at(int number) const { return nodes_[number]; }
    /// Each below `number`, in the order in which they are gone through, and where those end that are below each.
    void below(int number, std::vector<int>& found, std::vector<std::size_t>& ends) const
    {
        if (const auto known = children_.find(number); known != children_.end())
            for (const int child : known->second) {
                const std::size_t place = found.size();
                found.push_back(child);
                ends.push_back(0);
                below(child, found, ends);
                ends[place] = found.size();
            }
    }
    /// Each tree that has something in it.
    std::vector<int> trees() const
    {
        std::vector<int> found;
        for (auto known = children_.lower_bound(slots); known != children_.end(); ++known)
            found.push_back(known->first);
        return found;
    }

private:
    status check(int from, int into) const
    {
        if (!nodes_[from])
            return status::no_capability;
        if (nodes_[from]->dying)
            return status::gone;
        return nodes_[into] ? status::occupied : status::ok;
    }
    std::vector<int>& siblings(int number) { return children_[nodes_[number]->parent]; }
    std::vector<int>::iterator place(int number) { return std::ranges::find(siblings(number), number); }
    /// Its children take its place.
    void take_out(int number)
    {
        std::vector<int> orphans;
        if (auto gone = children_.extract(number); !gone.empty())
            orphans = std::move(gone.mapped());
        for (const int orphan : orphans)
            nodes_[orphan]->parent = nodes_[number]->parent;
        siblings(number).insert(siblings(number).erase(place(number)), orphans.begin(), orphans.end());
        if (siblings(number).empty())
            children_.erase(nodes_[number]->parent);
        nodes_[number].reset();
    }

    std::optional<node> nodes_[slots];
    std::map<int, std::vector<int>> children_;
    int next_tree_ = slots;
};

inline bool refused;        // what `release` says
inline unsigned released;  // how often it was asked about what is the last one indeed

inline status release(slot& last)
{
    released += last.what != interface::type::none && last.previous == nullptr && last.next == nullptr;
    return refused ? status::occupied : status::ok;
}

/// A table, and what should be in it.
struct compared {
    capability::table real{};
    model expected;

    int number_of(const slot* each) const { return each == nullptr ? -1 : static_cast<int>(each - real.slots); }

    /// Whether slots and lists are what the model says.
    bool is_as_expected() const
    {
        bool sound = true;
        for (unsigned i = 0; i < slots; ++i) {
            const slot& found = real.slots[i];
            const auto& wanted = expected.at(i);
            if (!wanted)
                sound &= found.what == interface::type::none && found.previous == nullptr && found.next == nullptr;
            else
                sound &= found.what == interface::type::ports && found.rights == wanted->rights && found.first == wanted->first &&
                         found.count == wanted->count && found.dying == wanted->dying && found.first >= base &&
                         found.first + found.count <= base + size;
        }
        for (const int tree : expected.trees())
            sound &= is_tree(tree);
        return sound;
    }
    bool is_tree(int tree) const
    {
        std::vector<int> order;
        std::vector<std::size_t> ends;  // behind the last one below each
        expected.below(tree, order, ends);
        bool sound = true;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const slot& each = real.slots[order[i]];
            sound &= number_of(each.previous) == (i == 0 ? -1 : order[i - 1]);
            sound &= number_of(each.next) == (i + 1 == order.size() ? -1 : order[i + 1]);
            for (std::size_t next = i + 1; next < ends[i]; ++next)
                sound &= real.slots[order[next]].depth > each.depth;
            sound &= ends[i] == order.size() || real.slots[order[ends[i]]].depth <= each.depth;
        }
        return sound;
    }
    void give(int into, std::uint8_t rights)
    {
        capability::give(real.slots[into], interface::type::ports, rights, base, size);
        expected.give(into, rights);
    }
};

}  // namespace capability_test
