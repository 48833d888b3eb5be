// Kernel objects: each way of misusing one, and a million random operations beside a plain model.
#include "kstruct/heap.hpp"
#include "slab_frames.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace kstruct {

// What GoogleTest prints.
void PrintTo(fault what, std::ostream* out)
{
    *out << describe(what);
}

}  // namespace kstruct

namespace {

using kstruct::fault;
using kstruct::kind;
using heap = kstruct::heap<slab_frames_of>;

int alive;

// An object of a size; its bytes say which one it is.
template <std::size_t size, kind of>
struct object {
    static constexpr kstruct::kind kind = of;
    std::array<unsigned char, size> bytes;

    explicit object(unsigned char mark)
    {
        bytes.fill(mark);
        ++alive;
    }
    ~object()
    {
        bytes.fill(0xEE);
        --alive;
    }
};
using item = object<20, kind::test_item>;
using block = object<20, kind::test_block>;

TEST(Objects, GetTheSmallestClassThatLeavesARedZone)
{
    using kstruct::class_for;
    EXPECT_EQ(kstruct::class_count, 6u);
    EXPECT_EQ(class_for(1), 0u);
    EXPECT_EQ(class_for(24), 0u);
    EXPECT_EQ(class_for(25), 1u);
    EXPECT_EQ(class_for(56), 1u);
    EXPECT_EQ(class_for(57), 2u);
    EXPECT_EQ(class_for(1016), 5u);
    EXPECT_EQ(class_for(1017), kstruct::class_count);
    EXPECT_EQ(class_for(~std::size_t{0}), kstruct::class_count);
}

TEST(Objects, AreConstructedAndDestroyed)
{
    slab_frames frames;
    heap objects(slab_frames_of{&frames});
    alive = 0;
    item* made = nullptr;
    ASSERT_EQ(objects.create(made, static_cast<unsigned char>(7)), fault::none);
    EXPECT_EQ(alive, 1);
    EXPECT_EQ(made->bytes[19], 7);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(made) % 32, 0u);
    EXPECT_EQ(objects.objects(kind::test_item), 1u);
    EXPECT_EQ(objects.slabs(), 1u);
    ASSERT_EQ(objects.destroy(made), fault::none);
    EXPECT_EQ(alive, 0);
    EXPECT_EQ(objects.objects(kind::test_item), 0u);
    EXPECT_EQ(objects.slabs(), 0u);
    EXPECT_TRUE(frames.taken.empty()) << "the slab was not given back";
}

template <typename T>
void fill_one_slab(unsigned expected)
{
    slab_frames frames;
    frames.most = 1;
    heap objects(slab_frames_of{&frames});
    std::vector<T*> made;
    T* next = nullptr;
    while (objects.create(next, static_cast<unsigned char>(made.size())) == fault::none)
        made.push_back(next);
    EXPECT_EQ(made.size(), expected);
    EXPECT_EQ(objects.create(next, static_cast<unsigned char>(0)), fault::out_of_memory);
    for (std::size_t i = 0; i < made.size(); ++i) {
        EXPECT_EQ(made[i]->bytes.front(), i % 256);
        EXPECT_EQ(made[i]->bytes.back(), i % 256);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(made[i]) % 32, 0u);
    }
    const void* where = nullptr;
    EXPECT_EQ(objects.check(where), fault::none);
    for (T* each : made)
        ASSERT_EQ(objects.destroy(each), fault::none);
    EXPECT_TRUE(frames.taken.empty());
}

TEST(Objects, FillASlab)
{
    fill_one_slab<object<1, kind::test_item>>(122);
    fill_one_slab<object<24, kind::test_item>>(122);
    fill_one_slab<object<25, kind::test_item>>(61);
    fill_one_slab<object<120, kind::test_item>>(30);
    fill_one_slab<object<248, kind::test_item>>(15);
    fill_one_slab<object<504, kind::test_item>>(7);
    fill_one_slab<object<1016, kind::test_item>>(3);
}

class AnObject : public testing::Test {
protected:
    AnObject() : objects(slab_frames_of{&frames})
    {
        EXPECT_EQ(objects.create(other, static_cast<unsigned char>(1)), fault::none);
        EXPECT_EQ(objects.create(made, static_cast<unsigned char>(2)), fault::none);
    }

