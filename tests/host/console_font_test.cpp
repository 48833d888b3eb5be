// Finding characters in a PSF 1 font: in the one that the kernel carries, and in damaged ones.
#include "console/font.hpp"

#include <gtest/gtest.h>
#include <sanitizer/asan_interface.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <set>
#include <vector>

// What console/font.asm gives the kernel, but where the tests can write to it, with half a number at its end, and then
// with bytes that nobody may read.
asm(R"(
        .pushsection .data
        .balign 8
        .globl  font_file, font_file_end
font_file:
        .incbin "build/font.psf"
        .byte   0xFF
font_file_end:
        .skip   64
        .popsection
)");
extern "C" std::uint8_t font_file[], font_file_end[];

namespace {

constexpr std::size_t head_size = 4;

class Font : public testing::Test {
protected:
    Font() : sound(font_file, font_file_end) { __asan_poison_memory_region(font_file_end, 64); }
    ~Font() override
    {
        std::copy(sound.begin(), sound.end(), font_file);
        EXPECT_TRUE(console::load_font());
        __asan_unpoison_memory_region(font_file_end, 64);
    }

    static std::size_t size() { return font_file_end - font_file; }
    static std::size_t glyphs() { return font_file[2] % 2 == 1 ? 512 : 256; }
    static std::uint8_t* table() { return font_file + head_size + glyphs() * 16; }

    // Which glyph each character has, read from the table's end to its beginning.
    static std::map<unsigned, std::size_t> characters()
    {
        std::map<unsigned, std::size_t> found;
        std::size_t glyph = glyphs();
        for (const std::uint8_t* at = font_file_end - 1; at > table();) {
            at -= 2;
            const unsigned character = at[1] * 256 + at[0];
            if (character == 0xFFFF)
                --glyph;
            else
                found.emplace(character, glyph);
        }
        EXPECT_EQ(glyph, 0u);
        return found;
    }

    const std::vector<std::uint8_t> sound;
};

TEST_F(Font, GlyphsAreWhereTheTableSays)
{
    ASSERT_TRUE(console::load_font());
    const auto expected = characters();
    for (char character = ' '; character <= '~'; ++character) {
        ASSERT_TRUE(expected.contains(character)) << character;
        EXPECT_EQ(console::glyph(character), font_file + head_size + expected.at(character) * 16) << character;
    }
}

TEST_F(Font, GlyphsLookLikeTheirCharacters)
{
    ASSERT_TRUE(console::load_font());
    const auto lines = [](char character) {
        return std::vector<unsigned>(console::glyph(character), console::glyph(character) + console::glyph_height);
    };
    EXPECT_EQ(lines(' '), std::vector<unsigned>(16, 0));
    EXPECT_EQ(lines('-'), (std::vector<unsigned>{0, 0, 0, 0, 0, 0, 0, 0x7E, 0, 0, 0, 0, 0, 0, 0, 0}));
    std::set<std::vector<unsigned>> shapes;
    for (char character = ' '; character <= '~'; ++character)
        EXPECT_TRUE(shapes.insert(lines(character)).second) << character << " looks like another";
}

// boot/last_words.asm looks no further than here.
TEST_F(Font, HasAsciiInTheOrderOfAscii)
{
    const auto found = characters();
    for (char character = ' '; character <= '~'; ++character)
        EXPECT_EQ(found.at(character), static_cast<std::size_t>(character)) << character;
}

TEST_F(Font, CharactersThatAreNotAsciiLookLikeAQuestionMark)
{
    ASSERT_TRUE(console::load_font());
    for (int code = 128; code < 256; ++code)
        EXPECT_EQ(console::glyph(static_cast<char>(code)), console::glyph('?')) << code;
}

TEST_F(Font, OfAnotherFormatIsRefused)
{
    struct row {
        std::size_t at;
        std::uint8_t value;
        const char* what;
    };
    constexpr row rows[] = {
        {0, 0x72, "the first byte of PSF 2"},
        {1, 0x05, "a wrong second byte"},
        {2, 0x01, "no table"},
        {2, 0x07, "a table with sequences, whose characters are not the glyph's own"},
        {3, 14, "glyphs of 14 lines"},
        {3, 32, "glyphs of 32 lines"},
    };
    for (const auto& [at, value, what] : rows) {
        const std::uint8_t before = font_file[at];
        font_file[at] = value;
        EXPECT_FALSE(console::load_font()) << what;
        font_file[at] = before;
    }
}

TEST_F(Font, WhoseTableEndsEarlyIsRefused)
{
    // The last mark that ends a glyph's characters becomes a character: one glyph too few at the file's end.
    std::memset(font_file + size() - 3, 0x20, 2);
    EXPECT_FALSE(console::load_font());
    // No mark at all.
    std::fill(table(), font_file_end, 0x20);
    EXPECT_FALSE(console::load_font());
}

TEST_F(Font, Of256GlyphsIsRead)
{
    font_file[2] = 2;
    ASSERT_EQ(glyphs(), 256u);
    // The last of them is Z, the others are nobody.
    std::memset(table(), 0xFF, 255 * 2);
    const std::uint8_t last[] = {'Z', 0, 0xFF, 0xFF};
    std::memcpy(table() + 255 * 2, last, sizeof last);
    ASSERT_TRUE(console::load_font());
    EXPECT_EQ(console::glyph('Z'), font_file + head_size + 255 * 16);
}

TEST_F(Font, DamagedInAnyWayIsNotReadBeyondItsEnd)
{
    std::mt19937_64 random(1981);
    int refused = 0;
    for (int round = 0; round < 5'000; ++round) {
        std::copy(sound.begin(), sound.end(), font_file);
        const bool in_table = random() % 4 != 0;
        for (std::size_t i = 0; i < 1 + random() % 8; ++i) {
            std::uint8_t* const begin = in_table ? table() : font_file;
            begin[random() % (in_table ? font_file_end - begin : std::ptrdiff_t{head_size})] = random();
        }
        refused += !console::load_font();
        for (int code = 0; code < 256; ++code) {
            const std::uint8_t* glyph = console::glyph(static_cast<char>(code));
            ASSERT_GE(glyph, font_file + head_size);
            ASSERT_LE(glyph, font_file_end - console::glyph_height);
        }
    }
    EXPECT_GT(refused, 500);
    EXPECT_LT(refused, 4'500);
}

}  // namespace
