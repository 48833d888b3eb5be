// The frame allocator: cases made by hand, and a million random operations beside a plain model.
#include "frame_model.hpp"
#include "pmem/frame_allocator.hpp"
#include "range.hpp"
#include "sparse_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <utility>

namespace pmem {

// What GoogleTest prints.
void PrintTo(fault what, std::ostream* out)
{
    *out << describe(what);
}

}  // namespace pmem

namespace {

using memory::range;
using pmem::free_block;
using pmem::fault;
using pmem::owner;
using pmem::zone;

constexpr max_t frame = 4096, MiB = 1 << 20, GiB = 1 << 30, TiB = max_t{1} << 40;

// Frames of a memory of its own, in which `pieces` are free at first.
struct free_memory {
    pmem::free_frames<sparse_window> unused;
};
struct allocator : free_memory, pmem::frame_allocator<sparse_window> {
    allocator(const sparse_memory& memory, const std::vector<range>& pieces)
        : free_memory{pmem::free_frames<sparse_window>(sparse_window{&memory})}, frame_allocator(unused)
    {
        for (const range& piece : pieces)
            EXPECT_EQ(add(piece), fault::none);
    }
    allocator(const allocator&) = delete;
};

bool is_clear(const sparse_memory& memory, max_t address, max_t frames)
{
    const auto* bytes = static_cast<const char*>(memory.at(address));
    return bytes[0] == 0 && std::memcmp(bytes, bytes + 1, frames * frame - 1) == 0;
}

// Collects the blocks of a subtree in order, and checks what each says of those below it.
unsigned check_tree(const free_block* tree, std::vector<range>& found)
{
    if (tree == nullptr)
        return 0;
    const unsigned lower = check_tree(tree->child[0], found);
    found.push_back(tree->bytes);
    const unsigned higher = check_tree(tree->child[1], found);
    EXPECT_LE(std::max(lower, higher), std::min(lower, higher) + 1) << "the tree is not balanced";
    EXPECT_EQ(tree->height, 1 + std::max(lower, higher));
    for (unsigned order = 0; order < pmem::orders; ++order) {
        const max_t alignment = frame << order, start = (tree->bytes.start + alignment - 1) / alignment * alignment;
        max_t most = start < tree->bytes.end ? tree->bytes.end - start : 0;
        for (const free_block* child : tree->child)
            most = std::max(most, child == nullptr ? 0 : child->room[order]);
        EXPECT_EQ(tree->room[order], most) << "at order " << order;
    }
    return tree->height;
}

std::vector<range> blocks(const allocator& frames, unsigned of_zone)
{
    std::vector<range> found;
    check_tree(frames.free_in(of_zone).root(), found);
    return found;
}

TEST(Frames, AreTheLowestOfTheHighestZone)
{
    const sparse_memory memory(5 * GiB);
    allocator frames(memory, {{0x1000, 0x9f000}, {MiB, 16 * MiB}, {4 * GiB, 4 * GiB + MiB}});
    const auto ask = [&](zone where) {
        return frames.allocate({.frames = 1, .who = owner::tests, .where = where}).address;
    };
    EXPECT_EQ(ask(zone::any), 4 * GiB) << "tables come later";
    EXPECT_EQ(ask(zone::below_4_gib), MiB);
    EXPECT_EQ(ask(zone::below_1_mib), 0x1000u);
    EXPECT_EQ(ask(zone::below_1_mib), 0x2000u);
}

TEST(Frames, OfALowerZoneAreTheLastResort)
{
    const sparse_memory memory(16 * MiB);
    allocator frames(memory, {{0x1000, 0x3000}, {MiB, MiB + 4 * frame}});
    std::vector<max_t> got;
    for (int i = 0; i < 3; ++i)
        got.push_back(frames.allocate({.frames = 1, .who = owner::tests}).address);
    // Three frames are tables: the one at 1 MiB was handed out before they were needed.
    EXPECT_EQ(got, (std::vector<max_t>{MiB, 0x1000, 0x2000}));
    EXPECT_EQ(frames.allocate({.frames = 1, .who = owner::tests}).what, fault::out_of_memory);
}

TEST(Frames, AreClear)
{
    const sparse_memory memory(16 * MiB);
    std::memset(memory.at(MiB), 0xAA, MiB);
    allocator frames(memory, {{MiB, 2 * MiB}});
    const max_t got = frames.allocate({.frames = 7, .who = owner::tests}).address;
    EXPECT_TRUE(is_clear(memory, got, 7));
}

TEST(Frames, AreAligned)
{
    const sparse_memory memory(8 * GiB);
    for (max_t alignment = frame; alignment <= GiB; alignment *= 2) {
        allocator frames(memory, {{MiB, 3 * GiB}});
        const pmem::allocation got = frames.allocate({.frames = 3, .who = owner::tests, .alignment = alignment});
        ASSERT_EQ(got.what, fault::none);
        EXPECT_EQ(got.address, std::max(alignment, MiB));
    }
}

// The case that the longest block alone does not decide: plenty of long ones, none of them well placed but the last.
TEST(Frames, AreFoundAmongManyThatAreNotAligned)
{
    const sparse_memory memory(8 * GiB);
    allocator frames(memory, {});
    for (max_t i = 1; i < 1000; ++i)
        ASSERT_EQ(frames.add({i * 4 * MiB + frame, i * 4 * MiB + 2 * MiB}), fault::none);
    ASSERT_EQ(frames.add({4096 * MiB + 6 * MiB, 4096 * MiB + 8 * MiB}), fault::none);
    const pmem::request wanted{.frames = 512, .who = owner::tests, .alignment = 2 * MiB};
    EXPECT_EQ(frames.allocate(wanted).address, 4096 * MiB + 6 * MiB);
    EXPECT_EQ(frames.allocate(wanted).what, fault::out_of_memory);
}

TEST(Frames, BadRequestsChangeNothing)
{
    const sparse_memory memory(16 * MiB);
    std::memset(memory.at(0), 0xAA, MiB);
    allocator frames(memory, {{MiB, 2 * MiB}});
    const auto ask = [&](max_t count, max_t alignment, owner who) {
        return frames.allocate({.frames = count, .who = who, .alignment = alignment}).what;
    };
    EXPECT_EQ(ask(0, frame, owner::tests), fault::no_size);
    EXPECT_EQ(ask(~max_t{0}, frame, owner::tests), fault::no_size);
    EXPECT_EQ(ask(max_t{1} << 40, frame, owner::tests), fault::no_size);
    EXPECT_EQ(ask((max_t{1} << 40) - 1, frame, owner::tests), fault::out_of_memory);
    for (const max_t alignment : {max_t{0}, max_t{1}, max_t{2048}, frame + 1, 3 * frame, 2 * GiB, ~max_t{0}, max_t{1} << 63})
        EXPECT_EQ(ask(1, alignment, owner::tests), fault::alignment) << alignment;
    EXPECT_EQ(ask(1, frame, owner::nobody), fault::no_owner);
    EXPECT_EQ(ask(1, frame, owner::count), fault::no_owner);
    EXPECT_EQ(ask(257, frame, owner::tests), fault::out_of_memory);
    EXPECT_EQ(ask(256, frame, owner::tests), fault::out_of_memory) << "nothing is left to note the owner in";
    EXPECT_EQ(frames.unused.bytes(), MiB);
    EXPECT_EQ(blocks(frames, 1), (std::vector<range>{{MiB, 2 * MiB}}));
    EXPECT_EQ(std::memcmp(memory.at(0), memory.at(1), MiB - 1), 0) << "something was written where nothing is free";
    EXPECT_EQ(ask(253, frame, owner::tests), fault::none) << "three are tables";
    EXPECT_EQ(frames.unused.bytes(), 0u);
}

TEST(Frames, AreTakenBackOnlyFromTheirOwner)
{
    const sparse_memory memory(16 * MiB);
    allocator frames(memory, {{MiB, 2 * MiB}});
    const max_t run = frames.allocate({.frames = 3, .who = owner::tests}).address;
    ASSERT_EQ(frames.allocate({.frames = 1, .who = owner::tests}).what, fault::none);
    EXPECT_EQ(frames.free(run, owner::page_tables), fault::of_another_owner);
    EXPECT_EQ(frames.free(run + frame, owner::tests), fault::inside_a_run);
    EXPECT_EQ(frames.free(run + 1, owner::tests), fault::not_frames);
    EXPECT_EQ(frames.free(0, owner::tests), fault::not_frames);
    EXPECT_EQ(frames.free(~max_t{0} - 4095, owner::tests), fault::not_frames);
    EXPECT_EQ(frames.free(8 * MiB, owner::tests), fault::never_handed_out);
    EXPECT_EQ(frames.free(run + 3 * frame, owner::tests), fault::never_handed_out) << "a table of the owner map";
    EXPECT_EQ(frames.frames_of(owner::tests), 4u);
    EXPECT_EQ(frames.free(run, owner::tests), fault::none);
    EXPECT_EQ(frames.free(run, owner::tests), fault::free_already);
    EXPECT_EQ(frames.frames_of(owner::tests), 1u) << "neighbours of one owner are not one run";
}

TEST(Frames, ThatCameBackAreOneBlockAgain)
{
    const sparse_memory memory(5 * GiB);
    allocator frames(memory, {{4 * GiB - MiB, 4 * GiB + MiB}});
    std::vector<max_t> got;
    for (pmem::allocation next; (next = frames.allocate({.frames = 1, .who = owner::tests})).what == fault::none;)
        got.push_back(next.address);
    EXPECT_EQ(got.size(), 512u - frames.table_frames());
    EXPECT_EQ(frames.unused.bytes(), 0u);
    std::shuffle(got.begin(), got.end(), std::mt19937(25));
    for (const max_t each : got)
        ASSERT_EQ(frames.free(each, owner::tests), fault::none);
    EXPECT_EQ(frames.table_frames(), 0u);
    EXPECT_EQ(blocks(frames, 1), (std::vector<range>{{4 * GiB - MiB, 4 * GiB}})) << "zones are not joined";
    EXPECT_EQ(blocks(frames, 2), (std::vector<range>{{4 * GiB, 4 * GiB + MiB}}));
}

TEST(Frames, ThatAreFreeOrInUseCannotBeAdded)
{
    const sparse_memory memory(16 * MiB);
    allocator frames(memory, {{MiB, 2 * MiB}});
    EXPECT_EQ(frames.add({MiB + frame, MiB + 2 * frame}), fault::occupied);
    EXPECT_EQ(frames.add({2 * MiB - frame, 3 * MiB}), fault::occupied);
    EXPECT_EQ(frames.add({frame, 3 * MiB}), fault::occupied);
    const max_t got = frames.allocate({.frames = 2, .who = owner::tests}).address;
    EXPECT_EQ(frames.add({got, got + frame}), fault::occupied);
    EXPECT_EQ(frames.add({got + frame, got + 2 * frame}), fault::occupied);
    for (const range wrong : {range{0, frame}, range{3 * MiB, 3 * MiB}, range{4 * MiB, 3 * MiB}, range{3 * MiB + 1, 4 * MiB},
                              range{3 * MiB, 4 * MiB + 1}, range{3 * MiB, (max_t{1} << 52) + frame}})
        EXPECT_EQ(frames.add(wrong), fault::not_frames) << wrong.start;
    EXPECT_EQ(frames.add({2 * MiB, 3 * MiB}), fault::none) << "a neighbour";
}

TEST(Frames, CanBeAdopted)
{
    const sparse_memory memory(16 * MiB);
    allocator frames(memory, {{MiB, 2 * MiB}});
    EXPECT_EQ(frames.adopt({2 * MiB - frame, 3 * MiB}, owner::page_tables), fault::occupied);
    EXPECT_EQ(frames.adopt({2 * MiB, 2 * MiB + 1}, owner::page_tables), fault::not_frames);
    EXPECT_EQ(frames.adopt({2 * MiB, 3 * MiB}, owner::nobody), fault::no_owner);
    EXPECT_EQ(frames.adopt({2 * MiB, 2 * MiB + 3 * frame}, owner::page_tables), fault::none);
    EXPECT_EQ(frames.adopt({2 * MiB + 2 * frame, 3 * MiB}, owner::tests), fault::occupied);
    EXPECT_EQ(frames.frames_of(owner::page_tables), 3u);
    EXPECT_EQ(frames.owner_of(2 * MiB + 2 * frame + 5), owner::page_tables);
    EXPECT_EQ(frames.owner_of(3 * MiB), owner::nobody);
    EXPECT_EQ(frames.owner_of(~max_t{0}), owner::nobody);
    EXPECT_EQ(frames.free(2 * MiB + frame, owner::page_tables), fault::none) << "each alone";
    EXPECT_EQ(frames.free(2 * MiB, owner::page_tables), fault::none);
    EXPECT_EQ(frames.free(2 * MiB + 2 * frame, owner::page_tables), fault::none);
    EXPECT_EQ(blocks(frames, 1), (std::vector<range>{{MiB, 2 * MiB + 3 * frame}}));
}

TEST(Frames, TakeAsLongToSetUpForTerabytes)
{
    max_t touched[2];
    int i = 0;
    for (const max_t size : {64 * MiB, 8 * TiB}) {
        const sparse_memory memory(size);
        const sparse_window window{&memory};
        pmem::free_frames<const sparse_window&> frames(window);
        frames.give({5 * MiB, size});
        touched[i++] = window.calls - (size > 4 * GiB);  // a zone more
    }
    EXPECT_EQ(touched[0], touched[1]);
}

TEST(Frames, OfTerabytesAreAllThere)
{
    const sparse_memory memory(8 * TiB);
    allocator frames(memory, {{MiB, 3 * GiB}, {4 * GiB, 8 * TiB}});
    EXPECT_EQ(frames.unused.bytes(), 8 * TiB - GiB - MiB);
    const pmem::allocation first = frames.allocate({.frames = 2, .who = owner::tests, .alignment = GiB});
    EXPECT_EQ(first.address, 4 * GiB);
    EXPECT_EQ(frames.table_frames(), 3u);
    EXPECT_EQ(frames.adopt({3 * GiB, 3 * GiB + frame}, owner::tests), fault::none);
    EXPECT_EQ(frames.free(first.address, owner::tests), fault::none);
    EXPECT_EQ(frames.free(3 * GiB, owner::tests), fault::none);
    EXPECT_EQ(frames.table_frames(), 0u);
}

// The first and the last 2 MiB of all physical addresses.
struct both_ends {
    const sparse_memory *low, *high;

