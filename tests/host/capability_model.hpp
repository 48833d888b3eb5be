// What slots of capabilities should hold: a tree that is a tree, with lists of children.
#pragma once
#include "capability/slot.hpp"
#include "capability/table.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace capability_test {

using capability::fate;
using capability::slot;
using interface::status;

// In a list is a slot's number, or a marker's behind them. Trees have numbers behind those.
constexpr int slots = 90, markers = 2, first_tree = slots + markers;  // more slots than are frozen in a call
constexpr std::uint64_t base = 0x100, size = 0x40;  // the ports of what is given

struct node {
    int parent;  // from first_tree on: a tree of its own
    std::uint8_t rights;
    std::uint64_t first, count;
    fate state = fate::none;
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
        if (rights > 0xFF || (rights & ~(interface::all_rights | interface::message_rights)) != 0)
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
    status revoke(int root, int marker)
    {
        if (!nodes_[root])
            return status::no_capability;
        if (nodes_[root]->state == fate::frozen || nodes_[root]->state == fate::dying)
            return status::gone;
        const status found = empty_below(root, marker);
        if (found == status::ok)
            nodes_[root]->state = fate::none;
        return found;
    }
    /// `said`: by whom is asked about the last one of a tree.
    status remove(int removed, int marker, status said)
    {
        if (!nodes_[removed])
            return status::no_capability;
        if (nodes_[removed]->state == fate::frozen)
            return status::gone;
        if (const status found = empty_below(removed, marker); found != status::ok)
            return found;
        const int parent = nodes_[removed]->parent;
        if (parent >= first_tree && children_.at(parent).size() == 1 && said != status::ok) {
            nodes_[removed]->state = said == status::again ? fate::dying : fate::none;
            return said;
        }
        take_out(removed);
        return status::ok;
    }
    void forget(int marker) { walks_[marker] = {}; }
    const std::optional<node>& at(int number) const { return nodes_[number]; }
    bool stands(int marker) const { return walks_[marker].root != -1; }
    /// Each below `number`, and each marker there, in the order in which they are gone through.
    void below(int number, std::vector<int>& found) const
    {
        const bool is_first = walks_[0].since > walks_[1].since;  // of two behind one slot, the younger stands nearer to it
        for (const int marker : {is_first ? 0 : 1, is_first ? 1 : 0})
            if (stands(marker) && walks_[marker].last == number)
                found.push_back(slots + marker);
        if (const auto known = children_.find(number); known != children_.end())
            for (const int child : known->second) {
                found.push_back(child);
                below(child, found);
            }
    }
    /// Each tree that has something in it.
    std::vector<int> trees() const
    {
        std::vector<int> found;
        for (auto known = children_.lower_bound(first_tree); known != children_.end(); ++known)
            found.push_back(known->first);
        return found;
    }

private:
    /// How far a marker's thread has come in freezing what is below `root`.
    struct walk {
        int root = -1, last = -1;
        unsigned since = 0;
    };
    status check(int from, int into) const
    {
        if (!nodes_[from])
            return status::no_capability;
        if (nodes_[from]->state != fate::none)
            return status::gone;
        return nodes_[into] ? status::occupied : status::ok;
    }
    std::vector<int> below(int number) const
    {
        std::vector<int> found;
        below(number, found);
        return found;
    }
    /// True once all are frozen.
    bool freeze_below(int root, int marker)
    {
        const bool goes_on = walks_[marker].root == root;
        if (!goes_on)
            forget(marker);
        const std::vector<int> all = below(root);
        const auto from = goes_on ? std::ranges::find(all, slots + marker) + 1 : all.begin();
        forget(marker);
        for (auto each = from; each != all.end(); ++each) {
            if (each - from == 64) {
                nodes_[root]->state = fate::freezing;
                const auto last = std::find_if(std::make_reverse_iterator(each), all.rend(), [](int behind) { return behind < slots; });
                walks_[marker] = {root, *last, ++now_};
                return false;
            }
            if (*each >= slots)
                forget(*each - slots);
            else
                nodes_[*each]->state = fate::frozen;
        }
        nodes_[root]->state = fate::closed;
        return true;
    }
    status empty_below(int root, int marker)
    {
        if (children_.contains(root) && nodes_[root]->state != fate::closed && !freeze_below(root, marker))
            return status::again;
        for (unsigned left = 8; !below(root).empty(); --left) {
            if (left == 0)
                return status::again;
            int leaf = below(root).front();
            for (; leaf < slots && children_.contains(leaf); leaf = children_[leaf].front()) {
            }
            if (leaf >= slots)
                forget(leaf - slots);
            else
                take_out(leaf);
        }
        return status::ok;
    }
    std::vector<int>& siblings(int number) { return children_[nodes_[number]->parent]; }
    std::vector<int>::iterator place(int number) { return std::ranges::find(siblings(number), number); }
    /// Its children take its place. What stands behind it stands behind its parent then, as all in between have gone before.
    void take_out(int number)
    {
        for (walk& each : walks_)
            if (each.last == number)
                each.last = nodes_[number]->parent;
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
    walk walks_[markers];
    unsigned now_ = 0;
    int next_tree_ = first_tree;
};

inline status said;        // by `release`
inline unsigned released;  // how often it was asked about what is the last one indeed

inline status release(slot& last)
{
    released += last.what != interface::type::none && last.previous == nullptr && last.next == nullptr;
    return said;
}

/// Slots and markers, and what should be in them.
struct compared {
    slot real[slots + markers]{};
    model expected;

