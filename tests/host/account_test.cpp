// account/account.hpp against a model that only counts: a million steps on a small machine whose frames may be refused.
#include "account/account.hpp"
#include "account/ring.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

using pmem::owner;

constexpr max_t machine_frames = 300;

/// A machine's frames. AddressSanitizer knows those that were given back.
struct frames {
    inline static std::map<void*, owner> taken;
    inline static std::map<void*, max_t> sizes;
    inline static max_t all;  // frames that are taken
    inline static unsigned asked, refused;  // the number of the request that is refused
    inline static max_t count[static_cast<unsigned>(owner::count)];

    static max_t& of(owner who) { return count[static_cast<unsigned>(who)]; }

    static void* take(owner who, max_t count)
    {
        if (++asked == refused || all + count > machine_frames)
            return nullptr;
        void* const frame = std::memset(std::aligned_alloc(4096, count * 4096), 0, count * 4096);
        taken[frame] = who;
        sizes[frame] = count;
        of(who) += count;
        all += count;
        return frame;
    }
    static void give(void* frame, owner who)
    {
        const auto known = taken.find(frame);
        if (known == taken.end() || known->second != who)
            fail("a frame was not handed out to this owner");
        forget(known);
    }
    static void forget(std::map<void*, owner>::iterator known)
    {
        of(known->second) -= sizes[known->first];
        all -= sizes[known->first];
        std::free(known->first);
        taken.erase(known);
    }
    static bool owns(const void* address)
    {
        const auto after = taken.upper_bound(const_cast<void*>(address));
        return after != taken.begin() && static_cast<const char*>(address) < static_cast<const char*>(std::prev(after)->first) + 4096;
    }
    [[noreturn]] static void fail(const char* why) { throw std::string(why); }
};

using payer = account::account<frames>;
using held = account::held_frame<frames>;

/// What an account should be. A slab is a frame with 61 held frames or 15 accounts at most. How many there are is for the heap to
/// know, within bounds: they are what the real account has taken beside all else.
struct model {
    model* parent;
    max_t limit;
    std::vector<std::pair<held*, void*>> frames;
    std::vector<std::unique_ptr<model>> children;
    payer* real;

    max_t taken_by_children() const
    {
        max_t sum = 0;
        for (const auto& child : children)
            sum += child->limit;
        return sum;
    }
    max_t held_frames() const
    {
        max_t sum = 0;
        for (const auto& [each, frame] : frames)
            sum += each->frames;
        return sum;
    }
    max_t slabs() const { return real->taken() - held_frames() - taken_by_children(); }
    bool is_sound() const
    {
        const max_t least = (frames.size() + 60) / 61 + (children.size() + 14) / 15;
        return real->kept() <= payer::most_kept && real->kept() <= real->left() && real->left() + real->taken() == limit && slabs() >= least && slabs() <= frames.size() + children.size();
    }
    void each(auto&& visit)
    {
        visit(*this);
        for (const auto& child : children)
            child->each(visit);
    }
};

class Accounts : public testing::Test {
protected:
    Accounts() { frames::refused = 0; }
    ~Accounts() override
    {
        while (!frames::taken.empty())
            frames::forget(frames::taken.begin());
    }

    payer root{nullptr, machine_frames};
    model expected{nullptr, machine_frames, {}, {}, &root};
    std::mt19937_64 random{1};

    std::uint64_t any(std::uint64_t below) { return random() % below; }

