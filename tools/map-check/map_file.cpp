#include "map_file.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>

namespace map_check {
namespace {

std::vector<std::string> words_of(const std::string& line)
{
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;)
        words.push_back(word);
    return words;
}

/// An exclusive end: one more than a number of 64 bits can say is legal, and cut.
max_t read_end(const std::string& text, const std::string& where)
{
    if (text == "0x10000000000000000" || text == "18446744073709551616")
        return std::numeric_limits<max_t>::max();
    return read_number(text, where);
}

memory::range read_range(const std::string& start, const std::string& end, const std::string& where)
{
    const memory::range found{read_number(start, where), read_end(end, where)};
    if (found.end < found.start)
        throw bad_input(where + ": the range ends at " + end + ", before its start " + start);
    return found;
}

multiboot2::region read_region(const std::vector<std::string>& words, const std::string& where)
{
    if (words.size() != 4)
        throw bad_input(where + ": a region is START END TYPE MULTIBOOT_TYPE, four fields; here are " +
                        std::to_string(words.size()));
    const memory::range bytes = read_range(words[0], words[1], where);
    const max_t type = read_number(words[3], where);
    if (type > std::numeric_limits<std::uint32_t>::max())
        throw bad_input(where + ": MULTIBOOT_TYPE is a number of 32 bits, not " + words[3]);
    return {bytes.start, bytes.end - bytes.start, static_cast<std::uint32_t>(type)};
}

}  // namespace

max_t read_number(const std::string& text, const std::string& where)
{
    const bool is_hex = text.starts_with("0x") || text.starts_with("0X");
    const char* const first = text.data() + (is_hex ? 2 : 0);
    const char* const last = text.data() + text.size();
    max_t number = 0;
    const auto [end, error] = std::from_chars(first, last, number, is_hex ? 16 : 10);
    if (error == std::errc::result_out_of_range)
        throw bad_input(where + ": '" + text + "' is a number of more than 64 bits");
    if (error != std::errc{} || end != last)
        throw bad_input(where + ": '" + text + "' is no number; write it decimal or as 0x…");
    return number;
}

std::vector<multiboot2::region> read_map(const std::string& path)
{
    std::ifstream file(path);
    std::vector<multiboot2::region> regions;
    int number = 0;
    for (std::string line; std::getline(file, line);) {
        const std::string where = path + ":" + std::to_string(++number);
        if (const auto words = words_of(line.substr(0, line.find('#'))); !words.empty())
            regions.push_back(read_region(words, where));
    }
    if (!file.eof())
        throw bad_input(path + ": cannot be read: " + std::strerror(errno));
    if (regions.empty())
        throw bad_input(path + ": there is no region in it");
    return regions;
}

std::vector<memory::range> read_ranges(const std::string& text)
{
    std::vector<memory::range> ranges;
    if (text.empty())
        return ranges;
    std::string item;
    for (std::istringstream in(text + ","); std::getline(in, item, ',');) {
        const std::size_t dash = item.find('-');
        if (dash == std::string::npos)
            throw bad_input("DANGER: '" + item + "' is no range; write START-END, and a comma before the next");
        ranges.push_back(read_range(item.substr(0, dash), item.substr(dash + 1), "DANGER"));
    }
    return ranges;
}

}  // namespace map_check
