// Physical memory for tests: any amount, of which only what is touched exists.
#pragma once
#include "memory/address.hpp"

#include <cstdlib>
#include <sys/mman.h>

class sparse_memory {
public:
    explicit sparse_memory(max_t bytes)
        : bytes_(bytes), start_(static_cast<char*>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                                                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)))
    {
        if (start_ == MAP_FAILED)
            std::abort();
    }
    ~sparse_memory() { munmap(start_, bytes_); }
    sparse_memory(const sparse_memory&) = delete;

    void* at(max_t physical) const { return physical < bytes_ ? start_ + physical : nullptr; }

private:
    max_t bytes_;
    char* start_;
};

// The policy of the frame allocator. `calls` counts how often it was used.
struct sparse_window {
    const sparse_memory* memory;
    mutable max_t calls = 0;

    void* at(max_t physical) const
    {
        ++calls;
        return memory->at(physical);
    }
};