    unsigned char* bytes() { return reinterpret_cast<unsigned char*>(made); }
    fault check()
    {
        where = nullptr;
        return objects.check(where);
    }

    slab_frames frames;
    heap objects;
    item* other = nullptr;  // keeps the slab
    item* made = nullptr;
    const void* where = nullptr;
};

TEST_F(AnObject, IsNotDestroyedTwice)
{
    ASSERT_EQ(objects.destroy(made), fault::none);
    EXPECT_EQ(objects.destroy(made), fault::destroyed_already);
    EXPECT_EQ(objects.objects(kind::test_item), 1u);
    ASSERT_EQ(objects.destroy(other), fault::none);
    EXPECT_EQ(objects.destroy(other), fault::no_object) << "its slab is gone";
}

TEST_F(AnObject, IsOfItsKind)
{
    EXPECT_EQ(objects.destroy(reinterpret_cast<block*>(made)), fault::other_kind);
    EXPECT_EQ(made->bytes[0], 2) << "it was destroyed all the same";
    EXPECT_EQ(objects.destroy(made), fault::none);
}

TEST_F(AnObject, IsAtItsBeginning)
{
    for (int offset = 1; offset < 32; ++offset)
        EXPECT_EQ(objects.destroy(reinterpret_cast<item*>(bytes() + offset)), fault::no_object);
    auto* slab = reinterpret_cast<unsigned char*>(reinterpret_cast<std::uintptr_t>(made) & ~std::uintptr_t{4095});
    for (int offset = 0; offset < 4096; ++offset)
        if (slab + offset != bytes() && slab + offset != reinterpret_cast<unsigned char*>(other)) {
            ASSERT_NE(objects.destroy(reinterpret_cast<item*>(slab + offset)), fault::none) << offset;
        }
    EXPECT_EQ(objects.destroy(reinterpret_cast<item*>(slab + 4096)), fault::no_object);
    EXPECT_EQ(objects.destroy<item>(nullptr), fault::no_object);
    EXPECT_EQ(check(), fault::none);
    EXPECT_EQ(objects.objects(kind::test_item), 2u);
}

TEST_F(AnObject, ThatOverflowsIsCaughtAtAnyByte)
{
    for (int offset = 20; offset < 32; ++offset) {
        EXPECT_EQ(bytes()[offset], 0xBD) << "no red zone";
        bytes()[offset] ^= 1;
        EXPECT_EQ(objects.destroy(made), fault::overflown) << offset;
        EXPECT_EQ(check(), fault::overflown);
        EXPECT_EQ(where, made);
        bytes()[offset] ^= 1;
    }
    EXPECT_EQ(check(), fault::none);
    EXPECT_EQ(objects.destroy(made), fault::none) << "a refusal leaves it alone";
}

TEST_F(AnObject, ThatIsWrittenAfterItsEndIsCaughtAtAnyByte)
{
    for (int offset = 0; offset < 32; ++offset) {
        ASSERT_EQ(objects.destroy(made), fault::none);
        EXPECT_EQ(bytes()[offset], 0xDB) << "not poisoned";
        bytes()[offset] ^= 1;
        EXPECT_EQ(check(), fault::written_after) << offset;
        EXPECT_EQ(where, made);
        item* next = nullptr;
        EXPECT_EQ(objects.create(next, static_cast<unsigned char>(3)), fault::written_after);
        EXPECT_EQ(check(), fault::written_after) << "it is forgotten";
        EXPECT_EQ(where, made);
        EXPECT_EQ(objects.destroy(made), fault::destroyed_already);
        EXPECT_EQ(objects.objects(kind::test_item), 1u);
        bytes()[offset] ^= 1;
        EXPECT_EQ(check(), fault::none);
        EXPECT_EQ(objects.create(next, static_cast<unsigned char>(3)), fault::none) << "it is in the way";
        EXPECT_EQ(reinterpret_cast<unsigned char*>(next), bytes() + 32) << "not the lowest free slot";
        made = next;
    }
    EXPECT_EQ(objects.destroy(made), fault::none);
    EXPECT_EQ(objects.destroy(other), fault::none);
    EXPECT_EQ(objects.slabs(), 1u) << "slots that were set aside keep their slab";
}

