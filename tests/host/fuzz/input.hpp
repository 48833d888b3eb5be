// The fuzzer's bytes as numbers, and what a fuzz target demands.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>

class input {
public:
    input(const std::uint8_t* data, std::size_t size) : next_(data), end_(data + size) {}

    bool is_empty() const { return next_ == end_; }
    unsigned byte() { return is_empty() ? 0 : *next_++; }
    unsigned below(unsigned limit) { return byte() % limit; }

private:
    const std::uint8_t *next_, *end_;
};

inline void demand(bool holds)
{
    if (!holds)
        std::abort();
}
