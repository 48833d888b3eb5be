// programs.so: a plugin for QEMU's TCG that looks at what the kernel does for its programs.
//
// -plugin file=programs.so,first=ADDRESS,left=ADDRESS,report=FILE
//
// first: the kernel's first instruction; left: where a program has ended, and the kernel goes on for itself. A program is what is
// executed in the lower half from 4 MiB on. FILE has, when QEMU ends, a line of JSON each:
//
//   {"entry": N}     instructions from the kernel's first one to the first of a program
//   {"longest": N, "from": A}  the most that were executed in the kernel between two of a program, or until it has ended, and after
//                    which address of the program
//   {"calls": ...}   what happened between two reads of the time stamp counter by a program, of which each two belong together:
//                    instructions, of them the kernel's, what is dear wherever it is, and the lines of 64 bytes of the kernel's that
//                    were touched, of data and of code
#include "qemu_plugin.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALLS, CR3_WRITES, WRMSR, LOCKS, INVLPG, KINDS };
static const char* const names[KINDS] = {"calls", "cr3", "wrmsr", "locks", "invlpg"};
static const uint64_t lowest_program = 4 << 20;

enum { MOST = 4096 };
struct lines {
    uint64_t each[MOST];
    size_t count;
};

static uint64_t first, left;
static FILE* report;
static uint64_t entry, entered, longest, longest_from, last_of_program;
static bool is_kernels, is_booting, is_in_call, is_measuring; // is_kernels: it has begun; before, it is the firmware's
static uint64_t all, kernels, happened[KINDS];
static struct lines data, code;

static bool is_programs(uint64_t address) { return address >= lowest_program && address >> 47 == 0; }

static void touch(struct lines* lines, uint64_t address)
{
    const uint64_t line = address / 64;
    for (size_t i = 0; i < lines->count; ++i)
        if (lines->each[i] == line)
            return;
    if (lines->count < MOST)
        lines->each[lines->count++] = line;
}

static void begin(unsigned cpu, void* unused)
{
    (void)cpu, (void)unused;
    is_kernels = is_booting = true;
}

static void stayed(void)
{
    if (is_in_call && entered > longest) {
        longest = entered;
        longest_from = last_of_program;
    }
    entered = 0;
}

static void step_of_kernel(unsigned cpu, void* address)
{
    (void)cpu;
    entry += is_booting;
    ++entered;
    if ((uintptr_t)address == left) {
        stayed();
        is_in_call = false;
    }
    if (is_measuring) {
        ++all;
        ++kernels;
        touch(&code, (uintptr_t)address);
    }
}

static void step_of_program(unsigned cpu, void* address)
{
    (void)cpu;
    if (!is_kernels)
        return;
    if (is_booting)
        fprintf(report, "{\"entry\": %ju}\n", (uintmax_t)entry);
    is_booting = false;
    stayed();
    is_in_call = true;
    last_of_program = (uintptr_t)address;
    all += is_measuring;
}

static void access(unsigned cpu, uint32_t what, uint64_t address, void* unused)
{
    (void)cpu, (void)what, (void)unused;
    if (is_measuring && address >> 63)
        touch(&data, address);
}

static void happen(unsigned cpu, void* kind)
{
    (void)cpu;
    happened[(uintptr_t)kind] += is_measuring;
}

static void read_clock(unsigned cpu, void* unused)
{
    (void)cpu, (void)unused;
    if (!is_kernels)
        return;
    is_measuring = !is_measuring;
    if (!is_measuring) {
        fprintf(report, "{\"instructions\": %ju, \"kernel\": %ju, \"data_lines\": %zu, \"code_lines\": %zu", (uintmax_t)all,
            (uintmax_t)kernels, data.count, code.count);
        for (int kind = 0; kind < KINDS; ++kind)
            fprintf(report, ", \"%s\": %ju", names[kind], (uintmax_t)happened[kind]);
        fprintf(report, "}\n");
    }
    all = kernels = data.count = code.count = 0;
    memset(happened, 0, sizeof happened);
}

// What kind of event the instruction is, or KINDS.
static int kind_of(const uint8_t* bytes, size_t size)
{
    size_t i = 0;
    bool is_locked = false;
    for (; i < size && (bytes[i] == 0xF0 || bytes[i] == 0xF2 || bytes[i] == 0xF3 || bytes[i] == 0x66); ++i)
        is_locked |= bytes[i] == 0xF0;
    if (is_locked)
        return LOCKS;
    if (i < size && (bytes[i] & 0xF0) == 0x40)
        ++i;
    if (size - i < 2 || bytes[i] != 0x0F)
        return KINDS;
    const uint8_t operation = bytes[i + 1], operand = size - i > 2 ? bytes[i + 2] : 0;
    if (operation == 0x05)
        return CALLS;
    if (operation == 0x30)
        return WRMSR;
    if (operation == 0x22 && (operand >> 3 & 7) == 3)
        return CR3_WRITES;
    return operation == 0x01 && (operand >> 3 & 7) == 7 && operand >> 6 != 3 ? INVLPG : KINDS;
}

static bool reads_clock(const uint8_t* bytes, size_t size) { return size == 2 && bytes[0] == 0x0F && bytes[1] == 0x31; }

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb* block)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
        struct qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(block, i);
        const uint64_t address = qemu_plugin_insn_vaddr(insn);
        const uint8_t* bytes = qemu_plugin_insn_data(insn);
        const size_t size = qemu_plugin_insn_size(insn);
        void* const at = (void*)(uintptr_t)address;
        if (address == first)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, begin, 0, NULL);
        qemu_plugin_register_vcpu_insn_exec_cb(insn, is_programs(address) ? step_of_program : step_of_kernel, 0, at);
        qemu_plugin_register_vcpu_mem_cb(insn, access, 0, 3, NULL);
        if (is_programs(address) && reads_clock(bytes, size))
            qemu_plugin_register_vcpu_insn_exec_cb(insn, read_clock, 0, NULL);
        const int kind = kind_of(bytes, size);
        if (kind != KINDS)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, happen, 0, (void*)(uintptr_t)kind);
    }
}

static void finish(qemu_plugin_id_t id, void* unused)
{
    (void)id, (void)unused;
    fprintf(report, "{\"longest\": %ju, \"from\": %ju}\n", (uintmax_t)longest, (uintmax_t)longest_from);
    fclose(report);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc, char** argv)
{
    (void)info;
    for (int i = 0; i < argc; ++i) {
        if (strncmp(argv[i], "first=", 6) == 0)
            first = strtoull(argv[i] + 6, NULL, 0);
        else if (strncmp(argv[i], "left=", 5) == 0)
            left = strtoull(argv[i] + 5, NULL, 0);
        else if (strncmp(argv[i], "report=", 7) == 0)
            report = fopen(argv[i] + 7, "w");
    }
    if (!first || !left || !report) {
        fprintf(stderr, "programs.so: first, left and report must be given, and report a file that can be written\n");
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    qemu_plugin_register_atexit_cb(id, finish, NULL);
    return 0;
}