    void* at(max_t physical) const
    {
        return physical < 2 * MiB ? low->at(physical) : high->at(physical - (pmem::physical_end - 2 * MiB));
    }
};

TEST(Frames, ReachTheEndOfAllAddresses)
{
    constexpr max_t end = pmem::physical_end;
    const sparse_memory low(2 * MiB), high(2 * MiB);
    pmem::free_frames<both_ends> unused(both_ends{&low, &high});
    pmem::frame_allocator<both_ends> frames(unused);
    EXPECT_EQ(frames.add({MiB, 2 * MiB}), fault::none);
    EXPECT_EQ(frames.adopt({end - 2 * frame, end}, owner::tests), fault::none);
    EXPECT_EQ(frames.free(end, owner::tests), fault::not_frames);
    EXPECT_EQ(frames.free(end - frame, owner::tests), fault::none);
    EXPECT_EQ(frames.owner_of(end - frame), owner::nobody);
    EXPECT_EQ(frames.owner_of(end - 2 * frame), owner::tests);
    EXPECT_EQ(frames.free(end - 2 * frame, owner::tests), fault::none);
    EXPECT_TRUE(unused.meets({end - 2 * frame, end}));
    EXPECT_EQ(frames.table_frames(), 0u);
}

// A byte for each frame in use, and the tables above: 1/4096, 1/512 of that, 1/512 of that.
TEST(Frames, NeedAFewTables)
{
    const sparse_memory memory(2 * GiB);
    allocator frames(memory, {{MiB, GiB + MiB}});
    max_t count = 0;
    while (frames.allocate({.frames = 1, .who = owner::tests}).what == fault::none)
        ++count;
    EXPECT_EQ(count + frames.table_frames(), GiB / frame);
    EXPECT_EQ(frames.table_frames(), GiB / frame / 4096 + 1 + 2) << "one table more since 1 MiB is no multiple of 16 MiB";
}

TEST(Frames, AreRefusedOnceOnRequest)
{
    const sparse_memory memory(16 * MiB);
    allocator frames(memory, {{MiB, 2 * MiB}});
    const pmem::request one{.frames = 1, .who = owner::tests};
    for (max_t later = 1; later <= 4; ++later) {  // the frame itself, or one of the owner map's three tables
        injection::refused = injection::asked + later;
        const pmem::allocation got = frames.allocate(one);
        EXPECT_EQ(got.what, fault::out_of_memory) << later;
        EXPECT_EQ(got.address, 0u);
        EXPECT_EQ(frames.unused.bytes(), MiB);
        EXPECT_EQ(frames.table_frames(), 0u);
        EXPECT_EQ(frames.frames_of(owner::tests), 0u);
    }
    injection::refused = 0;
    EXPECT_EQ(frames.allocate(one).what, fault::none);
}

TEST(Frames, ThatAreRefusedHaveNoAddress)
{
    const sparse_memory memory(16 * MiB);
    allocator frames(memory, {{MiB, 2 * MiB}});
    for (const pmem::request& wrong : {pmem::request{.frames = 0, .who = owner::tests},
                                       pmem::request{.frames = 1, .who = owner::nobody},
                                       pmem::request{.frames = 1, .who = owner::tests, .alignment = 1},
                                       pmem::request{.frames = 300, .who = owner::tests},
                                       pmem::request{.frames = 256, .who = owner::tests}}) {
        const pmem::allocation got = frames.allocate(wrong);
        EXPECT_NE(got.what, fault::none);
        EXPECT_EQ(got.address, 0u) << describe(got.what);
    }
}

// The run's first half has its table, and there is no frame for the other's.
TEST(Frames, ThatCannotAllBeNotedAreNotNotedAtAll)
{
    const sparse_memory memory(32 * MiB);
    const std::vector<range> free{{MiB, MiB + 3 * frame}, {16 * MiB - 2 * frame, 16 * MiB + 2 * frame}};
    allocator frames(memory, free);
    EXPECT_EQ(frames.allocate({.frames = 4, .who = owner::tests}).what, fault::out_of_memory);
    for (max_t at = free[1].start; at < free[1].end; at += frame)
        EXPECT_EQ(frames.owner_of(at), owner::nobody);
    EXPECT_EQ(frames.table_frames(), 0u);
    EXPECT_EQ(blocks(frames, 1), free);
}

TEST(Frames, AreNotAdoptedWithoutRoomToNoteIt)
{
    const sparse_memory memory(16 * MiB);
    allocator frames(memory, {{MiB, MiB + 2 * frame}});
    EXPECT_EQ(frames.adopt({2 * MiB, 2 * MiB + frame}, owner::tests), fault::out_of_memory);
    EXPECT_EQ(frames.owner_of(2 * MiB), owner::nobody);
    EXPECT_EQ(frames.unused.bytes(), 2 * frame);
}

// The last 16 frames that there can be, and memory for them.
struct last_frames {
    unsigned char* bytes;

