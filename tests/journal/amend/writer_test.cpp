// Who wrote each line: the resolved stream says so, and leaves alone what nobody amended.
#include "noweb.hpp"

#include <gtest/gtest.h>

using namespace noweb;

namespace {

std::string stream_of(const entries& all)
{
    return amend::run(markup(all), {}).stream;
}

std::string attributed(const entries& all)
{
    std::string out;
    for (const tangled_line& l : tangle(stream_of(all), "x.cpp"))
        out += l.from + " " + l.text + "\n";
    return out;
}

TEST(Stream, WithoutVerbsIsPassedThrough)
{
    const entries all{
        {"01", "---\ntitle: x\n---\ntext\n<<x.cpp>>=\n1 @<< 2 <<a>> b\n\n@ %def x y\nmore\n@ text\n<<a>>=\n@\n"},
        {"02", "<<a>>=\nb\n@\n<<x.cpp>>=\n@\n"}};
    EXPECT_EQ(stream_of(all), markup(all));
}

TEST(Lines, AreTheirWritersAfterAChange)
{
    EXPECT_EQ(attributed({{"01", "text\n<<x.cpp>>=\na\nb\nc\n@\n"},
                          {"02", "<<x.cpp>>=\n<<[change]>>\nb\n<<[to]>>\nB\nBB\n@\n"},
                          {"03", "<<x.cpp>>=\nd\n@\n"}}),
              "journal/01.nw:3 a\njournal/02.nw:5 B\njournal/02.nw:6 BB\njournal/01.nw:5 c\njournal/03.nw:2 d\n");
}

TEST(Lines, AreTheirWritersWhenIndented)
{
    EXPECT_EQ(attributed({{"01", "<<x.cpp>>=\n{\n    a\n}\n@\n"},
                          {"02", "<<x.cpp>>=\n<<[after]>>\na\n<<[add]>>\nb\n\nc\n@\n"},
                          {"03", "<<x.cpp>>=\n<<[replace]>>\nnamespace {\n  <<[previous]>>\n}\n@\n"}}),
              "journal/03.nw:3 namespace {\njournal/01.nw:2   {\njournal/01.nw:3       a\njournal/02.nw:5       b\n \n"
              "journal/02.nw:7       c\njournal/01.nw:4   }\njournal/03.nw:5 }\n");
}

TEST(Lines, IndentedAlikeAreOneChunk)
{
    const std::string stream = stream_of(
        {{"01", "<<x.cpp>>=\n{\n    a\n}\n@\n"}, {"02", "<<x.cpp>>=\n<<[after]>>\na\n<<[add]>>\nb\n\nc\n@\n"}});
    EXPECT_NE(stream.find("@text     \n@use [new 0001]\n"), std::string::npos);
    EXPECT_EQ(stream.find("[new 0002]"), std::string::npos);
}

TEST(Lines, AreTheirWritersInTheMiddleOfALine)
{
    EXPECT_EQ(
        attributed({{"01", "<<x.cpp>>=\na\nb\n@\n"}, {"02", "<<x.cpp>>=\n<<[replace]>>\nf(<<[previous]>>);\ng\n@\n"}}),
        "journal/02.nw:3 f(a\njournal/01.nw:3   b);\njournal/02.nw:4 g\n");
}

TEST(Lines, BehindADroppedChunkKeepTheirPlace)
{
    EXPECT_EQ(attributed({{"01", "<<x.cpp>>=\na\n@\n"},
                          {"02", "<<x.cpp>>=\n<<[replace]>>\nA\n@ %def A\n@\ntext\n<<x.cpp>>=\nb\n@\n"}}),
              "journal/02.nw:3 A\njournal/02.nw:8 b\n");
}

TEST(Lines, BehindAnExhibitKeepTheirPlace)
{
    EXPECT_EQ(attributed({{"01", "<<x.cpp [exhibit e]>>=\na\n@\n<<x.cpp>>=\nb\n@\n"}}), "journal/01.nw:5 b\n");
}

TEST(Lines, BehindIndexLinesKeepTheirPlace)
{
    EXPECT_EQ(attributed({{"01", "<<x.cpp>>=\na\n@ %def a\n<<x.cpp>>=\nb\n@\n"},
                          {"02", "<<x.cpp>>=\n<<[change]>>\na\n<<[to]>>\nA\n@ %def A\n<<x.cpp>>=\nc\n@\n"}}),
              "journal/02.nw:5 A\njournal/01.nw:5 b\njournal/02.nw:8 c\n");
}

TEST(Lines, FollowLineTokensOfTheInput)
{
    std::string stream =
        markup({{"01", "<<x.cpp>>=\na\n@\n"}, {"02", "<<x.cpp>>=\n<<[change]>>\nz\n<<[to]>>\nb\n@\n"}});
    const std::string wanted = "@text a\n";
    stream.replace(stream.find(wanted), wanted.size(), "@line 41\n@text z\n@nl\n@text a\n");
    const auto lines = tangle(amend::run(stream, {}).stream, "x.cpp");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0], (tangled_line{"b", "journal/02.nw:5"}));
    EXPECT_EQ(lines[1], (tangled_line{"a", "journal/01.nw:41"}));
}

TEST(Lines, OfAnExhibitAreItsEntrys)
{
    amend::options wanted;
    wanted.exhibit = "e";
    const auto lines = tangle(
        amend::run(markup({{"01", "<<x.cpp>>=\na\n@\ntext\n<<x.cpp [exhibit e]>>=\nb\n@\n<<x.cpp>>=\nc\n@\n"}}), wanted)
            .stream,
        "x.cpp");
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[1], (tangled_line{"c", "journal/01.nw:9"}));
    EXPECT_EQ(lines[2], (tangled_line{"b", "journal/01.nw:6"}));
}

TEST(Prose, IsPassedThroughWhateverIsAmended)
{
    const std::string stream = stream_of(
        {{"01", "first\n<<x.cpp>>=\na\n@ second\n"}, {"02", "third\n<<x.cpp>>=\n<<[replace]>>\nb\n@ fourth\n"}});
    for (const std::string text : {"first", "second", "third", "fourth"})
        EXPECT_NE(stream.find("@text " + text + "\n"), std::string::npos) << text;
}

}  // namespace
