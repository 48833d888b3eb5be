// bochs/runner.cc: runs the machine from JavaScript, slice by slice, and shows what is in its processor.
//
// Every exported function returns at once or when its budget is spent. A budget counts instructions; an iteration of a
// repeated string instruction is one. None of them may be called before main() has built the machine.
#define NEED_CPU_REG_SHORTCUTS 1
#include "bochs.h"
#include "cpu/cpu.h"
#include "iodev/iodev.h"
#include "memory/memory-bochs.h"
#include "plugin.h"
#include "runner.h"
#include "screen.h"
#include <algorithm>
#include <deque>
#include <emscripten.h>
#include <vector>

static BX_CPU_C& cpu() { return *BX_CPU(0); }

// ---- How the machine stands ----

static machine_status status = running;
static unsigned exit_value;

// What ended the slice: Bochs returns from its loop as soon as it can once this is set.
static void leave_loop(void*)
{
    bx_pc_system.kill_bochs_request = 1;
    cpu().async_event = 1;
}

// The device isa-debug-exit, as QEMU has it: the status is twice the value that is written, plus one.
static void exit_port_written(void*, Bit32u, Bit32u value, unsigned)
{
    status = exited;
    exit_value = value << 1 | 1;
    leave_loop(NULL);
}

static exception_record exceptions[EXCEPTIONS_KEPT];
static unsigned exception_count;

void machine_exception(unsigned vector, unsigned error_code)
{
    const Bit64u address = vector == BX_PF_EXCEPTION ? cpu().cr2 : 0;
    exceptions[exception_count++ % EXCEPTIONS_KEPT] = {vector, error_code, cpu().prev_rip, address, cpu().get_icount()};
}

static std::deque<Bit8u> serial_input;
static std::vector<Bit8u> serial_output, serial_handed_over;

void machine_serial_out(Bit8u byte) { serial_output.push_back(byte); }

bool machine_serial_in(Bit8u* byte)
{
    if (serial_input.empty())
        return false;
    *byte = serial_input.front();
    serial_input.pop_front();
    return true;
}

// What a processor that has stopped for good had sent is still in the serial port's queue. Time passes until it is out.
static void drain_serial_port()
{
    constexpr unsigned line_status = 0x3FD, transmitter_empty = 1 << 6, ticks = 1000, patience = 10000;
    for (unsigned i = 0; i < patience && !(BX_INP(line_status, 1) & transmitter_empty); i++)
        BX_TICKN(ticks);
}

// After the loop has returned: has the machine come to an end?
static machine_status settle()
{
    if (status == running && cpu().activity_state == BX_CPU_C::BX_ACTIVITY_STATE_SHUTDOWN)
        status = triple_fault;
    if (status == running && cpu().activity_state == BX_CPU_C::BX_ACTIVITY_STATE_HLT && !cpu().get_IF())
        status = halted;
    if (status != running)
        drain_serial_port();
    return status;
}

static bool built;
static int slice_timer;

void machine_is_ready()
{
    constexpr unsigned exit_port = 0xF4, exit_ports = 4, any_width = 7;
    slice_timer = bx_pc_system.register_timer_ticks(NULL, leave_loop, 1, 0, 0, "slice");
    for (unsigned port = exit_port; port < exit_port + exit_ports; port++)
        DEV_register_iowrite_handler(NULL, exit_port_written, port, "isa-debug-exit", any_width);
    built = true;
    emscripten_exit_with_live_runtime();
}

bool machine_wants_reset()
{
    if (!built)
        return false;  // Bochs resets the machine that it has just put together
    status = reset;
    leave_loop(NULL);
    return true;
}

static void begin_slice(unsigned ticks)
{
    bx_pc_system.kill_bochs_request = 0;
    bx_pc_system.activate_timer_ticks(slice_timer, ticks, 0);
}

static machine_status end_slice()
{
    bx_pc_system.deactivate_timer(slice_timer);
    return settle();
}

// ---- Stepping: what Bochs asks after each instruction ----

static unsigned steps_left;
static Bit64u last_rip, next_rip;

static bool no_steps_left()
{
    last_rip = next_rip;
    next_rip = cpu().get_instruction_pointer();
    return steps_left-- <= 1 || status != running;
}

struct control_state {
    Bit64u cr0, cr3, cr4, efer;
    unsigned mode;