TEST(Objects, AreMadeElsewhereWhenALastSlotIsSetAside)
{
    using large = object<1000, kind::test_item>;
    slab_frames frames;
    frames.most = 2;
    heap objects(slab_frames_of{&frames});
    std::array<large*, 4> made{};
    for (int i = 0; i < 3; ++i)
        ASSERT_EQ(objects.create(made[i], static_cast<unsigned char>(i)), fault::none);
    ASSERT_EQ(objects.destroy(made[1]), fault::none);
    made[1]->bytes[999] ^= 0x80;
    EXPECT_EQ(objects.create(made[3], static_cast<unsigned char>(3)), fault::written_after);
    EXPECT_EQ(objects.slabs(), 1u);
    ASSERT_EQ(objects.create(made[3], static_cast<unsigned char>(3)), fault::none);
    EXPECT_EQ(objects.slabs(), 2u);
    EXPECT_EQ(objects.destroy(made[0]), fault::none);
    ASSERT_EQ(objects.create(made[0], static_cast<unsigned char>(0)), fault::none) << "the rest of its slab is of use";
    for (const int i : {0, 2, 3})
        EXPECT_EQ(objects.destroy(made[i]), fault::none);
    EXPECT_EQ(frames.taken.size(), 1u);
}

// Two slabs of objects of this size, the first one full: the first and the last byte behind each object is looked at.
template <typename T>
void overflow_each(unsigned in_a_slab)
{
    slab_frames frames;
    heap objects(slab_frames_of{&frames});
    std::vector<T*> made;
    for (unsigned i = 0; i <= in_a_slab; ++i) {
        made.emplace_back();
        ASSERT_EQ(objects.create(made.back(), static_cast<unsigned char>(i)), fault::none);
    }
    for (T* each : made) {
        unsigned char& behind = reinterpret_cast<unsigned char*>(each)[sizeof(T)];
        const void* where = nullptr;
        behind ^= 1;
        EXPECT_EQ(objects.check(where), fault::overflown);
        EXPECT_EQ(where, each);
        behind ^= 1;
        EXPECT_EQ(objects.check(where), fault::none);
    }
    for (T* each : made)
        EXPECT_EQ(objects.destroy(each), fault::none);
}

TEST(Objects, OfEverySizeAreChecked)
{
    overflow_each<object<20, kind::test_item>>(122);
    overflow_each<object<50, kind::test_item>>(61);
    overflow_each<object<100, kind::test_item>>(30);
    overflow_each<object<200, kind::test_item>>(15);
    overflow_each<object<500, kind::test_item>>(7);
    overflow_each<object<1000, kind::test_item>>(3);
}

TEST(ASlab, HasABitForEachSlot)
{
    alignas(4096) static unsigned char frame[4096];
    const unsigned slots[]{122, 61, 30, 15, 7, 3};
    for (unsigned size_class = 0; size_class < kstruct::class_count; ++size_class) {
        auto* const made = new (frame) kstruct::slab(size_class);
        EXPECT_EQ(made->slots, slots[size_class]);
        EXPECT_EQ(made->used, 0);
        for (unsigned i = 0; i < 128; ++i)
            EXPECT_EQ(made->is_free(i), i < made->slots) << i;
    }
}

// An object that owns another, and one whose destructor tries to destroy it again.
struct owner {
    static constexpr kstruct::kind kind = kstruct::kind::test_block;
    heap* in;
    item* part = nullptr;
    fault again = fault::none;
    fault* report;

    owner(heap* where, fault* into) : in(where), report(into)
    {
        EXPECT_EQ(in->create(part, static_cast<unsigned char>(9)), fault::none);
    }
    ~owner()
    {
        EXPECT_EQ(in->destroy(part), fault::none);
        *report = in->destroy(this);
    }
};

TEST(Objects, MayBeMadeAndUnmadeInsideOthers)
{
    slab_frames frames;
    heap objects(slab_frames_of{&frames});
    owner* made = nullptr;
    fault again = fault::none;
    ASSERT_EQ(objects.create(made, &objects, &again), fault::none);
    EXPECT_EQ(objects.objects(kind::test_item), 1u);
    ASSERT_EQ(objects.destroy(made), fault::none);
    EXPECT_EQ(again, fault::destroyed_already);
    EXPECT_TRUE(frames.taken.empty());
}

TEST(Objects, FaultsHaveSentences)
{
    for (int each = 0; each <= static_cast<int>(fault::written_after); ++each)
        EXPECT_NE(std::string(kstruct::describe(static_cast<fault>(each))), "a kernel object has a fault without a name");
    EXPECT_EQ(std::string(kstruct::describe(static_cast<fault>(-1))), "a kernel object has a fault without a name");
}


