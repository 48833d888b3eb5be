#include "text.hpp"

#include <algorithm>

namespace amend {
namespace {

bool all_blank(std::string_view text)
{
    return text.find_first_not_of(blanks) == std::string_view::npos;
}

// Unlike to_string, tells a use from the same characters in literal text, cheaply.
std::string comparable(const line& l)
{
    std::string out(l.indent);
    for (const token& t : l.tokens) {
        if (t.what == token::kind::text)
            out.append(t.text);
        else
            out.append("\1").append(t.text).append("\2");
    }
    out.erase(out.find_last_not_of(blanks) + 1);
    return out;
}

std::string_view leading_blanks(std::string_view text)
{
    return text.substr(0, std::min(text.find_first_not_of(blanks), text.size()));
}

std::size_t common_prefix(std::string_view a, std::string_view b)
{
    return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

std::vector<std::string> comparable(std::span<const line> lines)
{
    std::vector<std::string> out;
    out.reserve(lines.size());
    for (const line& l : lines)
        out.push_back(comparable(l));
    return out;
}

std::string_view common_indent(std::span<const std::string> texts)
{
    std::string_view common;
    bool first = true;
    for (const std::string& text : texts) {
        if (text.empty())
            continue;
        const std::string_view own = leading_blanks(text);
        common = first ? own : common.substr(0, common_prefix(common, own));
        first = false;
    }
    return common;
}

std::string_view without(std::string_view text, std::string_view indent)
{
    return text.empty() ? text : text.substr(indent.size());
}

// The line with up to `count` of its own leading blanks taken away.
line stripped(const line& l, std::size_t count, workshop& made)
{
    std::vector<token> tokens(l.tokens.begin(), l.tokens.end());
    for (token& t : tokens) {
        if (t.what != token::kind::text)
            break;
        const std::size_t gone = std::min(count, leading_blanks(t.text).size());
        t.text.remove_prefix(gone);
        count -= gone;
        if (!t.text.empty())
            break;
    }
    return {made.keep(std::move(tokens)), l.at, l.indent};
}

}  // namespace

std::string_view sole_use(const line& l)
{
    std::string_view name;
    for (const token& t : l.tokens) {
        if (t.what == token::kind::text) {
            if (!all_blank(t.text))
                return {};
        } else {
            if (!name.empty())
                return {};
            name = t.text;
        }
    }
    return name;
}

bool is_blank(const line& l)
{
    return std::all_of(l.tokens.begin(), l.tokens.end(),
                       [](const token& t) { return t.what == token::kind::text && all_blank(t.text); });
}

std::string common_indent(std::span<const line> lines)
{
    const std::vector<std::string> texts = comparable(lines);
    return std::string(common_indent(texts));
}

std::vector<std::size_t> find(std::span<const line> lines, std::span<const line> wanted)
{
    std::vector<std::size_t> places;
    if (wanted.empty() || wanted.size() > lines.size())
        return places;
    const std::vector<std::string> haystack = comparable(lines);
    const std::vector<std::string> needle = comparable(wanted);
    const std::string_view needle_indent = common_indent(needle);
    for (std::size_t start = 0; start + needle.size() <= haystack.size(); ++start) {
        const std::span<const std::string> window(haystack.data() + start, needle.size());
        const std::string_view indent = common_indent(window);
        const bool same =
            std::equal(window.begin(), window.end(), needle.begin(), [&](const std::string& a, const std::string& b) {
                return without(a, indent) == without(b, needle_indent);
            });
        if (same)
            places.push_back(start);
    }
    return places;
}

std::vector<line> reindented(std::span<const line> lines, std::string_view from, std::string_view to, workshop& made)
{
    const std::size_t kept = common_prefix(from, to);
    const std::size_t strip = from.size() - kept;
    const std::string_view added = made.keep(std::string(to.substr(kept)));
    std::string_view last;  // an indent already made longer: neighbouring lines share theirs
    std::string_view longer = added;
    std::vector<line> out;
    out.reserve(lines.size());
    for (line l : lines) {
        if (!is_blank(l)) {
            if (strip > 0)
                l = stripped(l, strip, made);
            if (!added.empty() && l.indent != last) {
                last = l.indent;
                longer = made.keep(std::string(added) + std::string(last));
            }
            if (!added.empty())
                l.indent = longer;
        }
        out.push_back(l);
    }
    return out;
}

}  // namespace amend
