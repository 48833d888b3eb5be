// Every call of the cursor in page table space that there is, with addresses of 8 bits: each end of the pool, each cursor,
// each size, each alignment. (The start is read by nobody.) The code is the tangled file's; only its type for addresses is
// another one.
#include "page/pt_space.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

extern "C" pt_space_manager pt_space_manager_of_the_log;

namespace page_of_the_log {
max_t alloc_pt_space(max_t size, max_t alignment);
}

namespace {

constexpr unsigned numbers = 256;

/// The answer by the definition, computed with numbers that do not wrap: the lowest multiple of the alignment with room
/// behind it, or 0.
unsigned right_answer(unsigned end, unsigned current, unsigned size, unsigned alignment)
{
    if (alignment == 0 || (alignment & (alignment - 1)) != 0)
        return 0;
    const unsigned address = (current + alignment - 1) / alignment * alignment;
    return address + size <= end ? address : 0;
}

/// Calls `allocate` in every state of `manager`. Which of its duties it violated, each named once.
template <typename Allocate>
std::set<std::string> violations(pt_space_manager& manager, Allocate allocate)
{
    bool wrong_answer = false, wrong_cursor = false, trace_of_refusal = false, bounds_changed = false;
    for (unsigned end = 1; end < numbers; ++end)
        for (unsigned current = 1; current <= end; ++current)
            for (unsigned alignment = 0; alignment < numbers; ++alignment)
                for (unsigned size = 0; size < numbers; ++size) {
                    manager = {.start_addr = 1, .end_addr = end, .current_addr = current};
                    const unsigned answer(allocate(size, alignment));
                    const unsigned right = right_answer(end, current, size, alignment);
                    const unsigned cursor(manager.current_addr);
                    wrong_answer |= answer != right;
                    wrong_cursor |= answer != 0 && cursor != answer + size;
                    trace_of_refusal |= answer == 0 && cursor != current;
                    bounds_changed |= manager.start_addr != 1 || manager.end_addr != end;
                }
    std::set<std::string> found;
    for (const auto& [violated, name] : {std::pair{wrong_answer, "answer"}, {wrong_cursor, "cursor"},
                                         {trace_of_refusal, "trace"}, {bounds_changed, "bounds"}})
        if (violated)
            found.insert(name);
    return found;
}

TEST(EightBits, WrapAsTheyShould)
{
    EXPECT_TRUE(max_t{200} + max_t{100} == 44);
    EXPECT_TRUE(max_t{0} - max_t{1} == 255);
    EXPECT_TRUE(~max_t{15} == 240);
    EXPECT_FALSE(max_t{200} + max_t{100} > max_t{200}) << "computed as an int";
}

TEST(EveryCall, IsAnsweredRight)
{
    EXPECT_EQ(violations(kernel_pt_space_manager, page::advance_cursor), std::set<std::string>{});
}

TEST(EveryCall, WasNotOn2025_11_06)
{
    EXPECT_EQ(violations(pt_space_manager_of_the_log, page_of_the_log::alloc_pt_space),
              (std::set<std::string>{"answer", "cursor", "trace"}));
}

}  // namespace
