// Every sequence of a few creations, destructions and stray writes in a heap of two slabs with three slots each, beside a model that
// knows what is in each slot.
#include "every_sequence.hpp"
#include "kstruct/heap.hpp"
#include "marked_object.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>
#include <vector>

namespace {

using kstruct::fault;
using kstruct::kind;
using item = marked_object<1000, kind::test_item>;
using block = marked_object<1016, kind::test_block>;  // of the same class, and as large as can be

constexpr unsigned frame_count = 2, slots = 3, places = frame_count * slots;
constexpr std::size_t frame_size = 4096, slot_size = 1024;

alignas(frame_size) unsigned char frames[frame_count][frame_size];
bool is_taken[frame_count];

struct two_frames {
    void* take()
    {
        for (unsigned i = 0; i < frame_count; ++i) {
            if (is_taken[i])
                continue;
            is_taken[i] = true;
            return frames[i];
        }
        return nullptr;
    }
    void give(void* frame)
    {
        is_taken[static_cast<unsigned char*>(frame) - frames[0] >= std::ptrdiff_t{frame_size}] = false;
    }
    bool owns(const void* address) const
    {
        for (unsigned i = 0; i < frame_count; ++i)
            if (is_taken[i] && frames[i] <= address && address < frames[i] + frame_size)
                return true;
        return false;
    }
};
using heap = kstruct::heap<two_frames>;
static_assert(std::is_trivially_copyable_v<heap>);

/// Where the slots are: at their frame's end.
unsigned char* place(unsigned i)
{
    return frames[i / slots] + frame_size - (slots - i % slots) * slot_size;
}

struct slot {
    kind what;
    bool is_damaged;
    bool is_aside;  // taken out of use, since it was damaged when its turn came
};

struct call {
    enum { create, destroy, scribble } what;
    bool is_block;
    unsigned char* where;
    std::string name;
};

std::vector<call> all_calls()
{
    std::vector<call> all;
    for (const bool is_block : {false, true}) {
        const std::string kind = is_block ? "block" : "item";
        all.push_back({call::create, is_block, nullptr, "create " + kind});
        for (unsigned i = 0; i < places; ++i)
            all.push_back({call::destroy, is_block, place(i), "destroy " + kind + ' ' + std::to_string(i)});
    }
    for (unsigned i = 0; i < places; ++i)
        all.push_back({call::scribble, false, place(i), "scribble " + std::to_string(i)});
    all.push_back({call::destroy, false, nullptr, "destroy null"});
    all.push_back({call::destroy, false, frames[0], "destroy a frame"});
    all.push_back({call::destroy, false, place(1) + slot_size / 2, "destroy within a slot"});
    all.push_back({call::destroy, false, frames[1] + frame_size, "destroy behind the frames"});
    return all;
}

class small_heap {
public:
    const std::vector<call> calls = all_calls();

    small_heap() { std::fill_n(is_taken, frame_count, false); }

    void run(const call& wanted)
    {
        if (wanted.what == call::scribble)
            scribble(wanted.where);
        else if (wanted.what == call::create)
            wanted.is_block ? create<block>() : create<item>();
        else
            wanted.is_block ? destroy<block>(wanted.where) : destroy<item>(wanted.where);
        compare();
    }

    struct saved {
        heap objects;
        slot model[places];
        bool is_taken[frame_count];
        unsigned char frames[frame_count][frame_size];
    };

    saved save() const
    {
        saved now{objects_, {}, {}, {}};
        std::copy_n(model_, places, now.model);
        std::copy_n(is_taken, frame_count, now.is_taken);
        std::memcpy(now.frames, frames, sizeof frames);
        return now;
    }
    void restore(const saved& then)
    {
        objects_ = then.objects;
        std::copy_n(then.model, places, model_);
        std::copy_n(then.is_taken, frame_count, is_taken);
        std::memcpy(frames, then.frames, sizeof frames);
    }
    bool differs_from(const saved& then) const
    {
        return std::memcmp(frames, then.frames, sizeof frames) != 0 ||
               std::memcmp(&objects_, &then.objects, sizeof objects_) != 0;
    }

private:
    bool is_in_use(unsigned frame) const
    {
        return std::any_of(model_ + frame * slots, model_ + (frame + 1) * slots,
                           [](const slot& each) { return each.what != kind::none || each.is_aside; });
    }

    /// Where a new object may be: the lowest free slot of each frame that is in use and has one. In another frame only if there is
    /// none.
    std::vector<unsigned> candidates() const
    {
        std::vector<unsigned> in_use, others;
        for (unsigned frame = 0; frame < frame_count; ++frame) {
            unsigned i = frame * slots;
            while (i < (frame + 1) * slots && (model_[i].what != kind::none || model_[i].is_aside))
                ++i;
            if (i < (frame + 1) * slots)
                (is_in_use(frame) ? in_use : others).push_back(i);
        }
        return in_use.empty() ? others : in_use;
    }

