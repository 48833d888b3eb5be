// A program's file as a model reads it: with numbers of 128 bits, which no sum of the file's overflows, and page by page.
#pragma once
#include "elf/file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace elf_model {

using bytes = std::vector<std::uint8_t>;
using wide = unsigned __int128;

constexpr std::size_t rows_of_made = 4, content_at = 64 + rows_of_made * 56;

inline std::size_t row_at(std::size_t row)
{
    return 64 + 56 * row;
}

/// Little-endian numbers; one that is not all in the file has zeroes for what is missing.
inline void put(bytes& file, std::size_t at, std::uint64_t value, std::size_t width = 8)
{
    for (std::size_t i = 0; i < width && at + i < file.size(); ++i)
        file[at + i] = value >> 8 * i;
}

inline std::uint64_t number(const bytes& file, std::size_t at, std::size_t width = 8)
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width && at + i < file.size(); ++i)
        value |= std::uint64_t{file[at + i]} << 8 * i;
    return value;
}

/// A row's numbers in their order: type and rights have 32 bits.
inline void put_row(bytes& file, std::size_t row, const std::array<std::uint64_t, 8>& numbers)
{
    put(file, row_at(row), numbers[0], 4);
    put(file, row_at(row) + 4, numbers[1], 4);
    for (std::size_t i = 2; i < numbers.size(); ++i)
        put(file, row_at(row) + 8 * (i - 1), numbers[i]);
}

/// A sound one, like a linker's: code, constants, data with more memory than is in the file, and a row about the stack.
inline bytes made_file()
{
    bytes file(content_at + 0x1800 + 16 + 8, 0xCC);
    std::fill(file.begin(), file.begin() + content_at, 0);
    constexpr std::uint8_t begin[] = {0x7F, 'E', 'L', 'F', 2, 1, 1};
    std::copy(std::begin(begin), std::end(begin), file.begin());
    put(file, 16, 2, 2);
    put(file, 18, 62, 2);
    put(file, 24, 0x40'0010);
    put(file, 32, 64);
    put(file, 54, 56, 2);
    put(file, 56, rows_of_made, 2);
    put_row(file, 0, {1, 5, content_at, 0x40'0000, 0, 0x1800, 0x1800, 0x1000});
    put_row(file, 1, {1, 4, content_at + 0x1800, 0x40'2000, 0, 16, 16, 0x1000});
    put_row(file, 2, {1, 6, content_at + 0x1810, 0x40'3000, 0, 8, 0x5000, 0x1000});
    put_row(file, 3, {0x6474'E551, 6, 0, 0, 0, 0, 0, 16});
    return file;
}

struct part {
    wide start, end;  // of its pages
    std::uint64_t address, bytes, content, content_bytes, rights;
};

/// What the model says of a file: which fault, and which parts if it is none.
struct opinion {
    elf::fault found = elf::fault::none;
    std::vector<part> parts;
};

inline elf::fault of_row(const bytes& file, std::size_t at, std::vector<part>& parts)
{
    using elf::fault;
    const auto type = number(file, at, 4), rights = number(file, at + 4, 4);
    const wide offset = number(file, at + 8), address = number(file, at + 16), in_file = number(file, at + 32), in_memory = number(file, at + 40);
    constexpr wide lowest = 0x40'0000, limit = 0x7FFF'FFFF'F000, page = 4096;
    if (type == 2 || type == 3 || type == 7)
        return fault::linked_later;
    if (type != 1 || (in_file == 0 && in_memory == 0))
        return fault::none;
    if (offset + in_file > file.size())
        return fault::not_in_file;
    if (in_memory < in_file)
        return fault::too_short;
    if (address % page != 0)
        return fault::unaligned;
    if (address < lowest)
        return fault::too_low;
    if (address + in_memory > limit)
        return fault::too_high;
    if (rights < 4 || rights > 7)
        return fault::no_such_rights;
    if (rights == 7)
        return fault::writable_code;
    const wide end = (address + in_memory + page - 1) / page * page;
    for (const part& other : parts)
        if (std::max(other.start, address) < std::min(other.end, end))
            return fault::shared_page;
    parts.push_back({address, end, static_cast<std::uint64_t>(address), static_cast<std::uint64_t>(in_memory), static_cast<std::uint64_t>(offset),
                     static_cast<std::uint64_t>(in_file), rights});
    return fault::none;
}

inline opinion of(const bytes& file)
{
    using elf::fault;
    if (file.size() < 64 || number(file, 0, 7) != 0x01'0102'464C'457F)
        return {fault::not_elf, {}};
    if (number(file, 16, 2) != 2 || number(file, 18, 2) != 62)
        return {fault::other_kind, {}};
    const wide table = number(file, 32), rows = number(file, 56, 2);
    if (number(file, 54, 2) != 56 || table + rows * 56 > file.size())
        return {fault::no_table, {}};
    if (rows > 16)
        return {fault::too_many, {}};
    opinion said;
    for (wide i = 0; i < rows; ++i)
        if (const fault found = of_row(file, static_cast<std::size_t>(table + i * 56), said.parts); found != fault::none)
            return {found, {}};
    const wide entry = number(file, 24);
    const auto has_entry = [entry](const part& each) { return each.rights == 5 && entry >= each.address && entry < wide{each.address} + each.bytes; };
    return std::any_of(said.parts.begin(), said.parts.end(), has_entry) ? said : opinion{fault::entry, {}};
}

/// Empty, or what is not as the model has it. `file` is a copy of what was read.
inline std::string difference(const bytes& file, elf::fault found, const elf::program& program)
{
    const opinion said = of(file);
    if (found != said.found)
        return std::string("found: ") + elf::describe(found) + "; expected: " + elf::describe(said.found);
    if (found != elf::fault::none)
        return "";
    if (program.count != said.parts.size() || program.entry != number(file, 24))
        return "another number of segments, or another entry";
    for (std::size_t i = 0; i < program.count; ++i) {
        const elf::segment& got = program.segments[i];
        const part& wanted = said.parts[i];
        const unsigned rights = 4u + got.is_writable * 2u + got.is_executable;
        if (got.start != wanted.address || got.bytes != wanted.bytes || got.content_bytes != wanted.content_bytes || rights != wanted.rights)
            return "another segment " + std::to_string(i);
        if (!std::equal(got.content, got.content + got.content_bytes, file.begin() + static_cast<std::ptrdiff_t>(wanted.content)))
            return "other bytes in segment " + std::to_string(i);
    }
    return "";
}

}  // namespace elf_model
