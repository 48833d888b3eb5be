// Memory maps as text: a line `START END TYPE MULTIBOOT_TYPE` for each region, END exclusive; # begins a comment.
#pragma once

#include "memory/address.hpp"
#include "multiboot2/information.hpp"

#include <stdexcept>
#include <string>
#include <vector>

namespace map_check {

/// What is wrong with the input; the text has file and line, where there is a file.
struct bad_input : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The regions of the map file at `path`, in its order. An END of 2^64 is taken for 2^64 - 1: the last byte is no page.
[[nodiscard]] std::vector<multiboot2::region> read_map(const std::string& path);

/// `START-END,START-END,…`, END exclusive; an empty text is an empty list.
[[nodiscard]] std::vector<memory::range> read_ranges(const std::string& text);

/// A number, decimal or 0x…, of at most 64 bits. `where` begins the complaint.
[[nodiscard]] max_t read_number(const std::string& text, const std::string& where);

}  // namespace map_check