    static control_state now()
    {
        return {cpu().cr0.get32(), cpu().cr3, cpu().cr4.get32(), cpu().efer.get32(), cpu().get_cpu_mode()};
    }
    bool operator!=(const control_state& other) const
    {
        return cr0 != other.cr0 || cr3 != other.cr3 || cr4 != other.cr4 || efer != other.efer || mode != other.mode;
    }
};

static control_state before;
static bool stop_reached;

static bool control_changed()
{
    stop_reached = control_state::now() != before;
    return no_steps_left() || stop_reached;
}

// Addresses to stop at: sorted, and a table of their lowest bits, for most instructions are at none of them.
static std::vector<Bit64u> targets;
static bool target_bits[1 << 12];

static bool at_target()
{
    const Bit64u rip = cpu().get_instruction_pointer();
    stop_reached = target_bits[rip % sizeof target_bits] && std::binary_search(targets.begin(), targets.end(), rip);
    return no_steps_left() || stop_reached;
}

// A processor that waits for an interrupt executes nothing: then the budget is spent after this time, a second.
static constexpr unsigned longest_wait = 10000000;

static bool step_until(bool (*stop)(), unsigned budget)
{
    stop_reached = false;
    if (status != running || budget == 0)
        return false;
    steps_left = budget;
    last_rip = next_rip = cpu().get_instruction_pointer();
    begin_slice(longest_wait);
    cpu().cpu_step_loop(stop);
    end_slice();
    return stop_reached;
}

// ---- What JavaScript calls ----

