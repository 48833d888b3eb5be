// Indentation, and finding lines in lines.
#include "amend/text.hpp"

#include <gtest/gtest.h>

#include <deque>

using namespace amend;

namespace {

/// Lines of literal text.
class some_lines {
public:
    some_lines(std::initializer_list<std::string_view> texts)
    {
        for (const std::string_view text : texts) {
            tokens_.push_back({token::kind::text, text});
            lines_.push_back({std::span(&tokens_.back(), 1), {"file", static_cast<int>(lines_.size()) + 1}, {}});
        }
    }
    operator std::span<const line>() const { return lines_; }

private:
    std::deque<token> tokens_;
    std::vector<line> lines_;
};

std::vector<std::string> texts(std::span<const line> lines)
{
    std::vector<std::string> out;
    for (const line& l : lines)
        out.push_back(to_string(l));
    return out;
}

using strings = std::vector<std::string>;
using places = std::vector<std::size_t>;

TEST(CommonIndent, LeavesBlankLinesAside)
{
    EXPECT_EQ(common_indent(some_lines{"    a", "", " ", "      b"}), "    ");
    EXPECT_EQ(common_indent(some_lines{"", "  "}), "");
}

TEST(CommonIndent, TellsTabsFromSpaces)
{
    EXPECT_EQ(common_indent(some_lines{"\t a", "\tb"}), "\t");
    EXPECT_EQ(common_indent(some_lines{"\ta", "    b"}), "");
}

TEST(Find, FindsEveryPlace)
{
    const some_lines lines{"a", "b", "a", "b", "a"};
    EXPECT_EQ(find(lines, some_lines{"a", "b"}), (places{0, 2}));
    EXPECT_EQ(find(lines, some_lines{"a", "b", "a"}), (places{0, 2})) << "overlapping places count";
    EXPECT_EQ(find(lines, some_lines{"b", "b"}), places{});
    EXPECT_EQ(find(lines, some_lines{}), places{});
    EXPECT_EQ(find(some_lines{}, some_lines{"a"}), places{});
}

TEST(Find, IgnoresCommonIndentationAndTrailingBlanks)
{
    EXPECT_EQ(find(some_lines{"{", "    a  ", "", "      b", "}"}, some_lines{"a", "  ", "  b\t"}), (places{1}));
    EXPECT_EQ(find(some_lines{"a"}, some_lines{"        a"}), (places{0}));
}

TEST(Find, HeedsIndentationWithin)
{
    EXPECT_EQ(find(some_lines{"a", "  b"}, some_lines{"a", "b"}), places{});
}

TEST(Find, HeedsBlanksWithinALine)
{
    EXPECT_EQ(find(some_lines{"a  b"}, some_lines{"a b"}), places{});
}

TEST(Reindented, MovesLinesAndLeavesBlankOnes)
{
    workshop made;
    EXPECT_EQ(texts(reindented(some_lines{"a", "", "  b"}, "", "    ", made)), (strings{"    a", "", "      b"}));
    EXPECT_EQ(texts(reindented(some_lines{"    a", "", "      b"}, "    ", "  ", made)), (strings{"  a", "", "    b"}));
    EXPECT_EQ(texts(reindented(some_lines{"    a", " b"}, "    ", "", made)), (strings{"a", "b"}));
    EXPECT_EQ(texts(reindented(some_lines{"\ta"}, "\t", "        ", made)), (strings{"        a"}));
}

TEST(Reindented, AddsToWhatWasAdded)
{
    workshop made;
    const some_lines lines{"a", "  b"};
    const std::vector<line> once = reindented(lines, "", "  ", made);
    EXPECT_EQ(texts(reindented(once, "", "    ", made)), (strings{"      a", "        b"}));
}

TEST(SoleUse, IsAloneButForBlanks)
{
    const token blank{token::kind::text, " \t"}, text{token::kind::text, "x"}, use{token::kind::use, "chunk"};
    const auto name = [](std::vector<token> tokens) { return sole_use({tokens, {}, {}}); };
    EXPECT_EQ(name({blank, use, blank}), "chunk");
    EXPECT_EQ(name({use}), "chunk");
    EXPECT_EQ(name({use, text}), "");
    EXPECT_EQ(name({use, use}), "");
    EXPECT_EQ(name({blank}), "");
}

}  // namespace
