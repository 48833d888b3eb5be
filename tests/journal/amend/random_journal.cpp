#include "random_journal.hpp"

#include <array>

namespace {

// Every line is also a fine first line of nothing: no verb, no name.
constexpr std::array lines_of_code{"a;",   "b;",      "    c;", "  if (d)", "", "e @<< 1 @>> 2",
                                   "@@ f", "  g    ", "\th;",   "[[i]]"};
constexpr std::array uses{"<<leaf>>", "    <<leaf>>", "j(<<leaf>>); // <<leaf>>"};
constexpr std::array chunks{"x.cpp", "y.asm", "step"};

std::string name(std::size_t entry)
{
    return "0" + std::to_string(entry + 1);
}

// What makes every chunk reached, so that the rest of the journal may leave out any of them.
constexpr const char* opening =
    "---\ntitle: t\n---\n<<x.cpp>>=\n<<step>>\n<<leaf>>\n@\n<<y.asm>>=\nz\n@ %def z\n<<all>>=\n@\n"
    "<<keep.txt>>=\n<<all>>\n<<step>>\n<<leaf>>\n@\n<<step>>=\n@\n<<leaf>>=\nleaf\n@\n";

}  // namespace

std::string random_journal::lines(std::size_t most)
{
    std::string out;
    for (std::size_t count = below(most + 1); count > 0; --count)
        out += std::string(once_in(4) ? uses[below(uses.size())] : lines_of_code[below(lines_of_code.size())]) + "\n";
    return out;
}

std::string random_journal::chunk_name()
{
    return chunks[below(chunks.size())];
}

std::string random_journal::definition()
{
    const std::string prose = once_in(2) ? "@ text <<\n" : "@\n";
    return "<<" + chunk_name() + ">>=\n" + lines(5) + (once_in(3) ? "@ %def n\n" : "") + (once_in(3) ? "" : prose);
}

std::string random_journal::edit()
{
    switch (below(3)) {
    case 0:
        return "<<[change]>>\n" + lines(2) + "<<[to]>>\n" + lines(3);
    case 1:
        return "<<[after]>>\n" + lines(2) + "<<[add]>>\n" + lines(3);
    default:
        return "<<[before]>>\n" + lines(2) + "<<[add]>>\n" + lines(3);
    }
}

std::string random_journal::amendment(std::size_t entries_before)
{
    const std::string body = lines(2) +
                             (once_in(2)   ? "  <<[previous]>>\n"
                              : once_in(3) ? "k(<<[previous]>>);\n"
                                           : "") +
                             lines(2);
    const std::string exhibit = once_in(5) ? (once_in(2) ? " [exhibit one]" : " [exhibit two]") : "";
    const std::string head = "<<" + chunk_name() + exhibit + ">>=\n";
    switch (below(9)) {
    case 0:
    case 1:
        return head + "<<[replace]>>\n" + body + "@\n";
    case 2:
        return head + "<<[replace all]>>\n" + body + "@\n";
    case 3:
        return head + "<<[replace " + name(below(entries_before + 1)) + "]>>\n" + body + "@\n";
    case 4:
        return head + "<<[delete]>>\n@\n" + (once_in(2) ? head + lines(3) + "@\n" : "");
    case 5:
        return head + edit() + edit() + "@\n";
    case 6:
        return head + "<<[rename " + chunk_name() + "]>>\n@\n";
    default:
        return head + edit() + "@\n";
    }
}

noweb::entries random_journal::append_only()
{
    noweb::entries all;
    for (std::size_t entry = 0, count = entry_count(); entry < count; ++entry) {
        std::string text = entry == 0 ? opening : "prose\n";
        for (std::size_t i = below(5); i > 0; --i)
            text += definition();
        all.emplace_back(name(entry), text);
    }
    return all;
}

noweb::entries random_journal::amending()
{
    noweb::entries all = append_only();
    for (std::size_t entry = 0; entry < all.size(); ++entry)
        for (std::size_t i = below(3); i > 0; --i)
            all[entry].second += amendment(entry) + (once_in(4) ? definition() : "");
    return all;
}
