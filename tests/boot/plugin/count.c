// count.so: a plugin for QEMU's TCG that counts the guest's instructions from the kernel's first to its last.
//
// -plugin file=count.so,first=ADDRESS,last=ADDRESS[:ADDRESS...],port=START-END[:START-END...],
//         printers=START-END[:START-END...],report=FILE
//
// Counting begins when CPU 0 executes the instruction at `first`, and ends at any of `last`. FILE then has the number of
// instructions, and in a line each how many had been executed when an `out dx, al` within one of the `port` ranges was:
// for code that writes to the serial port, that is when each byte was sent. Beside it stands, in hexadecimal, the address
// of the last instruction that was executed outside all `printers` ranges: the call of the code that only prints.
#include "qemu_plugin.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 16, MOST_BYTES = 1 << 16, OUT_DX_AL = 0xEE };
struct range {
    uint64_t start, end;
};

static uint64_t first, last[MOST];
struct ranges {
    struct range each[MOST];
    size_t count;
};
static struct ranges ports, printers;
static size_t lasts, bytes;
static uint64_t count, caller;
static struct {
    uint64_t at, caller;
} sent[MOST_BYTES];
static bool counting;
static const char* report;

static void begin(unsigned cpu, void* unused)
{
    (void)unused;
    if (cpu == 0) {
        counting = true;
        count = bytes = 0;
    }
}

static void step(unsigned cpu, void* unused)
{
    (void)unused;
    count += counting && cpu == 0;
}

static void remember(unsigned cpu, void* address)
{
    if (cpu == 0)
        caller = (uintptr_t)address;
}

static void send(unsigned cpu, void* unused)
{
    (void)unused;
    if (counting && cpu == 0 && bytes < MOST_BYTES) {
        sent[bytes].at = count;
        sent[bytes++].caller = caller;
    }
}

static void finish(unsigned cpu, void* unused)
{
    (void)unused;
    if (!counting || cpu != 0)
        return;
    counting = false;
    FILE* file = fopen(report, "w");
    if (!file)
        return; // who waits for the report will say that there is none
    fprintf(file, "%ju\n", (uintmax_t)count);
    for (size_t i = 0; i < bytes; ++i)
        fprintf(file, "%ju 0x%jx\n", (uintmax_t)sent[i].at, (uintmax_t)sent[i].caller);
    fclose(file);
}

static bool is_last(uint64_t address)
{
    for (size_t i = 0; i < lasts; ++i)
        if (last[i] == address)
            return true;
    return false;
}

static bool is_within(const struct ranges* ranges, uint64_t address)
{
    for (size_t i = 0; i < ranges->count; ++i)
        if (ranges->each[i].start <= address && address < ranges->each[i].end)
            return true;
    return false;
}

static bool is_send(const struct qemu_plugin_insn* insn, uint64_t address)
{
    return qemu_plugin_insn_size(insn) == 1 && *(const uint8_t*)qemu_plugin_insn_data(insn) == OUT_DX_AL
        && is_within(&ports, address);
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb* block)
{
    (void)id;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i) {
        struct qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(block, i);
        const uint64_t address = qemu_plugin_insn_vaddr(insn);
        if (address == first)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, begin, 0, NULL);
        qemu_plugin_register_vcpu_insn_exec_cb(insn, step, 0, NULL);
        if (!is_within(&printers, address))
            qemu_plugin_register_vcpu_insn_exec_cb(insn, remember, 0, (void*)(uintptr_t)address);
        if (is_send(insn, address))
            qemu_plugin_register_vcpu_insn_exec_cb(insn, send, 0, NULL);
        if (is_last(address))
            qemu_plugin_register_vcpu_insn_exec_cb(insn, finish, 0, NULL);
    }
}

// KEY=VALUE; returns VALUE if the key is this one.
static char* value_of(char* argument, const char* key)
{
    const size_t length = strlen(key);
    return strncmp(argument, key, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

// False if there are more than we have room for.
static bool take_ranges(char* value, struct ranges* ranges)
{
    for (char* each = strtok(value, ":"); each; each = strtok(NULL, ":")) {
        char* end;
        if (ranges->count == MOST) {
            fprintf(stderr, "count.so: an option has more than %d ranges\n", MOST);
            return false;
        }
        ranges->each[ranges->count].start = strtoull(each, &end, 0);
        ranges->each[ranges->count++].end = strtoull(end + 1, NULL, 0);
    }
    return true;
}

static bool take(char* argument)
{
    char* value;
    if ((value = value_of(argument, "first"))) {
        first = strtoull(value, NULL, 0);
    } else if ((value = value_of(argument, "report"))) {
        report = strdup(value);
    } else if ((value = value_of(argument, "last"))) {
        for (char* each = strtok(value, ":"); each && lasts < MOST; each = strtok(NULL, ":"))
            last[lasts++] = strtoull(each, NULL, 0);
    } else if ((value = value_of(argument, "port"))) {
        return take_ranges(value, &ports);
    } else if ((value = value_of(argument, "printers"))) {
        return take_ranges(value, &printers);
    } else {
        fprintf(stderr, "count.so: there is no option '%s'\n", argument);
        return false;
    }
    return true;
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t* info, int argc, char** argv)
{
    (void)info;
    for (int i = 0; i < argc; ++i)
        if (!take(argv[i]))
            return 1;
    if (!first || !lasts || !report) {
        fprintf(stderr, "count.so: first, last and report must be given\n");
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    return 0;
}