template <std::size_t size>
struct maker {
    // Sizes of one class have kinds of their own: a kind has one size.
    using made = object<size, size % 2 == 0 ? kind::test_item : kind::test_block>;

    static fault create(heap& objects, unsigned char mark, void*& place)
    {
        made* created = nullptr;
        const fault found = objects.create(created, mark);
        place = created;
        return found;
    }
    static fault destroy(heap& objects, void* place) { return objects.destroy(static_cast<made*>(place)); }
};

// Two heaps with two kinds each are four kinds of objects, in two classes: one is mixed.
TEST(Objects, DoWhatTheModelDoes)
{
    std::mt19937_64 random(1125);
    slab_frames small_frames, large_frames;
    heap small(slab_frames_of{&small_frames}), large(slab_frames_of{&large_frames});
    struct maker_of {
        heap* in;
        std::size_t size;
        fault (*create)(heap&, unsigned char, void*&);
        fault (*destroy)(heap&, void*);
    };
    const maker_of makers[]{{&small, 20, maker<20>::create, maker<20>::destroy},
                            {&small, 23, maker<23>::create, maker<23>::destroy},
                            {&large, 600, maker<600>::create, maker<600>::destroy},
                            {&large, 101, maker<101>::create, maker<101>::destroy}};
    small_frames.most = large_frames.most = 12;
    struct entry {
        unsigned char mark;
        const maker_of* by;
    };
    std::map<unsigned char*, entry> model;
    std::vector<unsigned char*> order;
    long refused = 0, made = 0;
    alive = 0;
    for (int i = 0; i < 1'200'000; ++i) {
        if (random() % 100 < (i / 20'000 % 2 == 0 ? 55u : 42u)) {
            const maker_of& by = makers[random() % 4];
            void* place = nullptr;
            const auto mark = static_cast<unsigned char>(random());
            const fault found = by.create(*by.in, mark, place);
            if (found != fault::none) {
                ASSERT_EQ(found, fault::out_of_memory);
                ASSERT_EQ(by.in == &small ? small_frames.taken.size() : large_frames.taken.size(), 12u);
                ++refused;
                continue;
            }
            auto* const start = static_cast<unsigned char*>(place);
            const auto above = model.lower_bound(start);
            ASSERT_TRUE(above == model.end() || start + by.size <= above->first);
            ASSERT_TRUE(above == model.begin() || std::prev(above)->first + std::prev(above)->second.by->size <= start);
            model[start] = {mark, &by};
            order.push_back(start);
            ++made;
        } else if (!order.empty()) {
            const std::size_t which = random() % order.size();
            unsigned char* const place = order[which];
            const auto [mark, by] = model.at(place);
            for (std::size_t j = 0; j < by->size; ++j)
                ASSERT_EQ(place[j], mark) << "somebody else wrote to it";
            if (random() % 8 == 0) {
                const maker_of& wrong = makers[(by - makers) ^ 1];
                ASSERT_EQ(wrong.destroy(*by->in, place), fault::other_kind);
                ASSERT_EQ(by->destroy(by->in == &small ? large : small, place), fault::no_object);
            }
            ASSERT_EQ(by->destroy(*by->in, place), fault::none);
            if (random() % 8 == 0) {
                ASSERT_NE(by->destroy(*by->in, place), fault::none) << "a second time";
            }
            model.erase(place);
            order[which] = order.back();
            order.pop_back();
        }
        ASSERT_EQ(static_cast<std::size_t>(alive), model.size());
        if (i % 8192 == 0) {
            const void* where = nullptr;
            ASSERT_EQ(small.check(where), fault::none);
            ASSERT_EQ(large.check(where), fault::none);
        }
    }
    EXPECT_GT(refused, 1'000);
    EXPECT_GT(made, 400'000);
    for (unsigned char* each : order)
        ASSERT_EQ(model.at(each).by->destroy(*model.at(each).by->in, each), fault::none);
    EXPECT_EQ(alive, 0);
    EXPECT_TRUE(small_frames.taken.empty() && large_frames.taken.empty());
    EXPECT_EQ(small.objects(kind::test_item) + small.objects(kind::test_block) + small.slabs(), 0u);
}

}  // namespace
