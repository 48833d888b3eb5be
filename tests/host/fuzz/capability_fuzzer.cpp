// Any calls on a table of capabilities, beside a model.
#include "capability_model.hpp"
#include "input.hpp"

using namespace capability_test;

void capability::lost(slot&) {}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t length)
{
    input from(data, length);
    compared both;
    both.give(0, interface::all_rights);
    while (!from.is_empty()) {
        const unsigned what = from.below(16), source = from.below(slots), target = from.below(slots), marker = target % markers;
        slot &of = both.real[source], &into = both.real[target], &own = both.real[slots + marker];
        switch (what) {
        case 0: demand(capability::copy(of, into) == both.expected.copy(source, target)); break;
        case 1: demand(capability::move(of, into) == both.expected.move(source, target)); break;
        case 2:
            said = from.below(4) == 0 ? status::occupied : from.below(4) == 0 ? status::again : status::ok;
            demand(capability::remove(of, own, release) == both.expected.remove(source, marker, said));
            break;
        case 3:
            if (!both.expected.at(source))
                both.give(source, static_cast<std::uint8_t>(from.byte() & interface::all_rights));
            break;
        case 4: demand(capability::revoke(of, own, release) == both.expected.revoke(source, marker)); break;
        case 5:
            capability::forget(own);
            both.expected.forget(marker);
            break;
        default: {
            const unsigned shape = from.byte();
            const std::uint64_t rights = shape < 250 ? shape & interface::all_rights : ~std::uint64_t{0} << (shape & 7);
            const std::uint64_t offset = from.below(size + 2), room = from.byte(), count = room < 240 ? room : 239 - std::uint64_t{room}; // or so many that offset + count is small again
            demand(capability::derive(of, into, rights, offset, count) == both.expected.derive(source, target, rights, offset, count));
        }
        }
        demand(both.is_as_expected());
    }
    return 0;
}