    /// Whether slots and lists are what the model says, and what can be said of each without it.
    bool is_as_expected() const
    {
        bool sound = true;
        for (int i = 0; i < slots; ++i) {
            const slot& found = real[i];
            const auto& wanted = expected.at(i);
            if (!wanted)
                sound &= found.what == interface::type::none && found.previous == nullptr && found.next == nullptr;
            else
                sound &= found.what == interface::type::ports && found.rights == wanted->rights && found.first == wanted->first &&
                         found.count == wanted->count && found.state == wanted->state && found.first >= base &&
                         found.first + found.count <= base + size && is_frozen_with_reason(found, wanted->parent);
        }
        for (int marker = 0; marker < markers; ++marker)
            sound &= real[slots + marker].what == interface::type::none &&
                     expected.stands(marker) == (real[slots + marker].previous != nullptr);
        for (const int tree : expected.trees())
            sound &= is_tree(tree);
        return sound;
    }
    /// What is frozen is below something that is taken back; and below what is closed, all is frozen.
    bool is_frozen_with_reason(const slot& each, int parent) const
    {
        const fate above = parent >= first_tree ? fate::none : real[parent].state;
        if (each.state == fate::frozen)
            return above == fate::freezing || above == fate::closed || above == fate::frozen;
        return above != fate::closed;
    }
    /// Whether the list is the tree, and who is above each can be told from the depths.
    bool is_tree(int tree) const
    {
        std::vector<int> order, above;
        expected.below(tree, order);
        bool sound = true;
        for (std::size_t i = 0; i < order.size(); ++i) {
            const slot& each = real[order[i]];
            sound &= each.previous == (i == 0 ? nullptr : &real[order[i - 1]]);
            sound &= each.next == (i + 1 == order.size() ? nullptr : &real[order[i + 1]]);
            if (order[i] >= slots) {
                sound &= i != 0 && each.depth > real[order[0]].depth;
                continue;
            }
            while (!above.empty() && real[above.back()].depth >= each.depth)
                above.pop_back();
            sound &= expected.at(order[i])->parent == (above.empty() ? tree : above.back());
            above.push_back(order[i]);
        }
        return sound;
    }
    void give(int into, std::uint8_t rights)
    {
        capability::give(real[into], interface::type::ports, rights, base, size);
        expected.give(into, rights);
    }
};

}  // namespace capability_test
