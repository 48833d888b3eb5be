// Any sequence of calls of the heap of kernel objects, with writes behind objects and into dead ones: every misuse is called what it is,
// nothing sound is refused, and in the end all slabs are given back.
#include "input.hpp"
#include "kstruct/heap.hpp"
#include "marked_object.hpp"
#include "slab_frames.hpp"

#include <map>
#include <vector>

namespace {

using kstruct::fault;
using kstruct::kind;
using heap = kstruct::heap<slab_frames_of>;

using small = marked_object<13, kind::test_item>;
using large = marked_object<23, kind::test_block>;  // of the same class

template <typename T>
fault create(heap& objects, unsigned char*& place)
{
    T* made = nullptr;
    const fault found = objects.create(made);
    place = reinterpret_cast<unsigned char*>(made);
    return found;
}

fault destroy(heap& objects, unsigned char* place, bool as_large)
{
    return as_large ? objects.destroy(reinterpret_cast<large*>(place)) : objects.destroy(reinterpret_cast<small*>(place));
}

// What is where: an object of either kind, or nothing in a slab that there still is.
enum class content { small, large, nothing };

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    input from(data, size);
    slab_frames frames;
    frames.most = 2;
    heap objects(slab_frames_of{&frames});
    std::map<unsigned char*, content> model;
    std::size_t alive = 0;
    const auto pick = [&] { return std::next(model.begin(), (from.byte() * 256 + from.byte()) % model.size()); };
    const auto forget_slabs = [&] { std::erase_if(model, [&](const auto& each) { return !frames.owns(each.first); }); };

    while (!from.is_empty()) {
        const unsigned what = from.below(8);
        if (what < 3) {
            for (unsigned count = what == 2 ? from.byte() : 1; count > 0; --count) {
                unsigned char* place = nullptr;
                const bool as_large = count % 2 == 0;
                const fault found = as_large ? create<large>(objects, place) : create<small>(objects, place);
                if (found == fault::none) {
                    demand(!model.contains(place) || model[place] == content::nothing);
                    model[place] = as_large ? content::large : content::small;
                    ++alive;
                } else {
                    demand(found == fault::out_of_memory && alive == 2 * 122);
                }
            }
        } else if (!model.empty()) {
            const auto at = pick();
            const bool exists = at->second != content::nothing, is_large = at->second == content::large;
            const unsigned offset = from.below(32);
            const void* where = nullptr;
            if (what < 5 && exists) {
                for (unsigned i = 0; i < (is_large ? 23u : 13u); ++i)
                    demand(at->first[i] == (is_large ? large::mark : small::mark));
                demand(destroy(objects, at->first, !is_large) == fault::other_kind);
                demand(destroy(objects, at->first, is_large) == fault::none);
                at->second = content::nothing;
                --alive;
                forget_slabs();
            } else if (what == 5 && offset != 0) {
                demand(destroy(objects, at->first + offset, is_large) == fault::no_object);
            } else if (what == 6 && exists && offset >= (is_large ? 23u : 13u)) {
                at->first[offset] ^= 0xFF;
                demand(destroy(objects, at->first, is_large) == fault::overflown);
                demand(objects.check(where) == fault::overflown && where == at->first);
                at->first[offset] ^= 0xFF;
            } else if (what == 7 && !exists) {
                demand(destroy(objects, at->first, is_large) == fault::destroyed_already);
                at->first[offset] ^= 0xFF;
                demand(objects.check(where) == fault::written_after && where == at->first);
                at->first[offset] ^= 0xFF;
            }
            demand(objects.check(where) == fault::none);
        }
        demand(objects.objects(kind::test_item) + objects.objects(kind::test_block) == alive);
        demand(objects.slabs() == frames.taken.size());
    }
    for (const auto& [place, there] : model)
        if (there != content::nothing)
            demand(destroy(objects, place, there == content::large) == fault::none);
    demand(frames.taken.empty());
    return 0;
}
