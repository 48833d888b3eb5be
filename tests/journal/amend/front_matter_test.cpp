// The YAML block that an entry opens with.
#include "noweb.hpp"

#include <gtest/gtest.h>

using namespace noweb;

namespace {

std::string told(const std::string& opening)
{
    amend::options wanted;
    wanted.required = {"title", "needs"};
    return errors({{"01", opening + "<<x.cpp>>=\n@\n"}}, wanted);
}

TEST(FrontMatter, WithEveryKeyIsFine)
{
    EXPECT_EQ(told("---\ntitle: A day: the first\nneeds: nothing\n---\n"), "");
    EXPECT_EQ(told("---\n# a comment\nother:\nneeds:\n  - one\ntitle: \"x\"\n...\n"), "");
    EXPECT_EQ(told("---\ntitle: |\n  text\nneeds:\n- one\n---\n"), "");
}

TEST(FrontMatter, IsNotLookedAtUnlessAsked)
{
    EXPECT_EQ(errors({{"01", "<<x.cpp>>=\n@\n"}}), "");
}

TEST(FrontMatter, LacksAKey)
{
    EXPECT_EQ(told("---\ntitle: x\n---\n"),
              "journal/01.nw:1: the front matter has no needs; add a line \"needs: …\"\n");
    EXPECT_EQ(told("---\ntitle: x\nmore:\n  needs: x\n---\n"),
              "journal/01.nw:1: the front matter has no needs; add a line \"needs: …\"\n");
}

TEST(FrontMatter, HasAnEmptyKey)
{
    for (const std::string empty : {"", " ", " \"\"", " ''", " ~", " null", " []", " # later", " |", "\n  \n  -"})
        EXPECT_EQ(told("---\ntitle: x\nneeds:" + empty + "\n---\n"),
                  "journal/01.nw:3: needs is empty; write its value\n")
            << empty;
}

TEST(FrontMatter, HasAKeyTwice)
{
    EXPECT_EQ(told("---\ntitle: x\nneeds: y\ntitle: z\n---\n"), "journal/01.nw:4: title is there twice; keep one\n");
}

TEST(FrontMatter, IsNotThere)
{
    const std::string none =
        "journal/01.nw:1: no front matter; open the entry with a line --- and the keys title, subtitle, …\n";
    EXPECT_EQ(told(""), none);
    EXPECT_EQ(told("text\n---\ntitle: x\nneeds: y\n---\n"), none);
    EXPECT_EQ(told("\n---\ntitle: x\nneeds: y\n---\n"), none);
}

TEST(FrontMatter, DoesNotEnd)
{
    EXPECT_EQ(told("---\ntitle: x\nneeds: y\n"),
              "journal/01.nw:1: the front matter does not end; close it with a line ---\n");
}

TEST(FrontMatter, OfLaterEntriesIsNotLookedAt)
{
    amend::options wanted;
    wanted.required = {"title"};
    wanted.at = "01";
    EXPECT_EQ(errors({{"01", "---\ntitle: x\n---\n<<x.cpp>>=\n@\n"}, {"02", ""}}, wanted), "");
}

}  // namespace
