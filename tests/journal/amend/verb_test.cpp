// Verbs that stand where they may not.
#include "noweb.hpp"

#include <gtest/gtest.h>

using namespace noweb;

namespace {

// What is said of a second definition of <<x>> with this body.
std::string told(const std::string& body)
{
    return errors({{"01", "<<x.cpp>>=\n<<x>>\n@\n<<x>>=\none\n@\n"}, {"02", "<<x>>=\n" + body + "@\n"}});
}

std::string at(int line, const std::string& text)
{
    return "journal/02.nw:" + std::to_string(line) + ": <<x>>: " + text + "\n";
}

TEST(Verb, MustOpenItsChunk)
{
    for (const std::string verb :
         {"[replace]", "[replace all]", "[replace 01]", "[change]", "[after]", "[before]", "[delete]", "[rename a.c]"})
        EXPECT_EQ(told("text\n<<" + verb + ">>\n"),
                  at(3, verb + " must open its chunk; make it the first line below the chunk's name"));
}

TEST(Verb, StandsAloneOnItsLine)
{
    EXPECT_EQ(told("text <<[replace]>>\n"), at(2, "[replace] shares its line; a verb stands alone on its line"));
    EXPECT_EQ(told("<<[delete]>> <<[delete]>>\n"), at(2, "[delete] shares its line; a verb stands alone on its line"));
}

TEST(Verb, MayBeIndented)
{
    EXPECT_EQ(told("  <<[replace]>>\nnew\n"), "");
}

TEST(Verb, IsKnown)
{
    const std::string hint =
        "; the verbs are replace, previous, change, after, before, delete and rename (a literal << is written @<<)";
    EXPECT_EQ(told("<<[repalce]>>\n"), at(2, "unknown verb [repalce]" + hint));
    EXPECT_EQ(told("<<[]>>\n"), at(2, "unknown verb []" + hint));
    EXPECT_EQ(told("<<[delete 01]>>\n"), at(2, "unknown verb [delete 01]" + hint));
    EXPECT_EQ(told("<<[was 0001]>>\n"), at(2, "unknown verb [was 0001]" + hint));
}

TEST(Verb, OfASecondKindIsRefused)
{
    EXPECT_EQ(told("<<[replace]>>\n<<[delete]>>\n"),
              at(3, "[delete] must open its chunk; make it the first line below the chunk's name"));
    EXPECT_EQ(told("<<[change]>>\none\n<<[to]>>\n<<[replace]>>\n"),
              at(5, "[replace] must open its chunk; make it the first line below the chunk's name"));
}

TEST(Previous, StandsInAReplacingBodyOnly)
{
    const std::string text = "[previous] outside a replacing body; it stands below [replace] only";
    EXPECT_EQ(told("<<[previous]>>\n"), at(2, text));
    EXPECT_EQ(told("f(<<[previous]>>)\n"), at(2, text));
    EXPECT_EQ(told("<<[change]>>\none\n<<[to]>>\n<<[previous]>>\n"), at(5, text));
    EXPECT_EQ(told("<<[change]>>\n<<[previous]>>\none\n<<[to]>>\ntwo\n"), at(3, text));
}

TEST(Separators, NeedTheirVerb)
{
    EXPECT_EQ(told("<<[to]>>\none\n"), at(2, "[to] without [change]; write <<[change]>> and the old lines above it"));
    EXPECT_EQ(told("<<[add]>>\none\n"),
              at(2, "[add] without [after] or [before]; write one of them and the old lines above it"));
    EXPECT_EQ(told("<<[replace]>>\none\n<<[to]>>\n"),
              at(4, "[to] without [change]; write <<[change]>> and the old lines above it"));
}

TEST(Change, NeedsItsSeparator)
{
    EXPECT_EQ(told("<<[change]>>\none\n"),
              at(2, "[change] without <<[to]>>; write it on a line between the old lines and the new ones"));
    EXPECT_EQ(told("<<[after]>>\none\n<<[to]>>\ntwo\n"),
              at(2, "[after] without <<[add]>>; write it on a line between the old lines and the new ones"));
    EXPECT_EQ(told("<<[change]>>\none\n<<[change]>>\none\n<<[to]>>\ntwo\n"),
              at(2, "[change] without <<[to]>>; write it on a line between the old lines and the new ones"));
}

TEST(Change, HasOneSeparator)
{
    EXPECT_EQ(told("<<[change]>>\none\n<<[to]>>\ntwo\n<<[to]>>\nthree\n"),
              at(6, "a second <<[to]>> for one verb; open another group with [change], [after] or [before]"));
}

TEST(Change, SaysWhatItLooksFor)
{
    EXPECT_EQ(told("<<[change]>>\n<<[to]>>\ntwo\n"),
              at(2, "[change] of no line; write below it the lines to look for"));
    EXPECT_EQ(told("<<[before]>>\none\n<<[add]>>\n"), at(2, "[before] adds nothing; write the new lines below [add]"));
}

TEST(Delete, StandsAlone)
{
    EXPECT_EQ(told("<<[delete]>>\n\ntext\n"), at(4, "text after [delete]; [delete] stands alone in its chunk"));
    EXPECT_EQ(told("<<[rename a.c]>>\ntext\n"), at(3, "text after [rename]; [rename] stands alone in its chunk"));
}

TEST(Name, InBracketsIsReserved)
{
    EXPECT_EQ(errors({{"01", "<<x.cpp>>=\n@\n<<[replace]>>=\n@\n"}}),
              "journal/01.nw:3: <<[replace]>>: a reserved name defined; names in brackets are verbs: take another\n");
    EXPECT_NE(errors({{"01", "<<x.cpp>>=\n@\n<<[any] [exhibit a]>>=\n@\n"}}), "");
}

TEST(Errors, AreToldTogetherSortedAndOnce)
{
    EXPECT_EQ(
        errors({{"01", "<<x.cpp>>=\n<<gone>>\n@\n"},
                {"02", "<<y.cpp>>=\n<<[replace]>>\n@\n<<x.cpp>>=\n<<[change]>>\nb\n<<[to]>>\nc\n<<[after]>>\nd\n"
                       "<<[add]>>\ne\n@\n<<unreached>>=\n@\n"}}),
        "journal/01.nw:2: <<gone>>: undefined chunk used in <<x.cpp>>; define it, mend the name, or write @<< for a "
        "literal <<\n"
        "journal/02.nw:2: <<y.cpp>>: before any definition; define the chunk first, or mend the name "
                  "(did you mean <<x.cpp>>?)\n"
        "journal/02.nw:5: <<x.cpp>>: [change] matches nothing, not exactly one place: \"b\"; copy the lines as the "
        "chunk has them at this entry\n"
        "journal/02.nw:9: <<x.cpp>>: [after] matches nothing, not exactly one place: \"d\"; copy the lines as the "
        "chunk has them at this entry\n"
        "journal/02.nw:14: <<unreached>>: no file uses this chunk; use it, name it like a path if it is a file, or "
        "let the entry that stopped using it <<[delete]>> it\n");
}

TEST(Errors, DoNotBreedOthers)
{
    // A chunk whose only definition is unsound is not undefined, too.
    EXPECT_EQ(errors({{"01", "<<x.cpp>>=\n<<y>>\n@\n<<y>>=\n<<[to]>>\n@\n"}}),
              "journal/01.nw:5: <<y>>: [to] without [change]; write <<[change]>> and the old lines above it\n");
    // What an unsound definition would have used is neither undefined nor unreached.
    EXPECT_EQ(told("text\n<<[replace]>>\n<<y>>\n<<z>>\n@\n<<y>>=\nY\n"),
              at(3, "[replace] must open its chunk; make it the first line below the chunk's name"));
}

}  // namespace
