// The switch of a kernel: which mistake it makes is written into its file; which it has met is read from its memory.
#include "switch.hpp"

__attribute__((section(".data"))) unsigned mutation::chosen = mutation::none;
extern "C" unsigned char mutation_met[1 << 16];
unsigned char mutation_met[1 << 16];

bool mutation::note(unsigned mistake)
{
    mutation_met[mistake] = 1;
    return false;
}
