// Reading the boot information: sound, broken in each way that has a name, cut at every byte, and damaged at random.
#include "multiboot2/information.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace multiboot2 {

// What GoogleTest prints.
void PrintTo(fault what, std::ostream* out)
{
    *out << describe(what);
}

}  // namespace multiboot2

namespace {

using multiboot2::fault;
using multiboot2::information;
using bytes = std::vector<std::uint8_t>;

constexpr std::size_t plenty = 1 << 20;  // the kernel's own limit
constexpr std::uint32_t command_line = 1, module_tag = 3, memory_map = 6, framebuffer = 8;

// The bytes of numbers, each as wide as its type.
template <typename... Numbers>
bytes le(Numbers... numbers)
{
    bytes out;
    const auto add = [&out](auto number) {
        for (std::size_t i = 0; i < sizeof number; ++i)
            out.push_back(static_cast<std::uint64_t>(number) >> 8 * i & 0xFF);
    };
    (add(numbers), ...);
    return out;
}

bytes operator+(bytes left, const bytes& right)
{
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

// A text with its zero.
bytes text(const std::string& characters)
{
    return bytes(characters.begin(), characters.end()) + bytes{0};
}

using u8 = std::uint8_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;

bytes entry(u64 base, u64 length, u32 type)
{
    return le(base, length, type, u32{0});
}

bytes map_body(const bytes& entries, u32 entry_size = 24, u32 version = 0)
{
    return le(entry_size, version) + entries;
}

const bytes one_entry = entry(0x10'0000, 0x700'0000, 1);

bytes screen_body(u8 type, u8 bits_per_pixel, u32 pitch = 4096, u32 width = 1024, u32 height = 768)
{
    return le(u64{0xFD00'0000}, pitch, width, height, bits_per_pixel, type, std::uint16_t{0});
}

const bytes rgb{24, 8, 16, 8, 0, 8};  // the bit where red, green and blue begin, each followed by its width

// A boot information under construction.
class structure {
public:
    structure& tag(u32 type, const bytes& body, std::optional<u32> size = {})
    {
        pad();
        tags.push_back(all.size());
        all = all + le(type, size.value_or(8 + body.size())) + body;
        return *this;
    }

    // Without an end tag, and without the last tag's padding.
    bytes open() const
    {
        bytes done = all;
        const bytes total = le(static_cast<u32>(done.size()));
        std::copy(total.begin(), total.end(), done.begin());
        return done;
    }

    bytes closed() const { return structure(*this).tag(0, {}).open(); }

    std::vector<std::size_t> tags;  // where each begins

private:
    void pad() { all.resize((all.size() + 7) / 8 * 8); }

    bytes all = bytes(8);
};

// With all that the kernel reads, and with something that it does not.
structure complete()
{
    structure made;
    made.tag(command_line, text("console=serial"))
        .tag(2, text("GRUB 2.06"))
        .tag(module_tag, le(u32{0x20'0000}, u32{0x20'1234}) + text("first"))
        .tag(module_tag, le(u32{0x30'0000}, u32{0x30'0000}) + text(""))
        .tag(memory_map,
             map_body(entry(0, 0x9'fc00, 1) + entry(0xf'0000, 0x1'0000, 2) + entry(0x10'0000, 0x700'0000, 1)))
        .tag(framebuffer, screen_body(1, 32) + rgb)
        .tag(0x1234'5678, le(u32{1}, u8{2}));
    return made;
}

struct reading {
    fault found;
    std::unique_ptr<information> facts = std::make_unique<information>();
    std::uintptr_t at = 0;
};

// Reads `source` from a place on the heap that is exactly as large: AddressSanitizer sees a look at the next byte.
reading read(const bytes& source, std::size_t limit = plenty)
{
    const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[source.size()]);
    std::copy(source.begin(), source.end(), exact.get());
    reading done{};
    done.at = reinterpret_cast<std::uintptr_t>(exact.get());
    done.found = multiboot2::read(exact.get(), limit, *done.facts);
    return done;
}

TEST(BootInformation, IsReadInFull)
{
    const bytes source = complete().closed();
    const reading done = read(source);
    ASSERT_EQ(done.found, fault::none);
    const information& facts = *done.facts;
    EXPECT_STREQ(facts.command_line, "console=serial");
    ASSERT_EQ(facts.module_count, 2u);
    EXPECT_EQ(facts.modules[0].start, 0x20'0000u);
    EXPECT_EQ(facts.modules[0].end, 0x20'1234u);
    EXPECT_EQ(facts.modules[1].start, 0x30'0000u);
    EXPECT_EQ(facts.modules[1].end, 0x30'0000u) << "an empty module is one";
    ASSERT_EQ(facts.region_count, 3u);
    EXPECT_EQ(facts.regions[0].base, 0u);
    EXPECT_EQ(facts.regions[0].length, 0x9'fc00u);
    EXPECT_EQ(facts.regions[0].type, 1u);
    EXPECT_EQ(facts.regions[1].type, 2u);
    EXPECT_EQ(facts.regions[2].base, 0x10'0000u);
    EXPECT_EQ(facts.regions[2].length, 0x700'0000u);
    EXPECT_EQ(facts.screen.address, 0xFD00'0000u);
    EXPECT_EQ(facts.screen.pitch, 4096u);
    EXPECT_EQ(facts.screen.width, 1024u);
    EXPECT_EQ(facts.screen.height, 768u);
    EXPECT_EQ(facts.screen.red_bit, 24u);
    EXPECT_EQ(facts.screen.green_bit, 16u);
    EXPECT_EQ(facts.screen.blue_bit, 0u);
    EXPECT_EQ(facts.start, done.at);
    EXPECT_EQ(facts.end, done.at + source.size());
}

TEST(BootInformation, MayEndBehindItsEndTag)
{
    bytes source = complete().closed() + bytes(5, 0xFF);
    source[0] += 5;
    EXPECT_EQ(read(source).found, fault::none);
}

TEST(BootInformation, TagsOfUnknownTypesAreSkipped)
{
    structure made;
    for (const u32 type : {2u, 4u, 5u, 7u, 9u, 10u, 12u, 14u, 15u, 16u, 17u, 18u, 21u, 22u, 0x7FFF'FFFFu, 0xFFFF'FFFFu})
        for (std::size_t size = 0; size < 9; ++size)  // with each length of padding
            made.tag(type, bytes(size, 0xFF));
    const reading done = read(made.tag(memory_map, map_body(one_entry)).closed());
    ASSERT_EQ(done.found, fault::none);
    EXPECT_EQ(done.facts->region_count, 1u);
    EXPECT_EQ(done.facts->module_count, 0u);
    EXPECT_STREQ(done.facts->command_line, "");
    EXPECT_EQ(done.facts->screen.address, 0u);
}

TEST(BootInformation, PaddingMayHoldAnything)
{
    const structure made = complete();
    const bytes sound = made.closed();
    bytes dirty = sound;
    for (const std::size_t tag : made.tags)
        for (std::size_t at = tag + sound[tag + 4]; at % 8 != 0; ++at)
            dirty[at] = 0xFF;
    ASSERT_NE(dirty, sound);
    const reading done = read(dirty);
    ASSERT_EQ(done.found, fault::none);
    EXPECT_STREQ(done.facts->command_line, "console=serial");
    EXPECT_EQ(done.facts->module_count, 2u);
}

TEST(MemoryMap, OfLargerEntriesIsRead)
{
    const bytes more(8, 0xFF);
    const bytes entries = entry(0x1000, 0x2000, 1) + more + entry(0x8000, 0x1000, 20) + more;
    const reading done = read(structure().tag(memory_map, map_body(entries, 32)).closed());
    ASSERT_EQ(done.found, fault::none);
    ASSERT_EQ(done.facts->region_count, 2u);
    EXPECT_EQ(done.facts->regions[1].base, 0x8000u);
    EXPECT_EQ(done.facts->regions[1].length, 0x1000u);
    EXPECT_EQ(done.facts->regions[1].type, 20u);
}

bytes entries(std::size_t count)
{
    bytes all;
    for (std::size_t i = 0; i < count; ++i)
        all = all + entry(i << 20, 1 << 20, 1);
    return all;
}

structure modules(std::size_t count)
{
    structure made;
    made.tag(memory_map, map_body(one_entry));
    for (u32 i = 0; i < count; ++i)
        made.tag(module_tag, le(i << 12, (i << 12) + 4096) + text("module"));
    return made;
}

TEST(BootInformation, MayFillTheArrays)
{
    const reading regions = read(structure().tag(memory_map, map_body(entries(256))).closed());
    ASSERT_EQ(regions.found, fault::none);
    EXPECT_EQ(regions.facts->region_count, 256u);
    EXPECT_EQ(regions.facts->regions[255].base, u64{255} << 20);

    const reading sixteen = read(modules(16).closed());
    ASSERT_EQ(sixteen.found, fault::none);
    EXPECT_EQ(sixteen.facts->module_count, 16u);
    EXPECT_EQ(sixteen.facts->modules[15].end, u32{16} << 12);
}

TEST(CommandLine, IsCutAt255Characters)
{
    for (const std::size_t length : {0u, 1u, 254u, 255u, 256u, 257u, 5000u}) {
        std::string line(length, 'x');
        if (length > 0)
            line.front() = 'a', line.back() = 'z';
        const reading done =
            read(structure().tag(command_line, text(line)).tag(memory_map, map_body(one_entry)).closed());
        ASSERT_EQ(done.found, fault::none) << length;
        EXPECT_EQ(done.facts->command_line, line.substr(0, 255)) << length;
        EXPECT_EQ(done.facts->region_count, 1u) << length;
    }
}

TEST(CommandLine, EndsAtItsFirstZero)
{
    const bytes line = text("quiet") + text("rest");
    const reading done = read(structure().tag(command_line, line).tag(memory_map, map_body(one_entry)).closed());
    ASSERT_EQ(done.found, fault::none);
    EXPECT_STREQ(done.facts->command_line, "quiet");
}

reading read_screen(const bytes& body)
{
    return read(structure().tag(memory_map, map_body(one_entry)).tag(framebuffer, body).closed());
}

TEST(Framebuffer, OtherThanDirectColourOf3Times8BitsIsIgnored)
{
    const std::pair<const char*, bytes> rows[] = {
        {"text mode, 32 bytes in all", screen_body(2, 16, 160, 80, 25)},
        {"text mode of 32 bits", screen_body(2, 32, 160, 80, 25)},
        {"a palette of two colours", screen_body(0, 8) + le(u32{2}) + bytes(6, 0x80)},
        {"a palette of 32 bits", screen_body(0, 32) + le(u32{0})},
        {"direct colour of 24 bits", screen_body(1, 24) + rgb},
        {"direct colour of 16 bits, cut off", screen_body(1, 16)},
        {"a type of the future", screen_body(3, 32)},
        {"red that begins too high", screen_body(1, 32) + bytes{25, 8, 8, 8, 0, 8}},
        {"green that begins too high", screen_body(1, 32) + bytes{16, 8, 255, 8, 0, 8}},
        {"blue of 10 bits", screen_body(1, 32) + bytes{20, 8, 10, 8, 0, 10}},
        {"red of no bits", screen_body(1, 32) + bytes{16, 0, 8, 8, 0, 8}},
    };
    for (const auto& [what, body] : rows) {
        const reading done = read_screen(body);
        EXPECT_EQ(done.found, fault::none) << what;
        EXPECT_EQ(done.facts->screen.address, 0u) << what;
    }
}

TEST(Framebuffer, IsBelievedUpTo8192PixelsSquare)
{
    struct row {
        fault expected;
        u32 pitch, width, height;
    };
    const row rows[] = {
        {fault::none, 32768, 8192, 8192},
        {fault::none, 4100, 1024, 768},
        {fault::none, 4096, 1024, 0},
        {fault::framebuffer_size, 32768, 8193, 1},
        {fault::framebuffer_size, 32772, 1024, 768},
        {fault::framebuffer_size, 4096, 1024, 8193},
        {fault::framebuffer_size, 4095, 1024, 768},
        {fault::framebuffer_size, 4098, 1024, 768},
        {fault::framebuffer_size, 0, 1, 1},
        {fault::framebuffer_size, 0xFFFF'FFFF, 1024, 768},
        {fault::framebuffer_size, 0, 0x4000'0000, 1},  // the width in bytes is 2^32
    };
    for (const auto& [expected, pitch, width, height] : rows)
        EXPECT_EQ(read_screen(screen_body(1, 32, pitch, width, height) + rgb).found, expected)
            << pitch << ", " << width << " x " << height;
}

TEST(Framebuffer, LiesAtAnAlignedAddressThatMemoryCanHave)
{
    const std::pair<fault, u64> rows[] = {
        {fault::none, (u64{1} << 52) - 4},
        {fault::framebuffer_size, u64{1} << 52},
        {fault::framebuffer_size, ~u64{3}},
        {fault::framebuffer_size, 0xFD00'0002},
    };
    for (const auto& [expected, address] : rows) {
        bytes body = screen_body(1, 32) + rgb;
        std::memcpy(body.data(), &address, sizeof address);
        EXPECT_EQ(read_screen(body).found, expected) << address;
    }
}

struct broken {
    fault expected;
    const char* what;
    bytes source;
};

// Each begins with a sound structure, and one thing is wrong.
std::vector<broken> broken_structures()
{
    const auto with = [](u32 type, const bytes& body, std::optional<u32> size = {}) {
        return structure().tag(memory_map, map_body(one_entry)).tag(type, body, size).closed();
    };
    const auto with_map = [](const bytes& body) { return structure().tag(memory_map, body).closed(); };
    const auto with_total = [](u32 total) {
        bytes source = structure().tag(memory_map, map_body(one_entry)).closed();
        const bytes number = le(total);
        std::copy(number.begin(), number.end(), source.begin());
        return source;
    };
    const bytes range = le(u32{0x1000}, u32{0x2000});
    return {
        {fault::total_size, "zero", with_total(0)},
        {fault::total_size, "too little for an end tag", with_total(15)},
        {fault::total_size, "more than may be read", with_total(plenty + 1)},
        {fault::total_size, "all bits set", with_total(0xFFFF'FFFF)},
        {fault::tag_size, "zero", with(2, {}, 0)},
        {fault::tag_size, "less than its own head", with(2, {}, 7)},
        {fault::tag_size, "one more than there is", with(2, {}, 17)},
        {fault::tag_size, "all bits set", with(2, {}, 0xFFFF'FFFF)},
        {fault::tag_size, "wraps to zero when rounded up to 8", with(2, {}, 0xFFFF'FFF9)},
        {fault::tag_size, "of an end tag, zero", structure().tag(memory_map, map_body(one_entry)).tag(0, {}, 0).open()},
        {fault::tag_size, "a memory map without a version", with_map(le(u32{24}))},
        {fault::tag_size, "a module without its end", with(module_tag, le(u32{0x1000}))},
        {fault::tag_size, "a module without a text", with(module_tag, range)},
        {fault::tag_size, "a framebuffer without a type", with(framebuffer, bytes(23))},
        {fault::tag_size, "direct colour without the blue's width", with(framebuffer, screen_body(1, 32) + bytes(5))},
        {fault::no_end, "only a head and a tag", structure().tag(2, {}).open()},
        {fault::no_end, "sound tags", complete().open()},
        {fault::no_end, "half an end tag", structure().tag(memory_map, map_body(one_entry)).open() + bytes(4)},
        {fault::no_end, "the last tag's padding is missing", structure().tag(2, bytes(1)).open()},
        {fault::entry_size, "zero", with_map(map_body(one_entry, 0))},
        {fault::entry_size, "too short, though it fills the tag", with_map(map_body(one_entry, 8))},
        {fault::entry_size, "not a multiple of 8", with_map(map_body(one_entry + bytes(4), 28))},
        {fault::entry_size, "does not fill the tag", with_map(map_body(one_entry + bytes(8)))},
        {fault::entry_size, "more than the tag has", with_map(map_body(one_entry, 32))},
        {fault::entry_size, "all bits but three", with_map(map_body(one_entry, 0xFFFF'FFF8))},
        {fault::entry_version, "1", with_map(map_body(one_entry, 24, 1))},
        {fault::open_text, "a command line of no bytes", with(command_line, {})},
        {fault::open_text, "a command line without a zero", with(command_line, bytes(8, 'x'))},
        {fault::open_text, "a command line with its zero in the padding", with(command_line, bytes(7, 'x'))},
        {fault::open_text, "a module's text without a zero", with(module_tag, range + bytes(8, 'x'))},
        {fault::module_range, "one byte less than none", with(module_tag, le(u32{0x1000}, u32{0xFFF}) + text("m"))},
        {fault::too_many_regions, "257", with_map(map_body(entries(257)))},
        {fault::too_many_regions, "257 in two tags",
         structure().tag(memory_map, map_body(entries(128))).tag(memory_map, map_body(entries(129))).closed()},
        {fault::too_many_modules, "17", modules(17).closed()},
        {fault::no_memory_map, "no tag but the end", structure().closed()},
        {fault::no_memory_map, "one without entries", with_map(map_body({}))},
        {fault::framebuffer_size, "a line too short", with(framebuffer, screen_body(1, 32, 4092) + rgb)},
    };
}

TEST(BrokenBootInformation, IsCalledByItsFault)
{
    for (const auto& [expected, what, source] : broken_structures())
        EXPECT_EQ(read(source).found, expected) << what;
}

TEST(BrokenBootInformation, MustBeginAtAMultipleOf8)
{
    const bytes sound = complete().closed();
    for (std::size_t shift = 0; shift < 8; ++shift) {
        const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[shift + sound.size()]);
        std::copy(sound.begin(), sound.end(), exact.get() + shift);
        const auto facts = std::make_unique<information>();
        EXPECT_EQ(multiboot2::read(exact.get() + shift, plenty, *facts), shift == 0 ? fault::none : fault::unaligned);
    }
}

TEST(BrokenBootInformation, EachFaultIsTestedAndHasASentence)
{
    std::set<fault> tested{fault::none, fault::unaligned};
    for (const broken& each : broken_structures())
        tested.insert(each.expected);
    std::set<std::string> sentences;
    for (const fault each : tested)
        EXPECT_TRUE(sentences.insert(multiboot2::describe(each)).second) << "twice: " << multiboot2::describe(each);
    // The last fault of the list has no successor with a name.
    const auto last = *tested.rbegin(), behind = static_cast<fault>(static_cast<int>(last) + 1);
    EXPECT_EQ(tested.size(), static_cast<std::size_t>(last) + 1) << "a fault is not tested";
    EXPECT_STREQ(multiboot2::describe(behind), "the boot information has a fault without a name");
}

TEST(RegionName, IsTheManuals)
{
    std::set<std::string> names;
    for (u32 type = 1; type <= 5; ++type)
        names.insert(multiboot2::region_name(type));
    EXPECT_EQ(names.size(), 5u);
    EXPECT_STREQ(multiboot2::region_name(1), "usable");
    EXPECT_STREQ(multiboot2::region_name(2), "reserved");
    for (const u32 type : {0u, 6u, 12u, 0xFFFF'FFFFu})
        EXPECT_STREQ(multiboot2::region_name(type), "of unknown type");
}

TEST(CutBootInformation, IsNotReadBeyondTheLimit)
{
    const bytes sound = complete().closed();
    EXPECT_EQ(read(sound, sound.size()).found, fault::none);
    for (std::size_t length = 0; length < sound.size(); ++length)
        ASSERT_EQ(read({sound.begin(), sound.begin() + length}, length).found, fault::total_size) << length;
}

TEST(CutBootInformation, IsNotReadBeyondItsTotalSize)
{
    const structure made = complete();
    const bytes sound = made.closed();
    std::vector<std::size_t> tags = made.tags;
    tags.push_back(sound.size() - 8);  // the end tag
    for (std::size_t length = 4; length < sound.size(); ++length) {
        bytes cut(sound.begin(), sound.begin() + length);
        const bytes total = le(static_cast<u32>(length));
        std::copy(total.begin(), total.end(), cut.begin());

        fault expected = fault::total_size;
        if (length >= 16) {
            // The last tag that begins before the cut: its head, its body, or its padding is cut.
            const std::size_t tag = *std::prev(std::lower_bound(tags.begin(), tags.end(), length));
            const bool cut_in_body = length - tag >= 8 && length < tag + sound[tag + 4];
            expected = cut_in_body ? fault::tag_size : fault::no_end;
        }
        ASSERT_EQ(read(cut).found, expected) << length;
    }
}

// The bytes end with a tag of each size, so what lies behind the tag is no part of the structure.
TEST(CutBootInformation, ATagIsNotReadBeyondItsEnd)
{
    const std::pair<u32, bytes> rows[] = {
        {command_line, bytes(64, 'x')},
        {module_tag, le(u32{0x1000}, u32{0x2000}) + bytes(56, 'x')},
        {memory_map, map_body(one_entry + one_entry)},
        {framebuffer, screen_body(1, 32) + rgb},
        {framebuffer, screen_body(0, 8) + bytes(8)},
        {framebuffer, screen_body(2, 16)},
    };
    for (const auto& [type, body] : rows)
        for (std::size_t size = 0; size <= body.size(); ++size)
            ASSERT_NE(read(structure().tag(type, {body.begin(), body.begin() + size}).open()).found, fault::none)
                << "type " << type << ", " << size;
}

// A second reader of the format. It copies nothing, looks at each tag as a list of bytes of its own, and throws on
// whatever is wrong.
class second_reader {
public:
    // Nothing if the structure is broken.
    static std::optional<second_reader> read(const bytes& source, std::size_t limit)
    {
        try {
            return second_reader(source, limit);
        } catch (const std::out_of_range&) {
            return {};
        }
    }

    std::vector<bytes> regions;                // 20 bytes each: base, length, type
    std::vector<std::pair<u64, u64>> modules;  // start, end
    std::string command_line;                  // as much of it as is kept
    std::optional<bytes> screen;               // its tag
    u64 total;

    static u64 number(const bytes& from, std::size_t at, std::size_t width)
    {
        u64 value = 0;
        while (width-- > 0)
            value = value * 256 + from.at(at + width);
        return value;
    }

private:
    second_reader(const bytes& source, std::size_t limit) : total(number(source, 0, 4))
    {
        demand(total >= 16 && total <= limit);
        const bytes all(source.begin(), source.begin() + total);
        std::size_t at = 8;
        while (true) {
            const u64 type = number(all, at, 4), size = number(all, at + 4, 4);
            demand(size >= 8 && size <= all.size() - at);
            if (type == 0)
                break;
            look_at(type, bytes(all.begin() + at, all.begin() + at + size));
            for (at += size; at % 8 != 0; ++at)
                demand(at < all.size());
        }
        demand(!regions.empty() && regions.size() <= 256 && modules.size() <= 16);
    }

    static void demand(bool holds)
    {
        if (!holds)
            throw std::out_of_range("broken");
    }

    void look_at(u64 type, const bytes& tag)
    {
        if (type == ::command_line) {
            const auto zero = std::find(tag.begin() + 8, tag.end(), 0);
            demand(zero != tag.end());
            command_line = std::string(tag.begin() + 8, zero).substr(0, 255);
        } else if (type == module_tag) {
            modules.emplace_back(number(tag, 8, 4), number(tag, 12, 4));
            demand(modules.back().first <= modules.back().second && tag.size() > 16 && tag.back() == 0);
        } else if (type == memory_map) {
            const u64 step = number(tag, 8, 4);
            demand(number(tag, 12, 4) == 0 && step >= 24 && step % 8 == 0);
            for (std::size_t at = 16; at != tag.size(); at += step) {
                demand(at < tag.size() && step <= tag.size() - at);
                regions.emplace_back(tag.begin() + at, tag.begin() + at + 20);
            }
        } else if (type == framebuffer) {
            demand(tag.size() >= 32);
            if (tag[29] != 1 || tag[28] != 32)
                return;
            const u64 pitch = number(tag, 16, 4), width = number(tag, 20, 4), height = number(tag, 24, 4);
            demand(tag.size() >= 38);
            for (const std::size_t colour : {32, 34, 36})
                if (tag[colour] > 24 || tag[colour + 1] != 8)
                    return;
            demand(width <= 8192 && height <= 8192 && pitch <= 32768 && pitch >= width * 4 && pitch % 4 == 0);
            demand(number(tag, 8, 8) % 4 == 0 && number(tag, 8, 8) >> 52 == 0);
            screen = tag;
        }
    }
};

void expect_same(const second_reader& expected, const reading& done)
{
    const information& facts = *done.facts;
    EXPECT_EQ(facts.start, done.at);
    EXPECT_EQ(facts.end, done.at + expected.total);
    EXPECT_EQ(facts.command_line, expected.command_line);
    ASSERT_EQ(facts.module_count, expected.modules.size());
    for (std::size_t i = 0; i < facts.module_count; ++i)
        EXPECT_EQ((std::pair<u64, u64>{facts.modules[i].start, facts.modules[i].end}), expected.modules[i]);
    ASSERT_EQ(facts.region_count, expected.regions.size());
    for (std::size_t i = 0; i < facts.region_count; ++i)
        EXPECT_EQ(le(facts.regions[i].base, facts.regions[i].length, facts.regions[i].type), expected.regions[i]);
    const auto& screen = facts.screen;
    if (!expected.screen) {
        EXPECT_EQ(screen.address, 0u);
        return;
    }
    const bytes& tag = *expected.screen;
    EXPECT_EQ(le(screen.address, screen.pitch, screen.width, screen.height), bytes(tag.begin() + 8, tag.begin() + 28));
    EXPECT_EQ((bytes{screen.red_bit, screen.green_bit, screen.blue_bit}), (bytes{tag[32], tag[34], tag[36]}));
}

TEST(SecondReader, AgreesOnWhatIsBroken)
{
    for (const auto& [expected, what, source] : broken_structures())
        EXPECT_FALSE(second_reader::read(source, plenty)) << what;
    EXPECT_TRUE(second_reader::read(complete().closed(), plenty));
}

// One to four changes: a byte, a number, or the total size with the bytes behind it.
bytes damaged(bytes source, const structure& made, std::mt19937& random)
{
    const auto put = [&source](std::size_t at, u32 value) {
        for (std::size_t i = 0; i < 4 && at + i < source.size(); ++i)
            source[at + i] = value >> 8 * i;
    };
    constexpr u32 sizes[] = {0,  1,  7,  8,  9,           15,          16,          17,
                             24, 25, 32, 38, 0x7FFF'FFFF, 0x8000'0000, 0xFFFF'FFF9, 0xFFFF'FFFF};
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
        const std::size_t tag = made.tags[random() % made.tags.size()];
        switch (random() % 6) {
        case 0:
            source[random() % source.size()] = random();
            break;
        case 1:
            source[random() % source.size()] ^= 1 << random() % 8;
            break;
        case 2:
            put(random() % source.size() / 4 * 4, sizes[random() % std::size(sizes)]);
            break;
        case 3:
            put(tag, random() % 10);
            break;  // another type
        case 4:
            put(tag + 4, 8 + random() % 128);
            break;  // another size
        case 5:
            if (random() % 8 == 0) {
                source.resize(16 + random() % (source.size() - 15));
                put(0, source.size());
            }
            break;
        }
    }
    return source;
}

TEST(DamagedBootInformation, IsReadAsASecondReaderReadsIt)
{
    const structure made = complete();
    const bytes sound = made.closed();
    std::mt19937 random(20'251'105);
    std::map<fault, int> seen;
    for (int round = 0; round < 20'000; ++round) {
        const bytes source = damaged(sound, made, random);
        const std::size_t limit = source.size();  // so a total size that was made larger is refused
        const reading done = read(source, limit);
        ++seen[done.found];
        const auto expected = second_reader::read(source, limit);
        ASSERT_EQ(done.found == fault::none, expected.has_value())
            << "round " << round << ": " << multiboot2::describe(done.found);
        if (expected)
            expect_same(*expected, done);
        ASSERT_FALSE(HasFailure()) << "round " << round;
    }
    // If nearly all were broken in the same way, little was tested.
    EXPECT_GT(seen[fault::none], 2'000);
    for (const fault each : {fault::total_size, fault::tag_size, fault::no_end, fault::entry_size, fault::entry_version,
                             fault::open_text, fault::module_range, fault::no_memory_map, fault::framebuffer_size})
        EXPECT_GT(seen[each], 20) << multiboot2::describe(each);
}

}  // namespace
