#include "journal.hpp"

#include "name.hpp"

namespace amend {
namespace {

// Text holds what markup read; in the journal a double angle bracket that means itself carries an at sign.
void append_escaped(std::string& out, std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view two = text.substr(i, 2);
        if (two == "<<" || two == ">>") {
            out.append("@").append(two);
            ++i;
        } else {
            out += text[i];
        }
    }
}

}  // namespace

std::string to_string(const line& l, bool shown)
{
    std::string out(l.indent);
    for (const token& t : l.tokens) {
        if (t.what == token::kind::text)
            append_escaped(out, t.text);
        else
            out.append("<<").append(shown ? shown_name(t.text) : t.text).append(">>");
    }
    return out;
}

}  // namespace amend
