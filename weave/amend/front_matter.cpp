#include "front_matter.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace amend {
namespace {

// The prose as it was before markup took it apart; quoted code is spelled well enough to tell that it is there.
std::vector<std::string> lines_of(std::string_view tokens)
{
    std::vector<std::string> lines;
    std::string current;
    while (!tokens.empty()) {
        const std::size_t end = std::min(tokens.find('\n'), tokens.size());
        const std::string_view token = tokens.substr(0, end);
        tokens.remove_prefix(std::min(end + 1, tokens.size()));
        if (token.starts_with("@text ")) {
            current += token.substr(6);
        } else if (token.starts_with("@use ") || token == "@quote" || token == "@endquote") {
            current += token;
        } else if (token == "@nl") {
            current.erase(current.find_last_not_of(blanks) + 1);
            lines.push_back(std::move(current));
            current.clear();
        }
    }
    return lines;
}

std::string_view trimmed(std::string_view text)
{
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// A top-level `key: value`, the value's further lines included.
struct field {
    std::string key;
    int line;
    bool filled;
};

bool says_something(std::string_view value)
{
    static constexpr std::array<std::string_view, 6> nothing{"", "\"\"", "''", "~", "null", "[]"};
    value = trimmed(value);
    return !value.starts_with('#') && std::find(nothing.begin(), nothing.end(), value) == nothing.end();
}

bool opens_block(std::string_view value)
{
    value = trimmed(value);
    return !value.empty() && (value.front() == '|' || value.front() == '>');
}

std::vector<field> fields_of(std::span<const std::string> lines)
{
    std::vector<field> fields;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string_view text = lines[i];
        const bool continues =
            text.empty() || blanks.find(text.front()) != std::string_view::npos || text.front() == '-';
        if (continues) {
            std::string_view value = trimmed(text);
            if (value.starts_with('-'))
                value.remove_prefix(1);
            if (!fields.empty() && says_something(value))
                fields.back().filled = true;
        } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos && text.front() != '#') {
            const std::string_view value = text.substr(colon + 1);
            fields.push_back({std::string(trimmed(text.substr(0, colon))), static_cast<int>(i) + 2,
                              says_something(value) && !opens_block(value)});
        }
    }
    return fields;
}

}  // namespace

void check_front_matter(const entry& e, std::span<const std::string> keys, report& errors)
{
    const std::vector<std::string> lines = lines_of(e.opening);
    const location top{e.file, 1};
    if (lines.empty() || lines.front() != "---")
        return errors.add(top, "no front matter; open the entry with a line --- and the keys title, subtitle, …");
    const auto end = std::find_if(lines.begin() + 1, lines.end(),
                                  [](const std::string& text) { return text == "---" || text == "..."; });
    if (end == lines.end())
        return errors.add(top, "the front matter does not end; close it with a line ---");

    const std::vector<field> fields = fields_of({lines.begin() + 1, end});
    for (const std::string& key : keys) {
        const auto is_it = [&](const field& f) { return f.key == key; };
        const auto found = std::find_if(fields.begin(), fields.end(), is_it);
        if (found == fields.end()) {
            errors.add(top, "the front matter has no " + key + "; add a line \"" + key + ": …\"");
            continue;
        }
        if (!found->filled)
            errors.add({e.file, found->line}, key + " is empty; write its value");
        const auto again = std::find_if(found + 1, fields.end(), is_it);
        if (again != fields.end())
            errors.add({e.file, again->line}, key + " is there twice; keep one");
    }
}

}  // namespace amend
