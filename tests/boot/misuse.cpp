// Two tests behind the newest kernel's own, which misuse its memory in the way that is chosen (misuses.py).
#include "kernel/higher_half.hpp"
#include "kernel/test.hpp"
#include "kstruct/kstruct.hpp"
#include "memory/layout.hpp"
#include "page/table_supply.hpp"
#include "pmem/pmem.hpp"

extern "C" {
[[gnu::section(".data")]] unsigned misuse_chosen = 0;  // written into the file
}

namespace {

using pmem::frames, pmem::owner, kstruct::objects;

struct thing {
    static constexpr kstruct::kind kind = kstruct::kind::test_block;
    max_t words[3];
};

struct other_thing {
    static constexpr kstruct::kind kind = kstruct::kind::test_item;
    max_t words[3];
};

max_t a_frame(max_t alignment = page::size)
{
    return frames.allocate({.frames = 1, .who = owner::tests, .alignment = alignment}).address;
}

void free_or_end(max_t run)
{
    if (frames.free(run, owner::tests) != pmem::fault::none)
        kernel::panic("a run was not taken back");
}

template <typename Thing = thing>
Thing* a_thing()
{
    Thing* made = nullptr;
    return objects.create(made) == kstruct::fault::none ? made : nullptr;
}

void nothing() {}
void keep_a_thing() { a_thing(); }

// As many objects as fit into one slab, in two; then in one.
thing* last;
void keep_two_slabs()
{
    thing* const first = a_thing();
    last = a_thing();
    while (objects.slabs() == 1)
        last = a_thing();
    kstruct::destroy_or_end(first);
}
void move_into_one()
{
    kstruct::destroy_or_end(last);
    a_thing();
}

void keep_a_frame() { a_frame(); }
void keep_a_table() { page::take_table(); }
void keep_nobodys_frame() { [[maybe_unused]] const memory::range kept = pmem::unused.take(page::size, 0, pmem::zone::any); }

// Nobody owns a frame there but this test, so it takes a table of owners (pmem/owner_map.hpp).
max_t far;
void keep_a_far_frame() { far = a_frame(max_t{32} << 20); }
void change_it_for_a_near_one()
{
    free_or_end(far);
    a_frame();
}

void destroy_twice()
{
    thing* const one = a_thing();
    a_thing();  // keeps the slab
    kstruct::destroy_or_end(one);
    kstruct::destroy_or_end(one);
}
void overflow() { reinterpret_cast<volatile unsigned char*>(a_thing())[sizeof(thing)] = 0; }
void give_a_slab_twice()
{
    kstruct::pool_frames slabs;
    void* const slab = slabs.take();
    slabs.give(slab);
    slabs.give(slab);
}
void give_a_table_twice()
{
    const phys_addr table = page::take_table();
    page::give_back_table(table);
    page::give_back_table(table);
}
void map_twice() { kernel::map_or_end(memory::page_tables_base, memory::page_tables_base + page::size, 0, page::no_execute); }

void report()
{
    thing* made[3];
    for (thing*& each : made)
        each = a_thing();
    other_thing* const other = a_thing<other_thing>();
    const max_t run = frames.allocate({.frames = 5, .who = owner::tests}).address;
    pmem::report({});
    kstruct::report();
    free_or_end(run);
    for (thing* const each : made)
        kstruct::destroy_or_end(each);
    kstruct::destroy_or_end(other);
}

// What the first test does, and the second.
constexpr void (*misuses[][2])() = {
    {nothing, nothing},
    {keep_a_thing, keep_a_thing},
    {keep_two_slabs, move_into_one},
    {nothing, keep_a_frame},
    {nothing, keep_a_table},
    {nothing, keep_nobodys_frame},
    {keep_a_far_frame, change_it_for_a_near_one},
    {nothing, destroy_twice},
    {nothing, overflow},
    {nothing, give_a_slab_twice},
    {nothing, give_a_table_twice},
    {nothing, map_twice},
    {nothing, report},
};

}  // namespace

KERNEL_TEST(first_misuse, "something is done")
{
    misuses[misuse_chosen][0]();
    return kernel::check(true, nullptr);
}

KERNEL_TEST(second_misuse, "and something else")
{
    misuses[misuse_chosen][1]();
    return kernel::check(true, nullptr);
}
