// What may be touched in a build with shadow memory: of frames, those that are handed out; of slabs, the objects. The test's array
// stands in for the shadow.
#define SHADOW_MEMORY
#define shadow watched  // the other tests have the one without
#include "kstruct/heap.hpp"
#include "pmem/frame_allocator.hpp"
#undef shadow

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <vector>

namespace {

constexpr std::size_t frame = 4096, frames = 40;
constexpr max_t MiB = 1 << 20;
using watched::why;

alignas(frame) unsigned char bytes[frames * frame];
std::array<unsigned char, sizeof bytes> hidden_by;  // a reason, or 0 where the byte may be touched

void mark(const void* start, std::size_t size, unsigned char as)
{
    const auto offset = static_cast<std::size_t>(static_cast<const unsigned char*>(start) - bytes);
    ASSERT_LE(offset, sizeof bytes);
    ASSERT_LE(size, sizeof bytes - offset);
    ASSERT_EQ((offset + size) % 8, 0u);
    std::memset(hidden_by.data() + offset, as, size);
}

// The first of `size` bytes that is not marked so; `size` if there is none.
std::size_t first_other(const void* start, std::size_t size, unsigned char as)
{
    const unsigned char* const marks = hidden_by.data() + (static_cast<const unsigned char*>(start) - bytes);
    std::size_t i = 0;
    while (i < size && marks[i] == as)
        ++i;
    return i;
}

}  // namespace

void watched::hide(const void* start, std::size_t size, why reason)
{
    mark(start, size, static_cast<unsigned char>(reason));
}

void watched::show(const void* start, std::size_t size)
{
    ASSERT_EQ(reinterpret_cast<std::uintptr_t>(start) % 8, 0u);
    mark(start, size, 0);
}

namespace {

// The array is physical memory from 1 MiB.
struct window {
    void* at(max_t physical) const
    {
        return physical >= MiB && physical - MiB < sizeof bytes ? bytes + (physical - MiB) : nullptr;
    }
};

class FreeFrames : public testing::Test {
protected:
    FreeFrames() : free(window{}), allocator(free) { hidden_by.fill(0); }

    // Of all frames, those that are free are hidden.
    void check()
    {
        for (std::size_t i = 0; i < frames; ++i) {
            const max_t at = MiB + i * frame;
            const auto wanted = free.meets({at, at + frame}) ? static_cast<unsigned char>(why::free_frame) : 0;
            EXPECT_EQ(first_other(bytes + i * frame, frame, wanted), frame) << "frame " << i;
        }
    }

    pmem::free_frames<window> free;
    pmem::frame_allocator<window> allocator;
};

TEST_F(FreeFrames, AreHiddenWhileTheyAreFree)
{
    using pmem::fault, pmem::owner;
    ASSERT_EQ(allocator.add({MiB + 4 * frame, MiB + 30 * frame}), fault::none);
    check();
    std::vector<max_t> got;
    for (const max_t count : {1, 5, 2}) {
        const pmem::allocation each = allocator.allocate({.frames = count, .who = owner::tests});
        ASSERT_EQ(each.what, fault::none);
        got.push_back(each.address);
        check();
    }
    for (const max_t each : {got[1], got[0], got[2]}) {
        ASSERT_EQ(allocator.free(each, owner::tests), fault::none);
        check();
    }
    EXPECT_EQ(free.bytes(), 26 * frame);
}

// Frames from the array, one after the other.
struct frames_in_turn {
    std::size_t taken = 1;
    void* take() { return bytes + frame * taken++; }
    void give(void*) {}
    bool owns(const void* address) const { return address >= bytes + frame && address < bytes + frame * taken; }
};

template <std::size_t size>
struct object {
    static constexpr kstruct::kind kind = kstruct::kind::test_item;
    std::array<unsigned char, size> content;
};

// In the first slab of objects of this size: which slots have one. All but their bytes is hidden, but what the slab begins with.
template <std::size_t size>
void check_slab(std::size_t slot, const std::vector<bool>& has_object)
{
    const unsigned char* const slab = bytes + frame;
    const std::size_t slots = has_object.size(), first = frame - slots * slot;
    EXPECT_EQ(first_other(slab, first, 0), first);
    for (std::size_t i = 0; i < slots; ++i) {
        const unsigned char* const start = slab + first + i * slot;
        const std::size_t shown = has_object[i] ? size : 0;
        const auto rest = static_cast<unsigned char>(has_object[i] ? why::red_zone : why::no_object);
        EXPECT_EQ(first_other(start, shown, 0), shown) << "slot " << i;
        EXPECT_EQ(first_other(start + shown, slot - shown, rest), slot - shown) << "slot " << i;
    }
    EXPECT_EQ(first_other(bytes, frame, 0), frame);
    EXPECT_EQ(first_other(slab + frame, frame, 0), frame);
}

template <std::size_t size>
void fill_and_empty(std::size_t slot, std::size_t slots)
{
    SCOPED_TRACE(size);
    hidden_by.fill(0);
    kstruct::heap<frames_in_turn> heap(frames_in_turn{});
    std::vector<bool> has_object(slots, false);
    std::vector<object<size>*> made;
    for (std::size_t i = 0; i < slots; ++i) {
        made.emplace_back();
        ASSERT_EQ(heap.create(made.back()), kstruct::fault::none);
        has_object[i] = true;
        check_slab<size>(slot, has_object);
    }
    for (std::size_t i = 0; i < slots; ++i) {
        ASSERT_EQ(heap.destroy(made[i]), kstruct::fault::none);
        has_object[i] = false;
        check_slab<size>(slot, has_object);
    }
}

TEST(Slabs, ShowTheirObjectsAlone)
{
    fill_and_empty<20>(32, 122);
    fill_and_empty<200>(256, 15);
    fill_and_empty<1016>(1024, 3);
}

}  // namespace
