// Exhibits: left out, always checked, applied when asked for.
#include "noweb.hpp"

#include <gtest/gtest.h>

using namespace noweb;

namespace {

const entries journal{
    {"01", "<<x.cpp>>=\na\n<<step>>\n@\n<<step>>=\nold step\n@\n"},
    {"02", "<<step [exhibit wrong-step]>>=\n<<[replace]>>\nwrong\n<<[previous]>>\n<<helper>>\n@\n"
           "<<helper [exhibit wrong-step]>>=\nhelp\n@\n"
           "<<x.cpp [exhibit more]>>=\nz\n@\n<<x.cpp>>=\nb\n@\n"},
    {"03", "<<step>>=\n<<[replace]>>\nnew step\n@\n"},
};

amend::options tried(const std::string& at, const std::string& exhibit)
{
    amend::options wanted;
    wanted.at = at;
    wanted.exhibit = exhibit;
    return wanted;
}

TEST(Exhibit, IsNoPartOfTheKernel)
{
    EXPECT_EQ(amended(journal), "a\nnew step\nb\n");
    EXPECT_EQ(amended(journal, "x.cpp", tried("02", "")), "a\nold step\nb\n");
    EXPECT_EQ(amend::run(markup(journal), {}).stream.find("exhibit"), std::string::npos);
}

TEST(Exhibit, IsAppliedToTheEndOfItsEntry)
{
    EXPECT_EQ(amended(journal, "x.cpp", tried("02", "wrong-step")), "a\nwrong\nold step\nhelp\nb\n");
    EXPECT_EQ(amended(journal, "x.cpp", tried("02", "more")), "a\nold step\nb\nz\n");
}

TEST(Exhibit, IsNamedAmongThoseOfTheLastEntry)
{
    EXPECT_EQ(errors(journal, tried("02", "other")), "amend: 02 has no exhibit other; it has wrong-step, more\n");
    EXPECT_EQ(errors(journal, tried("03", "more")), "amend: 03 has no exhibit more; it has none\n");
    EXPECT_EQ(errors(journal, tried("", "more")), "amend: 03 has no exhibit more; it has none\n");
}

TEST(Exhibit, IsListed)
{
    EXPECT_EQ(amend::run(markup(journal), {}).exhibits, "02 wrong-step\n02 more\n");
    EXPECT_EQ(amend::run(markup(journal), tried("01", "")).exhibits, "");
}

TEST(Exhibit, MayAddAndTakeAwayFiles)
{
    const entries all{
        {"01", "<<a.c>>=\n@\n<<b.c>>=\n@\n<<a.c [exhibit x]>>=\n<<[delete]>>\n@\n<<c.c [exhibit x]>>=\nc\n@\n"}};
    EXPECT_EQ(amend::run(markup(all), tried("01", "x")).roots, "b.c\nc.c\n");
    EXPECT_EQ(amend::run(markup(all), {}).roots, "a.c\nb.c\n");
}

TEST(Exhibit, HasItsPreviousInTheMiddleOfALine)
{
    const entries all{{"01", "<<a.c>>=\nx\n@\n<<a.c [exhibit e]>>=\n<<[replace]>>\nf(<<[previous]>>)\n@\n"}};
    EXPECT_EQ(amended(all, "a.c", tried("01", "e")), "f(x)\n");
}

TEST(Exhibit, IsCheckedThoughNotAskedFor)
{
    EXPECT_EQ(errors({{"01", "<<a.c>>=\nx\n@\n<<a.c [exhibit e]>>=\n<<[change]>>\ny\n<<[to]>>\nz\n@\n"}, {"02", ""}}),
              "journal/01.nw:5: <<a.c [exhibit e]>>: [change] matches nothing, not exactly one place: \"y\"; copy the "
              "lines as "
              "the chunk has them at this entry\n");
    EXPECT_EQ(
        errors({{"01", "<<a.c>>=\nx\n@\n<<a.c [exhibit e]>>=\n<<y>>\n@\n"}}),
        "journal/01.nw:5: <<y>>: undefined chunk used in <<a.c>>; define it, mend the name, or write @<< for a literal "
        "<<\n");
    EXPECT_NE(errors({{"01", "<<a.c>>=\nx\n@\n<<b [exhibit e]>>=\ny\n@\n"}}).find("<<b>>: no file uses this chunk"),
              std::string::npos);
}

TEST(Exhibit, IsTriedBeforeItsEntryWhereItSaysSo)
{
    const entries all{{"01", "<<x.cpp>>=\na\n<<step>>\n@\n<<step>>=\nold\n@\n"},
                      {"02", "<<step [exhibit early before]>>=\n<<[change]>>\nold\n<<[to]>>\ntried\n@\n"
                             "<<step>>=\n<<[replace]>>\nnew\n@\n<<y.cpp>>=\ny\n@\n"
                             "<<step [exhibit early before]>>=\nmore\n@\n<<step [exhibit late]>>=\nlater\n@\n"}};
    EXPECT_EQ(amended(all, "x.cpp", tried("02", "early")), "a\ntried\nmore\n");
    EXPECT_EQ(amended(all, "x.cpp", tried("02", "late")), "a\nnew\nlater\n");
    EXPECT_EQ(amended(all), "a\nnew\n");
    EXPECT_EQ(amend::run(markup(all), tried("02", "early")).roots, "x.cpp\n") << "y.cpp is not there yet";
    EXPECT_EQ(amend::run(markup(all), {}).exhibits, "02 early\n02 late\n");
}

TEST(Exhibit, IsCheckedAgainstTheDayBeforeWhereItSaysSo)
{
    EXPECT_NE(errors({{"01", "<<x.cpp>>=\na\n@\n"},
                      {"02", "<<x.cpp>>=\nb\n@\n<<x.cpp [exhibit e before]>>=\n<<[change]>>\nb\n<<[to]>>\nc\n@\n"}})
                  .find("journal/02.nw:5: <<x.cpp [exhibit e before]>>: [change] matches nothing"),
              std::string::npos);
    EXPECT_EQ(errors({{"01", "<<x.cpp>>=\na\n@\n<<x.cpp [exhibit e before]>>=\nb\n@\n<<x.cpp [exhibit e]>>=\nc\n@\n"}}),
              "journal/01.nw:7: <<x.cpp [exhibit e]>>: an exhibit of two days; write ` before` behind its name in all "
              "its chunks, or in none\n");
    EXPECT_NE(
        errors({{"01", "<<x.cpp>>=\na\n@\n<<x.cpp [exhibit e after]>>=\nb\n@\n"}}).find("a bad name for an exhibit"),
        std::string::npos);
}

TEST(Exhibit, IsCheckedAgainstItsOwnDayOnly)
{
    EXPECT_EQ(errors({{"01", "<<a.c>>=\nx\n@\n<<a.c [exhibit e]>>=\n<<[change]>>\nx\n<<[to]>>\nz\n@\n"},
                      {"02", "<<a.c>>=\n<<[replace]>>\ny\n@\n"}}),
              "");
}

TEST(Exhibit, MayLeaveAChunkUnreached)
{
    EXPECT_EQ(errors({{"01", "<<a.c>>=\n<<b>>\n@\n<<b>>=\n@\n<<a.c [exhibit e]>>=\n<<[replace]>>\n@\n"}}), "");
}

TEST(Exhibit, MayNotDeleteWhatIsUsed)
{
    EXPECT_NE(errors({{"01", "<<a.c>>=\n<<b>>\n@\n<<b>>=\n@\n<<b [exhibit e]>>=\n<<[delete]>>\n@\n"}}), "");
}

TEST(Exhibit, DoesNotRepeatTheErrorsOfItsDay)
{
    EXPECT_EQ(
        errors({{"01", "<<a.c>>=\n<<b>>\n@\n<<a.c [exhibit e]>>=\nx\n@\n"}}),
        "journal/01.nw:2: <<b>>: undefined chunk used in <<a.c>>; define it, mend the name, or write @<< for a literal "
        "<<\n");
}

TEST(Exhibit, HasAPlainName)
{
    for (const std::string name : {"No", "a b", "a_b", ""})
        EXPECT_EQ(errors({{"01", "<<a.c>>=\n@\n<<a.c [exhibit " + name + "]>>=\n@\n"}}),
                  "journal/01.nw:3: <<a.c [exhibit " + name +
                      "]>>: a bad name for an exhibit; use lower case letters, digits and - only, then at most "
                      "` before`\n");
    EXPECT_EQ(errors({{"01", "<<a.c>>=\n@\n<<a.c [exhibit no-pae-2]>>=\n@\n"}}), "");
}

TEST(Exhibit, IsNotUsed)
{
    EXPECT_EQ(errors({{"01", "<<a.c>>=\n<<b [exhibit e]>>\n@\n<<a.c [exhibit e]>>=\n@\n"}}),
              "journal/01.nw:2: <<b [exhibit e]>>: an exhibit cannot be used; use <<b>>\n");
}

TEST(Exhibit, KeepsItsPreviousApartFromTheKernels)
{
    const entries all{{"01", "<<a.c>>=\nx\n@\n<<b.c>>=\ny\n@\n"},
                      {"02", "<<a.c>>=\n<<[replace]>>\nf(<<[previous]>>)\n@\n"
                             "<<b.c [exhibit e]>>=\n<<[replace]>>\ng(<<[previous]>>)\n@\n"}};
    EXPECT_EQ(amended(all, "a.c", tried("02", "e")), "f(x)\n");
    EXPECT_EQ(amended(all, "b.c", tried("02", "e")), "g(y)\n");
}

TEST(Exhibit, HasSoundPaths)
{
    const std::string kernel = "<<a/b>>=\n@\n<<c/d/e>>=\n@\n";
    EXPECT_EQ(errors({{"01", kernel + "<<../x [exhibit e]>>=\n@\n"}}),
              "journal/01.nw:5: <<../x>>: a path with ..; a file lies below the tree's top\n");
    EXPECT_EQ(errors({{"01", kernel + "<<a/b/c [exhibit e]>>=\n@\n"}}),
              "journal/01.nw:5: <<a/b/c>>: its directory is a file, <<a/b>> at journal/01.nw:1; rename one of them\n");
    EXPECT_EQ(errors({{"01", kernel + "<<c/d [exhibit e]>>=\n@\n"}}),
              "journal/01.nw:3: <<c/d/e>>: its directory is a file, <<c/d>> at journal/01.nw:5; rename one of them\n");
}

TEST(Exhibit, IsNotBlamedForWhatItsDayLacked)
{
    EXPECT_EQ(errors({{"01", "<<a.c>>=\n<<b>>\n@\n<<a.c [exhibit e]>>=\nx\n@\n"}, {"02", "<<b>>=\n@\n"}}), "");
}

TEST(Exhibit, MayNotCloseACycle)
{
    EXPECT_EQ(errors({{"01", "<<a.c>>=\n<<b>>\n@\n<<b>>=\n@\n<<b [exhibit e]>>=\n<<b>>\n@\n"}}),
              "journal/01.nw:7: <<b>>: a chunk that contains itself: <<b>> -> <<b>>; take one of these uses out\n");
}

}  // namespace