    template <typename T>
    void create()
    {
        T* created = nullptr;
        const fault found = objects_.create(created);
        const std::vector<unsigned> allowed = candidates();
        if (found == fault::none) {
            const auto at = std::find_if(allowed.begin(), allowed.end(), [created](unsigned i) {
                return place(i) == reinterpret_cast<unsigned char*>(created);
            });
            ASSERT_NE(at, allowed.end()) << "that is no place for it";
            EXPECT_FALSE(model_[*at].is_damaged);
            model_[*at] = {T::kind, false, false};
        } else if (found == fault::written_after) {
            const auto at = std::find_if(allowed.begin(), allowed.end(), [](unsigned i) {
                return reinterpret_cast<const kstruct::slab*>(frames[i / slots])->is_aside(i % slots);
            });
            ASSERT_NE(at, allowed.end()) << "none was set aside";
            EXPECT_TRUE(model_[*at].is_damaged);
            model_[*at].is_aside = true;
        } else {
            EXPECT_EQ(found, fault::out_of_memory);
            EXPECT_TRUE(allowed.empty());
        }
    }

    template <typename T>
    void destroy(unsigned char* where)
    {
        fault expected = fault::no_object;
        for (unsigned i = 0; i < places; ++i) {
            if (place(i) != where || !is_in_use(i / slots))
                continue;
            slot& at = model_[i];
            expected = at.what == kind::none ? fault::destroyed_already
                       : at.what != T::kind  ? fault::other_kind
                       : at.is_damaged       ? fault::overflown
                                             : fault::none;
            if (expected == fault::none)
                at.what = kind::none;
            if (!is_in_use(i / slots))
                std::fill_n(model_ + i / slots * slots, slots, slot{});
        }
        EXPECT_EQ(objects_.destroy(reinterpret_cast<T*>(where)), expected);
    }

    /// Changes the first byte that must not be written to, or changes it back; if there is a slot.
    void scribble(unsigned char* where)
    {
        for (unsigned i = 0; i < places; ++i) {
            if (place(i) != where || !is_in_use(i / slots))
                continue;
            where[size_of(model_[i].what)] ^= 0x10;
            model_[i].is_damaged ^= true;
        }
    }

    static std::size_t size_of(kind what)
    {
        return what == kind::test_item ? sizeof(item) : what == kind::test_block ? sizeof(block) : 0;
    }

    void compare() const
    {
        unsigned count[static_cast<unsigned>(kind::count)]{};
        bool is_damaged = false;
        for (unsigned i = 0; i < places; ++i) {
            const auto [what, damaged, aside] = model_[i];
            ++count[static_cast<unsigned>(what)];
            is_damaged |= damaged;
            EXPECT_FALSE(aside && what != kind::none);
            if (what != kind::none) {
                EXPECT_EQ(place(i)[0], static_cast<unsigned char>(what)) << "in slot " << i;
                EXPECT_EQ(std::memcmp(place(i), place(i) + 1, size_of(what) - 1), 0) << "in slot " << i;
            }
        }
        EXPECT_EQ(objects_.objects(kind::test_item), count[static_cast<unsigned>(kind::test_item)]);
        EXPECT_EQ(objects_.objects(kind::test_block), count[static_cast<unsigned>(kind::test_block)]);
        unsigned in_use = 0;
        for (unsigned frame = 0; frame < frame_count; ++frame) {
            EXPECT_EQ(is_taken[frame], is_in_use(frame));
            in_use += is_in_use(frame);
        }
        EXPECT_EQ(objects_.slabs(), in_use);

        const void* where = nullptr;
        const fault found = objects_.check(where);
        EXPECT_EQ(found != fault::none, is_damaged);
        if (found == fault::none)
            return;
        unsigned i = 0;
        while (i < places && place(i) != where)
            ++i;
        ASSERT_LT(i, places);
        EXPECT_TRUE(model_[i].is_damaged);
        EXPECT_EQ(found, model_[i].what == kind::none ? fault::written_after : fault::overflown);
    }

    heap objects_{two_frames{}};
    slot model_[places]{};
};

// From a heap that has none, one that has filled a slab, and one that has filled both.
TEST(Objects, DoWhatTheModelDoesInEverySequence)
{
    std::uint64_t tried = 0;
    for (const unsigned at_first : {0u, slots, places}) {
        small_heap world;
        for (unsigned i = 0; i < at_first; ++i)
            world.run(world.calls.front());
        tried += try_every_sequence(world, 5);
    }
    RecordProperty("cases", std::to_string(tried));
    EXPECT_GT(tried, 100'000u);
}

}  // namespace
