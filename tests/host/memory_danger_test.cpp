// What must not be handed out though it is usable, and the pages below stacks.
#include "memory/danger.hpp"
#include "cpu/stack.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

// What linker.ld and the 32-bit code have in the kernel. Here they lie somewhere, each with an address of its own.
extern "C" {
extern const char kernel_start[16]{}, kernel_end[16]{};
}

namespace {

max_t address_of(const void* place)
{
    return reinterpret_cast<max_t>(place);
}

TEST(DangerAreas, AreAllThatIsInUse)
{
    multiboot2::information machine{};
    machine.start = 0x9000;
    machine.end = 0x9800;
    machine.module_count = 2;
    machine.modules[0] = {0x20'0000, 0x20'1234};
    machine.modules[1] = {0x30'0000, 0x30'0000};
    machine.modules[2] = {1, 2};  // there are two
    machine.screen = {.address = 0xE000'0000, .pitch = 8192, .width = 1024, .height = 3, .red_bit = 0, .green_bit = 8, .blue_bit = 16};
    const memory::danger_areas found = memory::find_danger_areas(machine);
    using area = std::pair<max_t, max_t>;
    std::multimap<std::string, area> areas;
    for (std::size_t i = 0; i < found.count; ++i)
        areas.emplace(found.names[i], area{found.areas[i].start, found.areas[i].end});
    EXPECT_EQ(areas, (std::multimap<std::string, area>{
                         {"the kernel", {address_of(kernel_start), address_of(kernel_end)}},
                         {"the boot information", {0x9000, 0x9800}},
                         {"a module", {0x20'0000, 0x20'1234}},
                         {"a module", {0x30'0000, 0x30'0000}},
                         {"page 0", {0, 4096}},
                         {"the screen", {0xE000'0000, 0xE000'6000}},
                     }));
}

TEST(DangerAreas, HaveNoScreenWhereThereIsNone)
{
    const memory::danger_areas found = memory::find_danger_areas({});
    ASSERT_EQ(found.count, 3u);
    for (std::size_t i = 0; i < found.count; ++i)
        EXPECT_STRNE(found.names[i], "the screen");
}

TEST(Guards, AreThePagesBelowAllStacks)
{
    for (const cpu::guarded_stack* each : {&cpu::kernel_stack, &cpu::debug_stack, &cpu::nmi_stack,
                                              &cpu::double_fault_stack, &cpu::machine_check_stack}) {
        EXPECT_TRUE(cpu::is_guard(address_of(each)));
        EXPECT_FALSE(cpu::is_guard(address_of(each) + 4096));
        EXPECT_EQ(each->top(), address_of(each) + 4096 + (16 << 10));
    }
    EXPECT_FALSE(cpu::is_guard(0));
}

}  // namespace