    model& any_account()
    {
        std::vector<model*> all;
        expected.each([&all](model& each) { all.push_back(&each); });
        return *all[any(all.size())];
    }
    /// Whether all accounts are what the model says, and all frames of the machine are somebody's.
    bool is_as_expected()
    {
        bool sound = true;
        max_t slabs = 0, held_frames = 0, kept = 0;
        expected.each([&](model& each) {
            sound &= each.is_sound();
            slabs += each.slabs();
            held_frames += each.held_frames();
            kept += each.real->kept();
        });
        return sound && frames::of(owner::kernel_objects) == slabs && frames::of(owner::programs) == held_frames + kept;
    }
    void create_frame(model& payer_of)
    {
        const max_t left = payer_of.real->left(), all = frames::all, kept = payer_of.real->kept();
        const max_t count = any(4) == 0 ? 2 + any(7) : 1;
        if (held* const made = payer_of.real->create_frame(count)) {
            EXPECT_EQ(frames::taken.at(made->frame), owner::programs);
            auto* const words = static_cast<std::uint64_t*>(made->frame);
            EXPECT_TRUE(std::all_of(words, words + 512 * count, [](std::uint64_t each) { return each == 0; }));
            std::fill(words, words + 512 * count, ~std::uint64_t{0});
            payer_of.frames.emplace_back(made, made->frame);
            ++seen["frame"];
            seen["run"] += count > 1;
        } else {
            EXPECT_TRUE(payer_of.real->left() == left && frames::all - payer_of.real->kept() == all - kept);
            EXPECT_TRUE(left < count + 1 || all + count + 1 > machine_frames || (count > 1 && left <= count + kept) || frames::asked >= frames::refused);
            ++seen["no frame"];
        }
    }
    void create_account(model& parent, max_t limit)
    {
        const max_t left = parent.real->left(), all = frames::all, kept = parent.real->kept();
        if (payer* const made = parent.real->create_account(limit)) {
            EXPECT_TRUE(limit <= left && made->left() == limit && made->taken() == 0);
            seen["handed over"] += made->kept() != 0;
            parent.children.emplace_back(new model{&parent, limit, {}, {}, made});
            ++seen["account"];
        } else {
            EXPECT_TRUE(parent.real->left() == left && frames::all - parent.real->kept() == all - kept);
            EXPECT_TRUE(limit >= left || left == 0 || all == machine_frames || frames::asked >= frames::refused);
            ++seen["no account"];
        }
    }
    void destroy_frame(model& of)
    {
        if (of.frames.empty())
            return;
        std::swap(of.frames[any(of.frames.size())], of.frames.back());
        const unsigned kept = of.real->kept();
        const bool is_alone = of.frames.back().first->frames == 1;
        payer::destroy(*of.frames.back().first);
        const bool is_kept = of.real->kept() != kept;
        EXPECT_EQ(frames::taken.contains(of.frames.back().second), is_kept);
        EXPECT_EQ(is_kept, is_alone && kept != payer::most_kept && of.parent != nullptr);
        seen["kept"] += is_kept;
        of.frames.pop_back();
        ++seen["frame back"];
    }
    void end(model& ended)
    {
        if (ended.parent == nullptr)
            return;
        ended.real->end();
        seen["deep"] += !ended.children.empty();
        std::erase_if(ended.parent->children, [&ended](const auto& each) { return each.get() == &ended; });
        ++seen["end"];
    }
    std::map<std::string, unsigned> seen;
};

TEST_F(Accounts, AMillionStepsAreThoseOfTheModel)
{
    for (int step = 0; step < 1'000'000; ++step) {
        model& chosen = any_account();
        frames::refused = any(8) == 0 ? frames::asked + 1 + any(2) : 0;
        switch (any(16)) {
        case 0: end(chosen); break;
        case 1:
        case 2: create_account(chosen, any(6) == 0 ? random() : any(chosen.real->left() + 2)); break;
        case 3:
        case 4:
        case 5:
        case 6: destroy_frame(chosen); break;
        default: create_frame(chosen);
        }
        ASSERT_TRUE(is_as_expected()) << step;
    }
    for (const char* each : {"frame", "run", "no frame", "account", "no account", "frame back", "kept", "end", "deep"})
        EXPECT_GT(seen[each], 1000u) << each;
    EXPECT_GT(seen["handed over"], 100u);
    frames::refused = 0;
    while (!expected.children.empty())
        end(*expected.children.back());
    while (!expected.frames.empty())
        destroy_frame(expected);
    EXPECT_TRUE(root.taken() == 0 && frames::taken.empty());
}

TEST_F(Accounts, WhatIsWithinALimitIsThere)
{
    frames::refused = 0;
    std::vector<payer*> all;
    while (payer* const made = root.create_account(std::min<max_t>(7, root.left() - (root.left() != 0))))
        if (all.push_back(made); root.left() == 0)
            break;
    std::vector<std::pair<payer*, void*>> taken;
    for (payer* const each : all)
        while (each->left() != 0) {
            void* const frame = each->take(owner::tests);
            ASSERT_NE(frame, nullptr);
            taken.emplace_back(each, frame);
        }
    EXPECT_GT(taken.size(), machine_frames / 2);
    for (const auto& [each, frame] : taken)
        each->give(frame, owner::tests);
    for (payer* const each : all)
        each->end();
    EXPECT_TRUE(root.taken() == 0 && frames::taken.empty());
}

TEST_F(Accounts, AnAccountThatPaysForSomethingElseDoesNotEnd)
{
    payer* const made = root.create_account(3);
    void* const frame = made->take(owner::page_tables);
    EXPECT_THROW(made->end(), std::string);
    made->give(frame, owner::page_tables);
    made->end();
    EXPECT_TRUE(root.taken() == 0 && frames::taken.empty());
}

TEST_F(Accounts, AHeldFrameThatIsOverwrittenIsNoticed)
{
    held* const made = root.create_frame();
    reinterpret_cast<unsigned char*>(made)[sizeof(held)] ^= 1;
    EXPECT_THROW(payer::destroy(*made), std::string);
}

}  // namespace
