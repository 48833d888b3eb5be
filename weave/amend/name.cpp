#include "name.hpp"

#include <algorithm>
#include <array>

namespace amend {
namespace {

constexpr std::string_view exhibit_mark = " [exhibit ";
constexpr std::string_view before_mark = " before";
// nt and mnt hold a name in 256 bytes and do not check; mnt's name has a `*` more.
constexpr std::size_t longest_path = 200;

bool is_any_of(char c, std::string_view set)
{
    return set.find(c) != std::string_view::npos;
}
bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}
bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

bool is_path_character(char c)
{
    return is_lower(c) || is_upper(c) || is_digit(c) || is_any_of(c, "._+-/");
}

}  // namespace

bool is_reserved(std::string_view name)
{
    return name.size() >= 2 && name.front() == '[' && name.back() == ']';
}

std::string numbered_name(std::string_view prefix, std::size_t number)
{
    constexpr std::size_t width = 4;
    const std::string digits = std::to_string(number);
    const std::string zeros(width - std::min(width, digits.size()), '0');
    return std::string(prefix) + zeros + digits + "]";
}

std::string_view shown_name(std::string_view name)
{
    return is_reserved(name) && name.starts_with(superseded_prefix) ? "[previous]" : name;
}

exhibit_name split_exhibit(std::string_view name)
{
    const std::size_t mark = name.rfind(exhibit_mark);
    if (mark == std::string_view::npos || name.back() != ']')
        return {name, {}};
    std::string_view exhibit = name.substr(mark + exhibit_mark.size());
    exhibit.remove_suffix(1);
    const bool before = exhibit.ends_with(before_mark);
    if (before)
        exhibit.remove_suffix(before_mark.size());
    return {name.substr(0, mark), exhibit, before};
}

bool is_exhibit_name(std::string_view name)
{
    return !name.empty() &&
           std::all_of(name.begin(), name.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_path(std::string_view name)
{
    return name.find(' ') == std::string_view::npos && name.find_first_of("/.") != std::string_view::npos;
}

std::optional<std::string> path_defect(std::string_view path)
{
    if (path.starts_with('/'))
        return "an absolute path; leave out the leading /";
    if (path.size() > longest_path)
        return "a path of over 200 characters; shorten it";
    const auto odd = std::find_if_not(path.begin(), path.end(), is_path_character);
    if (odd != path.end())
        return "a path with the character '" + std::string(1, *odd) + "'; use letters, digits and . _ + - only";
    for (std::size_t start = 0; start <= path.size();) {
        const std::size_t end = std::min(path.find('/', start), path.size());
        const std::string_view component = path.substr(start, end - start);
        if (component.empty())
            return "a path with an empty component; write single slashes between names";
        if (component == "..")
            return "a path with ..; a file lies below the tree's top";
        if (component == ".")
            return "a path with the component .; leave it out";
        start = end + 1;
    }
    return {};
}

std::string_view language_of(std::string_view path)
{
    using pair = std::pair<std::string_view, std::string_view>;
    static constexpr std::array languages{pair{".cpp", "cpp"},   pair{".hpp", "cpp"}, pair{".asm", "nasm"},
                                          pair{".inc", "nasm"}, pair{".ld", "ld"},   pair{".cfg", "bash"}};
    const auto found = std::find_if(languages.begin(), languages.end(), [&](auto& l) { return path.ends_with(l.first); });
    return found == languages.end() ? std::string_view{} : found->second;
}

bool has_line_directives(std::string_view path)
{
    return language_of(path) == "cpp" || language_of(path) == "nasm";
}

}  // namespace amend
