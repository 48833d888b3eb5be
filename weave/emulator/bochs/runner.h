// bochs/runner.h: what the runner hands to JavaScript, and what the patched Bochs calls in it.
#pragma once
#include <cstdint>

enum machine_status : unsigned {
    running = 0,
    halted = 1,        // it waits with interrupts off: nothing will wake it
    exited = 2,        // the kernel wrote to the port 0xF4
    triple_fault = 3,  // RIP and the other registers are still those of the instruction that could not be helped
    reset = 4,         // it asked for a reset, at the keyboard controller or at port 0x92
};

// All of it is 64 bits, so that JavaScript reads it as one array; engine.js names the same fields in the same order.
struct machine_state {
    std::uint64_t general[16];  // RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15
    std::uint64_t rip, rflags;
    std::uint64_t cr0, cr2, cr3, cr4, efer;
    std::uint64_t segments[6];  // selectors: CS, SS, DS, ES, FS, GS
    std::uint64_t task;         // the task register's selector
    std::uint64_t gdt_base, gdt_limit, idt_base, idt_limit;
    std::uint64_t mode;       // 0 real, 1 virtual 8086, 2 protected, 3 compatibility, 4 64-bit
    std::uint64_t privilege;  // 0 to 3
    std::uint64_t instructions, microseconds;  // since the machine was built
    std::uint64_t status, exit_status;         // machine_status; as QEMU's would be
    std::uint64_t exceptions;                  // how many there were
    std::uint64_t last_rip;                    // after stepping: where the instruction was that was executed last
};

constexpr unsigned EXCEPTIONS_KEPT = 8;

struct exception_record {
    std::uint64_t vector, error_code;
    std::uint64_t rip;           // of the instruction
    std::uint64_t address;       // CR2, for a page fault
    std::uint64_t instructions;  // before it
};

void machine_is_ready();
bool machine_wants_reset();
void machine_exception(unsigned vector, unsigned error_code);
void machine_serial_out(unsigned char byte);
bool machine_serial_in(unsigned char* byte);