extern "C" {

/// 1 once main() has built the machine.
EMSCRIPTEN_KEEPALIVE unsigned machine_built() { return built; }

/// Runs for about `budget` instructions, as fast as can be. Returns the status.
EMSCRIPTEN_KEEPALIVE unsigned machine_run(unsigned budget)
{
    if (status != running || budget == 0)
        return status;
    begin_slice(budget);
    cpu().cpu_loop();
    return end_slice();
}

/// Executes `count` instructions, or fewer if the machine ends. Returns the status.
EMSCRIPTEN_KEEPALIVE unsigned machine_step(unsigned count)
{
    step_until(no_steps_left, count);
    return status;
}

/// Runs until an instruction has changed CR0, CR3, CR4, EFER or the processor's mode. Returns 1 if one has, 0 if the
/// budget is spent or the machine has ended.
EMSCRIPTEN_KEEPALIVE unsigned machine_run_to_change(unsigned budget)
{
    before = control_state::now();
    return step_until(control_changed, budget);
}

/// Makes room for `count` addresses that machine_run_to() stops at, and returns where to write them: 64 bits each.
EMSCRIPTEN_KEEPALIVE Bit64u* machine_targets(unsigned count)
{
    targets.assign(count, 0);
    return targets.data();
}

/// Runs until the next instruction is at one of the targets; at least one instruction is executed. Returns 1 if it is, 0
/// if the budget is spent or the machine has ended.
EMSCRIPTEN_KEEPALIVE unsigned machine_run_to(unsigned budget)
{
    std::sort(targets.begin(), targets.end());
    std::fill(std::begin(target_bits), std::end(target_bits), false);
    for (const Bit64u address : targets)
        target_bits[address % sizeof target_bits] = true;
    return step_until(at_target, budget);
}

/// The registers and how the machine stands, as of now. The address is always the same.
EMSCRIPTEN_KEEPALIVE const machine_state* machine_look()
{
    static machine_state state;
    for (unsigned i = 0; i < 16; i++)
        state.general[i] = cpu().get_reg64(i);
    state.rip = cpu().get_instruction_pointer();
    state.rflags = cpu().read_eflags();
    state.cr0 = cpu().cr0.get32();
    state.cr2 = cpu().cr2;
    state.cr3 = cpu().cr3;
    state.cr4 = cpu().cr4.get32();
    state.efer = cpu().efer.get32();
    static const unsigned order[] = {BX_SEG_REG_CS, BX_SEG_REG_SS, BX_SEG_REG_DS,
                                     BX_SEG_REG_ES, BX_SEG_REG_FS, BX_SEG_REG_GS};
    for (unsigned i = 0; i < 6; i++)
        state.segments[i] = cpu().sregs[order[i]].selector.value;
    state.task = cpu().tr.selector.value;
    state.gdt_base = cpu().gdtr.base;
    state.gdt_limit = cpu().gdtr.limit;
    state.idt_base = cpu().idtr.base;
    state.idt_limit = cpu().idtr.limit;
    state.mode = cpu().get_cpu_mode();
    state.privilege = cpu().sregs[BX_SEG_REG_CS].selector.rpl;
    state.instructions = cpu().get_icount();
    state.microseconds = bx_pc_system.time_usec();
    state.status = status;
    state.exit_status = exit_value;
    state.exceptions = exception_count;
    state.last_rip = last_rip;
    return &state;
}

/// The last EXCEPTIONS_KEPT exceptions, number n at n modulo that; machine_state says how many there were.
EMSCRIPTEN_KEEPALIVE const exception_record* machine_exceptions() { return exceptions; }

/// The screen as the machine shows it now. The address is always the same; the content's may change.
EMSCRIPTEN_KEEPALIVE const screen_state* machine_screen()
{
    DEV_vga_refresh(1);
    return &screen;
}

/// A byte for the machine's serial port, which takes it when it has room.
EMSCRIPTEN_KEEPALIVE void machine_serial_send(unsigned byte) { serial_input.push_back(byte); }

/// How many bytes the serial port has sent since the last call; machine_serial_bytes() says where they are.
EMSCRIPTEN_KEEPALIVE unsigned machine_serial_take()
{
    serial_handed_over.swap(serial_output);
    serial_output.clear();
    return serial_handed_over.size();
}

EMSCRIPTEN_KEEPALIVE const Bit8u* machine_serial_bytes() { return serial_handed_over.data(); }

static constexpr unsigned page_bytes = 4096;

/// Where the emulator keeps the page at the physical address `page`, a multiple of 4096: RAM or ROM. NULL for everything
/// else: reading a device's registers could change them. Valid until the machine runs on.
EMSCRIPTEN_KEEPALIVE Bit8u* machine_page(double page)
{
    const bx_phy_address address = page;
    const bool in_ram = address < BX_MEM(0)->get_memory_len();
    const bool in_rom = address >= 0xFFFF0000 && address < 0x100000000;
    return in_ram || in_rom ? BX_MEM(0)->getHostMemAddr(NULL, address, BX_READ) : NULL;
}

/// To be called before a page of RAM is written to: code that was decoded from it is forgotten.
EMSCRIPTEN_KEEPALIVE void machine_page_will_change(double page) { pageWriteStampTable.decWriteStamp(page); }

/// The physical address that the virtual address `high`:`low` stands for, by the processor's present paging; -1 if it is
/// not mapped. Nothing is set in the tables.
EMSCRIPTEN_KEEPALIVE double machine_translate(unsigned low, unsigned high)
{
    bx_phy_address physical;
    const Bit64u address = Bit64u(high) << 32 | low;
    return cpu().dbg_xlate_linear2phy(address, &physical) ? double(physical) : -1;
}

/// The instruction at the virtual address `high`:`low`, as text in Intel's syntax, decoded as the processor would now.
/// Empty if it is not mapped. Valid until the next call.
EMSCRIPTEN_KEEPALIVE const char* machine_disassemble(unsigned low, unsigned high)
{
    constexpr unsigned longest = 15;
    static char text[256];
    Bit8u code[longest + 1] = {};
    const Bit64u offset = Bit64u(high) << 32 | low;
    const Bit64u address = cpu().get_laddr(BX_SEG_REG_CS, offset);
    text[0] = 0;
    for (unsigned i = 0; i < longest; i++) {
        const double physical = machine_translate(address + i, (address + i) >> 32);
        const unsigned in_page = physical < 0 ? 0 : bx_phy_address(physical) % page_bytes;
        const Bit8u* const page = physical < 0 ? NULL : machine_page(physical - in_page);
        if (!page && i == 0)
            return text;
        code[i] = page ? page[in_page] : 0;
    }
    bxInstruction_c instruction;
    disasm(code, cpu().sregs[BX_SEG_REG_CS].cache.u.segment.d_b, cpu().long64_mode(), text, &instruction,
           cpu().get_segment_base(BX_SEG_REG_CS), offset);
    return text;
}

}  // extern "C"
