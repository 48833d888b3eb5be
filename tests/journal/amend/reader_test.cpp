// Broken token streams, entries out of order, and entries that are not to be looked at.
#include "noweb.hpp"

#include <gtest/gtest.h>

using namespace noweb;

namespace {

std::string told(const std::string& stream, const std::string& at = "")
{
    amend::options wanted;
    wanted.at = at;
    std::string out;
    for (const std::string& error : amend::run(stream, wanted).errors)
        out += error + "\n";
    return out;
}

const std::string file = "@file journal/01.nw\n";

TEST(Stream, OfMarkupThatGaveUpIsRefused)
{
    const std::string sound = markup({{"01", "<<a.c>>=\n@\n"}});
    EXPECT_EQ(told(sound), "");
    EXPECT_EQ(told(sound + "@fatal markup an unspecified error occurred\n"),
              "amend: markup gave up (markup an unspecified error occurred); mend what it complained of\n");
    EXPECT_EQ(told("@fatal couldn't open file x.nw\n"),
              "amend: markup gave up (couldn't open file x.nw); mend what it complained of\n");
}

TEST(Stream, OfMarkupThatDiedIsRefused)
{
    const std::string whole = markup({{"01", "text\n<<a.c>>=\nx\n@\n"}});
    const std::string dead = "broken token stream: it ends inside an entry; did markup die?\n";
    for (const std::string last : {"@begin docs 0\n", "@begin code 1\n", "@defn a.c\n", "@text x\n"}) {
        const std::string told_of = told(whole.substr(0, whole.find(last) + last.size()));
        EXPECT_NE(told_of.find(dead), std::string::npos) << told_of;
    }
    EXPECT_EQ(told(file), "journal/01.nw:1: " + dead);
    EXPECT_EQ(told(whole.substr(0, whole.size() - 1)),
              "journal/01.nw:5: broken token stream: its last line is cut short; did markup die?\n");
    EXPECT_EQ(told(""), "amend: no entry in the token stream; give markup the journal's files\n");
    EXPECT_EQ(told("@begin docs 0\n@end docs 0\n"), "amend: broken token stream: a chunk begins before any file\n");
}

TEST(Stream, ThatIsNoNowebIsRefused)
{
    const std::string head = "journal/01.nw:1: broken token stream: ";
    EXPECT_EQ(told(file + "@end code 1\n"), head + "a chunk ends that did not begin\n");
    EXPECT_EQ(told(file + "@begin docs 0\n@end code 0\n"), head + "a chunk ends that did not begin\n");
    EXPECT_EQ(told(file + "@begin docs 0\n@begin code 1\n"), head + "a chunk begins inside another\n");
    EXPECT_EQ(told(file + "@begin what 0\n"), head + "a chunk that is neither docs nor code\n");
    EXPECT_EQ(told(file + file), head + "a file without a chunk\n");
    EXPECT_EQ(told(file + "@begin docs 0\n" + file), head + "a file begins inside a chunk\n");
    EXPECT_EQ(told(file + "@begin code 0\n@defn a\n@text x\n"), head + "a chunk's name is not alone on its line\n");
    EXPECT_EQ(told(file + "@begin code 0\n@defn a\n@nl\n@quote\n"),
              "journal/01.nw:2: broken token stream: a token in a code chunk that mnt does not know, @quote\n");
    for (const std::string number : {"", "x", "1x", "0", "-1", "99999999999999999999"})
        EXPECT_EQ(told(file + "@line " + number + "\n"), head + "a line number that is none\n") << number;
}

TEST(Entries, ComeInOrder)
{
    EXPECT_EQ(told(markup({{"02", "<<a.c>>=\n@\n"}, {"01", ""}})),
              "journal/01.nw:1: this entry comes after journal/02.nw but its file name sorts before it; hand the "
              "entries over "
              "in file-name order (LC_ALL=C)\n");
    EXPECT_NE(told(markup({{"01", "<<a.c>>=\n@\n"}, {"01", ""}})), "");
    EXPECT_EQ(told(markup({{"2025-11-23-b", "<<a.c>>=\n@\n"}, {"2025-11-23b-a", ""}, {"2025-11-24", ""}})), "");
    EXPECT_NE(told(markup({{"a", "<<a.c>>=\n@\n"}, {"B", ""}})), "") << "the C locale puts capitals first";
}

TEST(At, NamesAnEntryInFull)
{
    const std::string stream = markup({{"2025-11-01-x", "<<a.c>>=\n@\n"}, {"2025-11-02-y", ""}});
    EXPECT_EQ(told(stream, "2025-11-01-x"), "");
    for (const std::string name : {"2025-11-01", "2025-11-01-x.nw", "2025-11-03"})
        EXPECT_EQ(told(stream, name),
                  "amend: there is no entry " + name + "; name one in full, without directory and .nw\n");
}

TEST(At, DoesNotLookAtLaterEntries)
{
    const std::string stream = markup({{"01", "<<a.c>>=\n@\n"}});
    EXPECT_EQ(told(stream + "@file journal/00.nw\n@begin nonsense\n", "01"), "");
    amend::options wanted;
    wanted.at = "01";
    EXPECT_EQ(amend::run(stream + "@file journal/02.nw\n@begin nonsense\n", wanted).stream, stream);
}

TEST(At, StillSeesThatMarkupGaveUp)
{
    EXPECT_NE(told(markup({{"01", "<<a.c>>=\n@\n"}, {"02", ""}}) + "@fatal\n", "01"), "");
}

}  // namespace