    void* at(max_t physical) const
    {
        constexpr max_t end = max_t{1} << 52;
        return physical < end && physical >= end - 16 * frame ? bytes + (16 * frame - (end - physical)) : nullptr;
    }
};

TEST(Frames, EndWhereAddressesEnd)
{
    constexpr max_t end = max_t{1} << 52;
    std::vector<unsigned char> bytes(17 * frame);
    pmem::free_frames<last_frames> unused(last_frames{bytes.data() + (-reinterpret_cast<max_t>(bytes.data()) % frame)});
    pmem::frame_allocator<last_frames> frames(unused);
    ASSERT_EQ(frames.add({end - 16 * frame, end}), fault::none);
    const pmem::allocation one = frames.allocate({.frames = 1, .who = owner::tests});
    const pmem::allocation others = frames.allocate({.frames = 12, .who = owner::tests});
    EXPECT_EQ(one.address, end - 16 * frame);
    EXPECT_EQ(others.address, end - 12 * frame) << "behind three tables";
    EXPECT_EQ(frames.owner_of(end - 1), owner::tests);
    EXPECT_EQ(frames.owner_of(end), owner::nobody);
    EXPECT_EQ(frames.free(end, owner::tests), fault::not_frames);
    EXPECT_EQ(frames.free(end - frame, owner::tests), fault::inside_a_run);
    EXPECT_EQ(frames.free(others.address, owner::tests), fault::none);
    EXPECT_EQ(frames.free(end - frame, owner::tests), fault::free_already);
    EXPECT_EQ(frames.free(one.address, owner::tests), fault::none);
    EXPECT_EQ(unused.bytes(), 16 * frame);
}

// With a table of tags there every frame is looked at.
TEST(Frames, InUseAreFoundOneByOne)
{
    for (max_t used = 8 * MiB; used < 8 * MiB + 8 * frame; used += frame) {
        const sparse_memory memory(16 * MiB);
        allocator frames(memory, {{MiB, 2 * MiB}});
        ASSERT_EQ(frames.adopt({used, used + frame}, owner::page_tables), fault::none);
        EXPECT_EQ(frames.adopt({8 * MiB, 8 * MiB + 8 * frame}, owner::tests), fault::occupied) << used;
        EXPECT_EQ(frames.adopt({8 * MiB - frame, 8 * MiB + 8 * frame}, owner::tests), fault::occupied) << used;
    }
}

TEST(Zones, AreAllMemoryInTurn)
{
    EXPECT_EQ(std::size(pmem::zone_starts), std::size_t{pmem::zone_count} + 1);
    EXPECT_TRUE(std::is_sorted(std::begin(pmem::zone_starts), std::end(pmem::zone_starts)));
    EXPECT_EQ(pmem::zone_starts[pmem::zone_count], pmem::physical_end);
}

// What has no owner is skipped by whole tables, and what has one is not, however far it is.
TEST(Frames, InUseAreFoundBehindAnyGap)
{
    for (const auto& [used, size] : {std::pair{9 * GiB, 11 * GiB}, {5 * TiB, 6 * TiB}, {GiB + 16 * MiB, 2 * GiB}}) {
        const sparse_memory memory(size);
        allocator frames(memory, {{MiB, MiB + 16 * frame}});
        ASSERT_EQ(frames.adopt({used, used + frame}, owner::tests), fault::none);
        EXPECT_EQ(frames.add({GiB, size}), fault::occupied) << used;
        EXPECT_EQ(frames.add({GiB, used + frame}), fault::occupied) << used;
        EXPECT_EQ(frames.add({GiB, used}), fault::none) << used;
        EXPECT_EQ(frames.add({used + frame, size}), fault::none) << used;
    }
}

TEST(Frames, UpToAZonesEdgeAreNotOfTheNext)
{
    const sparse_memory memory(16 * MiB);
    allocator frames(memory, {{MiB - 2 * frame, MiB}});
    EXPECT_EQ(frames.free_in(1).root(), nullptr);
    EXPECT_EQ(blocks(frames, 0), (std::vector<range>{{MiB - 2 * frame, MiB}}));
    ASSERT_EQ(frames.add({MiB, MiB + frame}), fault::none);
    EXPECT_EQ(blocks(frames, 0), (std::vector<range>{{MiB - 2 * frame, MiB}}));
    EXPECT_EQ(blocks(frames, 1), (std::vector<range>{{MiB, MiB + frame}}));
}

TEST(FreeTree, KnowsEveryByteThatIsFree)
{
    const sparse_memory memory(2 * MiB);
    pmem::free_tree tree;
    tree.add({MiB, MiB + 2 * frame}, memory.at(MiB));
    EXPECT_FALSE(tree.meets({MiB - frame, MiB}));
    EXPECT_TRUE(tree.meets({MiB - frame, MiB + 1}));
    EXPECT_TRUE(tree.meets({MiB + 2 * frame - 1, 2 * MiB}));
    EXPECT_FALSE(tree.meets({MiB + 2 * frame, 2 * MiB}));
}

TEST(Frames, FaultsHaveSentences)
{
    std::set<std::string> sentences;
    for (int each = 0; each <= static_cast<int>(fault::of_another_owner); ++each)
        sentences.insert(pmem::describe(static_cast<fault>(each)));
    EXPECT_EQ(sentences.size(), 11u);
    EXPECT_EQ(sentences.count("the frame allocator has a fault without a name"), 0u);
    EXPECT_EQ(std::string(pmem::describe(static_cast<fault>(-1))), "the frame allocator has a fault without a name");
}

// Pieces around every edge there is: of zones, of the owner map's tables, of large pages.
const std::vector<range> pieces{{0x1000, 0x20000},
                                {0x80000, 0x9f000},
                                {MiB, MiB + 90 * frame},
                                {16 * MiB - 40 * frame, 16 * MiB + 60 * frame},
                                {4 * GiB - 70 * frame, 4 * GiB + 50 * frame},
                                {8 * GiB - 2 * MiB, 8 * GiB + 20 * frame},
                                {10 * GiB, 10 * GiB + 3 * frame}};
const std::vector<range> used{{MiB + 10 * frame, MiB + 30 * frame}, {8 * GiB - 3 * frame, 8 * GiB + 2 * frame}};

class beside_the_model {
public:
    beside_the_model() : memory_(11 * GiB), model(pieces, used), frames(memory_, {})
    {
        for (int zone = 0; zone < 3; ++zone)
            for (const range& each : model.free_ranges(zone))
                EXPECT_EQ(frames.add(each), fault::none);
    }

