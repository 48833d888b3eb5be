// The functions of memory/align.hpp, given names that the compiled file keeps.
#include "memory/align.hpp"

max_t align_address(max_t address, max_t alignment)
{
    return memory::align_address(address, alignment);
}

bool is_power_of_two(max_t number)
{
    return memory::is_power_of_two(number);
}
