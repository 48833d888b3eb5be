// Every sequence of calls up to a length, depth first.
#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

/// Tries them in `world`, and returns how many there were. It has:
///   calls                  what can be called, each with a `name`
///   run(call)              makes a call, and fails unless all is as its model says afterwards
///   save(), restore(s)     its state, and the way back to it
///   differs_from(s)        whether the state is another one
/// What left the state as it was is not gone on from: all that could follow is tried without it. At the first failure it ends, and
/// says which calls led there.
template <typename World>
std::uint64_t try_every_sequence(World& world, unsigned length, const std::string& before = "")
{
    if (testing::Test::HasFailure())
        return 0;
    std::uint64_t tried = 0;
    const auto state = world.save();
    for (const auto& call : world.calls) {
        world.run(call);
        ++tried;
        if (testing::Test::HasFailure()) {
            ADD_FAILURE() << "by these calls:" << before << ' ' << call.name;
            return tried;
        }
        if (!world.differs_from(state))
            continue;
        if (length > 1)
            tried += try_every_sequence(world, length - 1, before + ' ' + call.name + ',');
        if (testing::Test::HasFailure())
            return tried;
        world.restore(state);
    }
    return tried;
}