    void allocate(const pmem::request& wanted)
    {
        const pmem::allocation expected = model.allocate(wanted), got = frames.allocate(wanted);
        ASSERT_EQ(got.what, expected.what);
        ASSERT_EQ(got.address, expected.address);
        if (got.what != fault::none)
            return;
        ASSERT_TRUE(is_clear(memory_, got.address, wanted.frames));
        std::memset(memory_.at(got.address), 0xAA, wanted.frames * frame);
        runs.push_back({got.address, wanted.frames, wanted.who});
    }

    // The content must have been left alone in the meantime.
    void free(std::size_t i)
    {
        const auto [address, count, who] = runs[i];
        const auto* bytes = static_cast<const unsigned char*>(memory_.at(address));
        ASSERT_EQ(bytes[0], 0xAA);
        ASSERT_EQ(std::memcmp(bytes, bytes + 1, count * frame - 1), 0);
        ASSERT_EQ(model.free(address, who), fault::none);
        ASSERT_EQ(frames.free(address, who), fault::none);
        runs[i] = runs.back();
        runs.pop_back();
    }

    void free_wrongly(max_t address, owner who)
    {
        if (model.owner_of(address) == static_cast<int>(who))
            return;  // that might be right
        ASSERT_EQ(frames.free(address, who), model.free(address, who));
    }

