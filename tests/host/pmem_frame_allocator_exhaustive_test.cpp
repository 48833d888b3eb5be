// Every sequence of a few calls of a frame allocator with ten frames, around the borders of zones and of the owner map's tables,
// beside the plain model.
#include "every_sequence.hpp"
#include "frame_model.hpp"
#include "pmem/frame_allocator.hpp"
#include "range.hpp"
#include "sparse_window.hpp"

#include <cstring>
#include <type_traits>
#include <vector>

namespace {

using memory::range;
using pmem::fault, pmem::owner, pmem::zone;

constexpr max_t frame = 4096, MiB = 1 << 20;
const std::vector<range> pieces{{MiB - 2 * frame, MiB + 4 * frame}, {16 * MiB - 2 * frame, 16 * MiB + 2 * frame}};
const std::vector<range> alien{{16 * MiB - frame, 16 * MiB + frame}};  // at first neither free nor in use

std::vector<max_t> all_frames()
{
    std::vector<max_t> all;
    for (const range& piece : pieces)
        for (max_t at = piece.start; at < piece.end; at += frame)
            all.push_back(at);
    return all;
}

struct call {
    enum { allocate, free, add, adopt } what;
    pmem::request wanted;
    range where;
    std::string name;
};

/// The frames at `start`, in words.
std::string named(max_t start, max_t count)
{
    return std::to_string(count) + " at frame " + std::to_string(start / frame);
}

std::vector<call> all_calls()
{
    std::vector<call> all;
    for (max_t count = 1; count <= 3; ++count) {
        for (const max_t alignment : {frame, 2 * frame}) {
            for (const zone where : {zone::any, zone::below_1_mib}) {
                const std::string name = "allocate " + std::to_string(count) + (alignment == frame ? "" : " aligned") +
                                         (where == zone::any ? "" : " below 1 MiB");
                const owner who = count == 2 ? owner::page_tables : owner::tests;
                all.push_back(
                    {call::allocate, {.frames = count, .who = who, .alignment = alignment, .where = where}, {}, name});
            }
        }
    }
    for (const owner who : {owner::tests, owner::page_tables}) {
        const std::string name = who == owner::tests ? "tests" : "page tables";
        for (const max_t at : all_frames())
            all.push_back(
                {call::free, {.frames = 1, .who = who}, {at, at + frame}, "free " + named(at, 1) + " of " + name});
    }
    const max_t border = 16 * MiB;
    for (const range where : {range{border - frame, border}, range{border, border + frame},
                              range{border - frame, border + frame}, range{MiB, MiB + frame}}) {
        const std::string name = named(where.start, (where.end - where.start) / frame);
        all.push_back({call::add, {}, where, "add " + name});
        all.push_back({call::adopt, {.frames = 1, .who = owner::tests}, where, "adopt " + name});
    }
    return all;
}

class ten_frames {
public:
    const std::vector<call> calls = all_calls();

    ten_frames()
    {
        for (unsigned zone = 0; zone < pmem::zone_count; ++zone)
            for (const range& each : model_.free_ranges(static_cast<int>(zone)))
                EXPECT_EQ(all_.frames.add(each), fault::none);
        compare();
    }

    void run(const call& wanted)
    {
        const auto& [what, request, where, name] = wanted;
        if (what == call::allocate) {
            allocate(request);
        } else if (what == call::free) {
            EXPECT_EQ(all_.frames.free(where.start, request.who), model_.free(where.start, request.who));
        } else {
            for (max_t at = where.start; at < where.end; at += frame)
                if (!model_.may_be_adopted(at))
                    return;
            if (what == call::add)
                EXPECT_EQ(all_.frames.add(where), model_.add(where));
            else
                EXPECT_EQ(all_.frames.adopt(where, request.who), model_.adopt(where, request.who));
        }
        compare();
    }

private:
    /// Frames that point to frames: all of it can be copied away and back, but only to the same place.
    struct everything {
        pmem::free_frames<const sparse_window&> unused;
        pmem::frame_allocator<const sparse_window&> frames;

        explicit everything(const sparse_window& window) : unused(window), frames(unused) {}
    };
    static_assert(std::is_trivially_copyable_v<everything>);

public:
    struct saved {
        frame_model model;
        std::vector<unsigned char> bytes;
    };

    saved save() const
    {
        saved now{model_, std::vector<unsigned char>(sizeof all_ + frames_.size() * frame)};
        std::memcpy(now.bytes.data(), &all_, sizeof all_);
        for (std::size_t i = 0; i < frames_.size(); ++i)
            std::memcpy(now.bytes.data() + sizeof all_ + i * frame, memory_.at(frames_[i]), frame);
        return now;
    }
    void restore(const saved& then)
    {
        model_ = then.model;
        std::memcpy(static_cast<void*>(&all_), then.bytes.data(), sizeof all_);
        for (std::size_t i = 0; i < frames_.size(); ++i)
            std::memcpy(memory_.at(frames_[i]), then.bytes.data() + sizeof all_ + i * frame, frame);
    }
    bool differs_from(const saved& then) const
    {
        bool is_same = std::memcmp(then.bytes.data(), &all_, sizeof all_) == 0;
        for (std::size_t i = 0; i < frames_.size() && is_same; ++i)
            is_same = std::memcmp(then.bytes.data() + sizeof all_ + i * frame, memory_.at(frames_[i]), frame) == 0;
        return !is_same;
    }

private:
    void allocate(const pmem::request& wanted)
    {
        const pmem::allocation right = model_.allocate(wanted), got = all_.frames.allocate(wanted);
        EXPECT_EQ(got.what, right.what);
        EXPECT_EQ(got.address, right.address);
        if (got.what != fault::none || testing::Test::HasFailure())
            return;
        for (max_t i = 0; i < wanted.frames; ++i) {
            auto* const bytes = static_cast<unsigned char*>(memory_.at(got.address + i * frame));
            EXPECT_TRUE(bytes[0] == 0 && std::memcmp(bytes, bytes + 1, frame - 1) == 0) << "something was left in it";
            bytes[0] = bytes[frame - 1] = 0xAA;
        }
    }

    void compare()
    {
        for (unsigned zone = 0; zone < pmem::zone_count; ++zone) {
            std::vector<range> found;
            collect(all_.frames.free_in(zone).root(), found);
            EXPECT_EQ(found, model_.free_ranges(static_cast<int>(zone)));
        }
        for (const owner who : {owner::tests, owner::page_tables})
            EXPECT_EQ(all_.frames.frames_of(who), model_.frames_of(who));
        EXPECT_EQ(all_.frames.table_frames(), model_.tables());
        for (const max_t at : frames_)
            EXPECT_EQ(static_cast<int>(all_.frames.owner_of(at)), model_.owner_of(at));
    }

    const std::vector<max_t> frames_ = all_frames();
    const sparse_memory memory_{17 * MiB};
    const sparse_window window_{&memory_};
    everything all_{window_};
    frame_model model_{pieces, alien};
};

// At first there are free and unknown frames; then one that is in use as well, or the unknown ones are in use.
TEST(Frames, DoWhatTheModelDoesInEverySequence)
{
    std::uint64_t tried = 0;
    for (const std::string& at_first :
         {std::string(), std::string("allocate 1"), "adopt " + named(alien[0].start, 2)}) {
        ten_frames world;
        for (const call& each : world.calls)
            if (each.name == at_first)
                world.run(each);
        tried += try_every_sequence(world, 4);
    }
    RecordProperty("cases", std::to_string(tried));
    EXPECT_GT(tried, 100'000u);
}

}  // namespace
