// The kernel's memory/address.hpp with numbers of 8 bits in place of 64, for the exhaustive test.
#pragma once
#include <compare>
#include <concepts>
#include <cstdint>

/// A number of 8 bits whose arithmetic wraps at 8 bits. A std::uint8_t would not do: C++ computes with it as with an int.
class eight_bits {
public:
    eight_bits() = default;
    template <std::integral T>
    constexpr eight_bits(T number) : value_(static_cast<std::uint8_t>(number))
    {}
    constexpr explicit operator unsigned() const { return value_; }

    friend constexpr eight_bits operator+(eight_bits a, eight_bits b) { return a.value_ + b.value_; }
    friend constexpr eight_bits operator-(eight_bits a, eight_bits b) { return a.value_ - b.value_; }
    friend constexpr eight_bits operator%(eight_bits a, eight_bits b) { return a.value_ % b.value_; }
    friend constexpr eight_bits operator&(eight_bits a, eight_bits b) { return a.value_ & b.value_; }
    friend constexpr eight_bits operator<<(eight_bits a, unsigned count) { return count < 8 ? a.value_ << count : 0; }
    constexpr eight_bits operator~() const { return ~value_; }
    constexpr eight_bits operator-() const { return -value_; }
    friend constexpr auto operator<=>(eight_bits, eight_bits) = default;
    friend constexpr bool operator==(eight_bits, eight_bits) = default;

private:
    std::uint8_t value_;
};

using max_t = eight_bits;

namespace memory {

struct range {
    max_t start, end;
};

}  // namespace memory
