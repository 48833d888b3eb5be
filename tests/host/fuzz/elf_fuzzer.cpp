// Any bytes as a program's file, beside a model that adds with 128 bits: the same fault, or the same segments; and nothing read beyond
// the end, which ASan sees.
#include "elf_model.hpp"
#include "input.hpp"

#include <cstring>
#include <memory>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // On the heap, and no byte larger, so that ASan sees what is read behind it.
    const auto file = std::make_unique<std::uint8_t[]>(size);
    std::copy(data, data + size, file.get());
    elf::program program;
    const elf::fault found = elf::read(file.get(), size, program);
    demand(elf_model::difference({data, data + size}, found, program).empty());
    demand(std::strcmp(elf::describe(found), "it has a fault without a name") != 0);
    return 0;
}
