// Reading a program's file: sound, right up to each edge and one step beyond, cut at every byte, and damaged at random.
#include "elf/file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <random>
#include <string>
#include <tuple>

#include "elf_model.hpp"

namespace elf {

// What GoogleTest prints.
void PrintTo(fault what, std::ostream* out)
{
    *out << describe(what);
}

}  // namespace elf

namespace {

using elf::fault;
using elf_model::bytes;
using elf_model::made_file;
using elf_model::number;
using elf_model::put;
using elf_model::row_at;

constexpr std::uint64_t base = 0x40'0000, page = 4096, end_of_half = 0x7FFF'FFFF'F000, huge = ~std::uint64_t{0};

struct reading {
    fault found;
    elf::program program{};
    std::unique_ptr<std::uint8_t[]> file;
};

// Reads `source` from a place on the heap that is exactly as large: AddressSanitizer sees a look at the next byte. It begins at any
// alignment.
reading read(const bytes& source, std::size_t shifted = 0)
{
    reading done{fault::none, {}, std::unique_ptr<std::uint8_t[]>(new std::uint8_t[source.size() + shifted])};
    std::copy(source.begin(), source.end(), done.file.get() + shifted);
    done.found = elf::read(done.file.get() + shifted, source.size(), done.program);
    return done;
}

// Of a sound file, of which something was changed.
fault with(const std::function<void(bytes&)>& change)
{
    bytes file = made_file();
    change(file);
    return read(file).found;
}

// With one number of one row changed: by its offset in that.
fault with_row(std::size_t row, std::size_t at, std::uint64_t value, std::size_t width = 8)
{
    return with([=](bytes& file) { put(file, row_at(row) + at, value, width); });
}

enum : std::size_t { type = 0, rights = 4, offset = 8, address = 16, physical = 24, file_bytes = 32, memory_bytes = 40, alignment = 48 };

TEST(ElfFile, IsReadInFull)
{
    for (std::size_t shifted = 0; shifted < 8; ++shifted) {
        const reading done = read(made_file(), shifted);
        ASSERT_EQ(done.found, fault::none) << shifted;
        ASSERT_EQ(done.program.count, 3u);
        EXPECT_EQ(done.program.entry, base + 0x10);
        const auto& [code, constants, data] = std::tie(done.program.segments[0], done.program.segments[1], done.program.segments[2]);
        EXPECT_EQ(std::tuple(code.start, code.bytes, code.content_bytes, code.is_writable, code.is_executable),
                  std::tuple(base, 0x1800u, 0x1800u, false, true));
        EXPECT_EQ(std::tuple(constants.start, constants.bytes, constants.content_bytes, constants.is_writable, constants.is_executable),
                  std::tuple(base + 2 * page, 16u, 16u, false, false));
        EXPECT_EQ(std::tuple(data.start, data.bytes, data.content_bytes, data.is_writable, data.is_executable),
                  std::tuple(base + 3 * page, 0x5000u, 8u, true, false));
        EXPECT_EQ(code.content, done.file.get() + shifted + elf_model::content_at);
        EXPECT_EQ(data.content, done.file.get() + shifted + elf_model::content_at + 0x1810);
    }
}

TEST(ElfFile, IsRefusedIfItIsNone)
{
    for (std::size_t at = 0; at < 7; ++at)
        EXPECT_EQ(with([=](bytes& file) { file[at] ^= 1; }), fault::not_elf) << at;
    EXPECT_EQ(with([](bytes& file) { file.resize(63); }), fault::not_elf);
    EXPECT_EQ(read({}).found, fault::not_elf);
    for (const std::uint64_t kind : {0, 1, 3, 4, 0x102})
        EXPECT_EQ(with([=](bytes& file) { put(file, 16, kind, 2); }), fault::other_kind) << kind;
    for (const std::uint64_t machine : {0, 3, 61, 63, 183, 0x13E})
        EXPECT_EQ(with([=](bytes& file) { put(file, 18, machine, 2); }), fault::other_kind) << machine;
}

TEST(ElfFile, HasItsTable)
{
    for (const std::uint64_t width : {0, 1, 55, 57, 112, 0xFFFF})
        EXPECT_EQ(with([=](bytes& file) { put(file, 54, width, 2); }), fault::no_table) << width;
    const std::uint64_t size = made_file().size();
    for (const std::uint64_t at : {size - 4 * 56 + 1, size, size + 1, std::uint64_t{1} << 63, huge - 4 * 56 + 1, huge})
        EXPECT_EQ(with([=](bytes& file) { put(file, 32, at); }), fault::no_table) << at;
    // At the very end, and at an odd address.
    bytes moved = made_file();
    const bytes table(moved.begin() + 64, moved.begin() + elf_model::content_at);
    moved.insert(moved.end(), 3, 0xFF);
    put(moved, 32, moved.size());
    moved.insert(moved.end(), table.begin(), table.end());
    EXPECT_EQ(read(moved).found, fault::none);
    EXPECT_EQ(with([](bytes& file) { put(file, 56, 0, 2); }), fault::entry) << "no rows, no code";
}

TEST(ElfFile, HasAtMost16Rows)
{
    for (const std::uint64_t rows : {16, 17, 40}) {
        bytes file = made_file();
        const bytes table(file.begin() + 64, file.begin() + elf_model::content_at);
        put(file, 56, rows, 2);
        put(file, 32, file.size());
        file.insert(file.end(), table.begin(), table.end());
        file.insert(file.end(), (rows - 4) * 56, 0);
        EXPECT_EQ(read(file).found, rows == 16 ? fault::none : fault::too_many) << rows;
    }
    // All of them segments: the list is full, and no longer than that.
    bytes file(64 + 17 * 56);
    const bytes head = made_file();
    std::copy(head.begin(), head.begin() + 64, file.begin());
    for (std::size_t i = 0; i < 17; ++i)
        elf_model::put_row(file, i, {1, i == 0 ? 5u : 4u, 0, base + i * page, 0, 0, page, page});
    put(file, 56, 16, 2);
    EXPECT_EQ(read(file).found, fault::none);
    EXPECT_EQ(read(file).program.count, 16u);
    put(file, 56, 17, 2);
    EXPECT_EQ(read(file).found, fault::too_many);
}

TEST(Row, OfAnotherTypeIsNoSegment)
{
    for (const std::uint64_t other : {0ull, 4ull, 5ull, 6ull, 8ull, 0x6474'E551ull, 0xFFFF'FFFFull}) {
        bytes file = made_file();
        elf_model::put_row(file, 3, {other, 7, huge, huge, huge, huge, huge, huge});
        const reading done = read(file);
        EXPECT_EQ(done.found, fault::none) << other;
        EXPECT_EQ(done.program.count, 3u) << other;
    }
    for (const std::uint64_t other : {2, 3, 7})
        EXPECT_EQ(with_row(3, type, other, 4), fault::linked_later) << other;
    bytes file = made_file();
    elf_model::put_row(file, 3, {1, 7, huge, huge, huge, 0, 0, huge});
    EXPECT_EQ(read(file).program.count, 3u) << "of no bytes";
}

TEST(Segment, IsInTheFile)
{
    const std::uint64_t size = made_file().size();
    EXPECT_EQ(with_row(1, offset, size - 16), fault::none);
    EXPECT_EQ(with_row(1, offset, size - 15), fault::not_in_file);
    for (const std::uint64_t at : {size, size + 1, std::uint64_t{1} << 63, huge - 16, huge - 15, huge - 14, huge})
        EXPECT_EQ(with_row(1, offset, at), fault::not_in_file) << at;
    // No bytes of the file may be at its end, but not behind it.
    bytes file = made_file();
    put(file, row_at(2) + file_bytes, 0);
    put(file, row_at(2) + offset, size);
    EXPECT_EQ(read(file).found, fault::none);
    put(file, row_at(2) + offset, size + 1);
    EXPECT_EQ(read(file).found, fault::not_in_file);
    EXPECT_EQ(with_row(1, file_bytes, huge), fault::not_in_file);
}

TEST(Segment, IsAtLeastAsLongInMemory)
{
    EXPECT_EQ(with_row(1, memory_bytes, 16), fault::none);
    EXPECT_EQ(with_row(1, memory_bytes, 15), fault::too_short);
    EXPECT_EQ(with_row(1, memory_bytes, 0), fault::too_short);
}

TEST(Segment, BeginsAtAPage)
{
    for (const std::uint64_t at : {1, 8, 0x800, 0xFFF})
        EXPECT_EQ(with_row(2, address, base + 3 * page + at), fault::unaligned) << at;
}

TEST(Segment, IsWhereProgramsAre)
{
    const auto moved = [](std::uint64_t to, std::uint64_t length) {
        return with([=](bytes& file) {
            put(file, row_at(2) + address, to);
            put(file, row_at(2) + memory_bytes, length);
        });
    };
    for (const std::uint64_t to : {std::uint64_t{0}, page, base - page})
        EXPECT_EQ(moved(to, 8), fault::too_low) << to;
    EXPECT_EQ(moved(end_of_half - page, page), fault::none);
    EXPECT_EQ(moved(end_of_half - page, page + 1), fault::too_high);
    EXPECT_EQ(moved(base + 3 * page, end_of_half - base - 3 * page), fault::none) << "all that there is";
    EXPECT_EQ(moved(base + 3 * page, end_of_half - base - 3 * page + 1), fault::too_high);
    EXPECT_EQ(moved(end_of_half, 8), fault::too_high);
    EXPECT_EQ(moved(end_of_half + page, 8), fault::too_high);
    for (const std::uint64_t to : {0xFFFF'8000'0000'0000, 0xFFFF'FFFF'8000'0000, huge - page + 1})
        for (const std::uint64_t length : {std::uint64_t{8}, page, huge - to + 1 + 8, huge})
            EXPECT_EQ(moved(to, std::max<std::uint64_t>(length, 8)), fault::too_high) << to << " " << length;
    EXPECT_EQ(moved(base + 3 * page, huge), fault::too_high);
}

TEST(Segment, HasRightsThatAPageHas)
{
    const std::map<std::uint64_t, fault> expected{{4, fault::none}, {5, fault::none}, {6, fault::none}, {7, fault::writable_code}};
    for (std::uint64_t each = 0; each < 32; ++each) {
        const auto found = expected.find(each);
        EXPECT_EQ(with_row(2, rights, each, 4), found == expected.end() ? fault::no_such_rights : found->second) << each;
    }
    EXPECT_EQ(with_row(2, rights, 0x8000'0004, 4), fault::no_such_rights);
}

TEST(Segment, SharesNoPage)
{
    // Before the code, 0x400000-0x4017FF, there is no room; between constants and data, there is none either.
    EXPECT_EQ(with_row(1, address, base), fault::shared_page);
    EXPECT_EQ(with_row(1, address, base + page), fault::shared_page);
    EXPECT_EQ(with_row(0, memory_bytes, 2 * page), fault::none);
    EXPECT_EQ(with_row(0, memory_bytes, 2 * page + 1), fault::shared_page);
    EXPECT_EQ(with_row(1, memory_bytes, page), fault::none);
    EXPECT_EQ(with_row(1, memory_bytes, page + 1), fault::shared_page);
    EXPECT_EQ(with_row(1, address, base + 8 * page), fault::none) << "right behind the data";
    EXPECT_EQ(with_row(1, address, base + 7 * page), fault::shared_page) << "the last page of the data";
    EXPECT_EQ(with_row(2, address, base + page), fault::shared_page) << "around another one";
}

TEST(Entry, IsInCode)
{
    const auto entry = [](std::uint64_t at) { return with([=](bytes& file) { put(file, 24, at); }); };
    for (const std::uint64_t at : {base, base + 0x17FF})
        EXPECT_EQ(entry(at), fault::none) << at;
    for (const std::uint64_t at : {std::uint64_t{0}, base - 1, base + 0x1800, base + 2 * page, base + 3 * page, huge})
        EXPECT_EQ(entry(at), fault::entry) << at;
    EXPECT_EQ(with_row(0, rights, 4, 4), fault::entry) << "nothing is executable";
}

TEST(ElfFile, CutOffAnywhereIsRefused)
{
    const bytes whole = made_file();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const fault found = read(bytes(whole.begin(), whole.begin() + length)).found;
        const fault expected = length < 64 ? fault::not_elf : length < elf_model::content_at ? fault::no_table : fault::not_in_file;
        ASSERT_EQ(found, expected) << length;
    }
}

TEST(Faults, HaveASentenceEach)
{
    std::map<std::string, int> sentences;
    for (int each = 0; each <= static_cast<int>(fault::entry); ++each)
        ++sentences[elf::describe(static_cast<fault>(each))];
    EXPECT_EQ(sentences.size(), static_cast<std::size_t>(fault::entry) + 1);
    EXPECT_EQ(sentences.count("it has a fault without a name"), 0u);
    EXPECT_STREQ(elf::describe(static_cast<fault>(99)), "it has a fault without a name");
}

TEST(DamagedFile, IsReadAsTheModelReadsIt)
{
    std::mt19937 random(20'261'201);
    std::map<fault, int> seen;
    const bytes sound = made_file();
    constexpr std::uint64_t numbers[] = {0, 1, 4, 5, 6, 7, 8, 15, 16, 17, 0x7FF, page - 1, page, page + 1, 2 * page, base - page, base, base + page,
                                         base + 2 * page, base + 7 * page, end_of_half - page, end_of_half, end_of_half + page, 1ull << 47, 1ull << 63, huge - page + 1, huge};
    for (int round = 0; round < 60'000; ++round) {
        bytes file = sound;
        for (auto changes = 1 + random() % 3; changes > 0; --changes)
            switch (random() % 8) {
            case 0: file[random() % file.size()] = random(); break;
            case 1: file[random() % 64] ^= 1 << random() % 8; break;
            case 2: put(file, 24 + random() % 2 * 8, numbers[random() % std::size(numbers)]); break;
            case 3: put(file, row_at(random() % 4) + rights, random() % 9, 4); break;
            case 4: put(file, row_at(random() % 4) + type, random() % 9, 4); break;
            case 5: file.resize(1 + random() % file.size()), file.resize(sound.size()); break;
            default: put(file, row_at(random() % 4) + offset + 8 * (random() % 6), numbers[random() % std::size(numbers)]);
            }
        if (random() % 16 == 0)
            file.resize(random() % file.size());
        const reading done = read(file, random() % 8);
        ++seen[done.found];
        ASSERT_EQ(elf_model::difference(file, done.found, done.program), "") << "round " << round;
    }
    for (int each = 0; each <= static_cast<int>(fault::entry); ++each)
        if (static_cast<fault>(each) != fault::too_many) {
            EXPECT_GT(seen[static_cast<fault>(each)], 20) << elf::describe(static_cast<fault>(each));
        }
    EXPECT_GT(seen[fault::none], 2'000);
}

}  // namespace