    void compare()
    {
        for (unsigned zone = 0; zone < 3; ++zone)
            ASSERT_EQ(blocks(frames, zone), model.free_ranges(zone)) << "in zone " << zone;
        for (int who = 1; who < static_cast<int>(owner::count); ++who)
            ASSERT_EQ(frames.frames_of(static_cast<owner>(who)), model.frames_of(static_cast<owner>(who)));
        ASSERT_EQ(frames.table_frames(), model.tables());
        for (const range& piece : pieces)
            for (max_t at = piece.start; at < piece.end; at += frame)
                ASSERT_EQ(static_cast<int>(frames.owner_of(at)), model.owner_of(at));
    }

    struct run {
        max_t address, count;
        owner who;
    };
    std::vector<run> runs;

private:
    sparse_memory memory_;

public:
    frame_model model;
    allocator frames;
};

TEST(Frames, DoWhatTheModelDoes)
{
    std::mt19937_64 random(2026);
    beside_the_model both;
    ASSERT_EQ(both.frames.adopt(used[0], owner::page_tables), both.model.adopt(used[0], owner::page_tables));
    max_t granted = 0, refused = 0;
    for (int i = 0; i < 1'100'000; ++i) {
        const int growing = i / 20'000 % 2;  // fills up, and empties again
        const max_t what = random() % 100;
        if (what < (growing != 0 ? 55u : 35u)) {
            const max_t order = random() % 8 == 0 ? random() % 19 : 0;
            const max_t count = random() % 4 != 0 ? 1 : random() % 16 != 0 ? 1 + random() % 12 : 1 + random() % 600;
            const max_t before = both.runs.size();
            both.allocate({.frames = count,
                           .who = static_cast<owner>(1 + random() % (static_cast<int>(owner::count) - 1)),
                           .alignment = frame << order,
                           .where = random() % 4 != 0 ? zone::any : static_cast<zone>(random() % 3)});
            (both.runs.size() > before ? granted : refused) += 1;
        } else if (what < 95) {
            if (!both.runs.empty())
                both.free(random() % both.runs.size());
        } else {
            const range& piece = pieces[random() % pieces.size()];
            both.free_wrongly(piece.start + random() % (piece.end - piece.start + 2 * frame) / frame * frame,
                              static_cast<owner>(1 + random() % 2));
        }
        if (i % 4096 == 0)
            both.compare();
        if (testing::Test::HasFatalFailure())
            FAIL() << "at step " << i;
    }
    EXPECT_GT(granted, 250'000u);
    EXPECT_GT(refused, 10'000u);
    while (!both.runs.empty())
        both.free(both.runs.size() - 1);
    both.compare();
}

}  // namespace
