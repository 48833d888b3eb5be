// Any sequence of calls of the frame allocator, beside the plain model of tests/host/frame_model.hpp: the same answers, the same frames
// free, nothing but zeroes handed out, and in the end everything as it was in the beginning.
#include "frame_model.hpp"
#include "input.hpp"
#include "range.hpp"
#include "sparse_window.hpp"

#include <cstring>

namespace {

using memory::range;
using pmem::owner;

constexpr max_t frame = 4096, MiB = 1 << 20, GiB = 1 << 30;
const std::vector<range> pieces{{0x1000, 0x9000},
                                {MiB, MiB + 40 * frame},
                                {16 * MiB - 5 * frame, 16 * MiB + 5 * frame},
                                {4 * GiB - 9 * frame, 4 * GiB + 9 * frame},
                                {8 * GiB - 17 * frame, 8 * GiB + 17 * frame}};
const std::vector<range> used{{MiB + 20 * frame, MiB + 24 * frame}};

max_t some_address(input& from)
{
    const range& piece = pieces[from.below(pieces.size())];
    return piece.start + from.byte() % ((piece.end - piece.start) / frame + 2) * frame + (from.byte() == 255 ? 1 : 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const sparse_memory memory(9 * GiB);
    input from(data, size);
    frame_model model(pieces, used);
    pmem::free_frames<sparse_window> unused(sparse_window{&memory});
    pmem::frame_allocator<sparse_window> frames(unused);
    for (int zone = 0; zone < 3; ++zone)
        for (const range& each : model.free_ranges(zone))
            demand(frames.add(each) == pmem::fault::none);
    std::vector<std::pair<max_t, owner>> runs;

    while (!from.is_empty()) {
        const auto who = static_cast<owner>(from.below(static_cast<unsigned>(owner::count) + 1));
        switch (from.below(5)) {
        case 0:
        case 1: {
            const unsigned shape = from.byte();
            const pmem::request wanted{.frames = shape % 16 == 15 ? from.byte() : shape % 16,
                                       .who = who,
                                       .alignment = shape / 16 % 4 == 0 ? max_t{1} << from.below(64) : frame,
                                       .where = static_cast<pmem::zone>(shape / 64 % 3)};
            const pmem::allocation expected = model.allocate(wanted), got = frames.allocate(wanted);
            demand(got.what == expected.what && got.address == expected.address);
            if (got.what != pmem::fault::none)
                break;
            runs.emplace_back(got.address, who);
            for (max_t i = 0; i < wanted.frames; ++i) {
                auto* const bytes = static_cast<unsigned char*>(memory.at(got.address + i * frame));
                demand(bytes[0] == 0 && std::memcmp(bytes, bytes + 1, frame - 1) == 0);
                std::memset(bytes, 0xFF, frame);
            }
            break;
        }
        case 2:
            if (!runs.empty()) {
                const unsigned i = from.below(runs.size());
                demand(model.free(runs[i].first, runs[i].second) == pmem::fault::none);
                demand(frames.free(runs[i].first, runs[i].second) == pmem::fault::none);
                runs.erase(runs.begin() + i);
            }
            break;
        case 3: {
            const max_t address = some_address(from);
            const pmem::fault expected = model.free(address, who);
            demand(frames.free(address, who) == expected);
            if (expected == pmem::fault::none)
                std::erase_if(runs, [address](const auto& run) { return run.first == address; });
            break;
        }
        case 4: {
            const range asked{some_address(from), some_address(from)};
            bool may_be = true;
            for (max_t at = asked.start; at < asked.end && may_be; at += frame)
                may_be = model.may_be_adopted(at);
            if (!may_be)
                break;
            const pmem::fault expected = model.adopt(asked, who);
            demand(frames.adopt(asked, who) == expected);
            if (expected == pmem::fault::none)
                for (max_t at = asked.start; at < asked.end; at += frame)
                    runs.emplace_back(at, who);
            break;
        }
        }
    }

    for (unsigned zone = 0; zone < 3; ++zone) {
        std::vector<range> found;
        collect(frames.free_in(zone).root(), found);
        demand(found == model.free_ranges(zone));
    }
    for (const auto& [address, who] : runs)
        demand(frames.free(address, who) == pmem::fault::none);
    demand(frames.table_frames() == 0);
    return 0;
}
