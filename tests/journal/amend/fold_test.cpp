// What each verb makes of a chunk. Every row of the table of verbs is here.
#include "noweb.hpp"

#include <gtest/gtest.h>

using namespace noweb;

namespace {

const std::pair<std::string, std::string> day_one{"01", "<<x.cpp>>=\none\ntwo\nthree\n@\n"};

entries after_day_one(const std::string& second)
{
    return {day_one, {"02", second}};
}

TEST(Append, AddsBehindWhatIsThere)
{
    EXPECT_EQ(amended(after_day_one("<<x.cpp>>=\nfour\n@\n")), "one\ntwo\nthree\nfour\n");
}

TEST(Append, OfNothingAddsNothing)
{
    EXPECT_EQ(amended(after_day_one("<<x.cpp>>=\n@\n")), "one\ntwo\nthree\n");
}

TEST(Replace, SupersedesTheOnePiece)
{
    EXPECT_EQ(amended(after_day_one("<<x.cpp>>=\n<<[replace]>>\nnew\n@\n")), "new\n");
}

TEST(Replace, ByNothingLeavesAnEmptyChunk)
{
    EXPECT_EQ(amended(after_day_one("<<x.cpp>>=\n<<[replace]>>\n@\n")), "\n");
}

TEST(Replace, IsRefusedWhenThereAreTwoPieces)
{
    EXPECT_EQ(
        errors({day_one, {"02", "<<x.cpp>>=\nfour\n@\n"}, {"03", "<<x.cpp>>=\n<<[replace]>>\nnew\n@\n"}}),
        "journal/03.nw:2: <<x.cpp>>: [replace] of 2 live pieces (from 01, 02); say <<[replace ENTRY]>> to replace "
        "that entry's piece, or <<[replace all]>>\n");
}

TEST(Replace, IsRefusedForTwoPiecesOfOneEntry)
{
    EXPECT_NE(errors({{"01", "<<x.cpp>>=\na\n@\n<<x.cpp>>=\nb\n@\n"}, {"02", "<<x.cpp>>=\n<<[replace]>>\nc\n@\n"}}),
              "");
}

TEST(Replace, LeavesOnePieceThatMayBeReplacedAgain)
{
    EXPECT_EQ(
        amended({day_one, {"02", "<<x.cpp>>=\n<<[replace]>>\nb\n@\n"}, {"03", "<<x.cpp>>=\n<<[replace]>>\nc\n@\n"}}),
        "c\n");
}

TEST(ReplaceEntry, SupersedesItsPieceInPlace)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\na\n@\n"},
                       {"02", "<<x.cpp>>=\nb\n@\n"},
                       {"03", "<<x.cpp>>=\nc\n@\n"},
                       {"04", "<<x.cpp>>=\n<<[replace 02]>>\nB\nBB\n@\n"}}),
              "a\nB\nBB\nc\n");
}

TEST(ReplaceEntry, TakesAllThatTheEntryAddedInARow)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\na\n@\n<<x.cpp>>=\nb\n@\n"},
                       {"02", "<<x.cpp>>=\nc\n@\n"},
                       {"03", "<<x.cpp>>=\n<<[replace 01]>>\nAB\n@\n"}}),
              "AB\nc\n");
}

TEST(ReplaceEntry, MakesThePieceTheReplacingEntrys)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\na\n@\n"},
                       {"02", "<<x.cpp>>=\nb\n@\n"},
                       {"03", "<<x.cpp>>=\n<<[replace 01]>>\nA\n@\n"},
                       {"04", "<<x.cpp>>=\n<<[replace 03]>>\nAA\n@\n"}}),
              "AA\nb\n");
}

TEST(ReplaceEntry, AcceptsTheBeginningOfAName)
{
    EXPECT_EQ(amended({{"2025-11-01-light", "<<x.cpp>>=\na\n@\n"},
                       {"2025-11-02-dark", "<<x.cpp>>=\nb\n@\n"},
                       {"2025-11-03", "<<x.cpp>>=\n<<[replace 2025-11-02]>>\nB\n@\n"}}),
              "a\nB\n");
}

TEST(ReplaceEntry, RefusesABeginningOfTwoNames)
{
    EXPECT_EQ(errors({{"01a", "<<x.cpp>>=\na\n@\n"},
                      {"01b", "<<x.cpp>>=\nb\n@\n"},
                      {"02", "<<x.cpp>>=\n<<[replace 01]>>\nB\n@\n"}}),
              "journal/02.nw:2: <<x.cpp>>: more than one entry begins with 01; it has pieces from 01a, 01b\n");
}

TEST(ReplaceEntry, PrefersTheWholeName)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\na\n@\n"},
                       {"01b", "<<x.cpp>>=\nb\n@\n"},
                       {"02", "<<x.cpp>>=\n<<[replace 01]>>\nA\n@\n"}}),
              "A\nb\n");
}

TEST(ReplaceEntry, RefusesAnEntryWithoutAPiece)
{
    EXPECT_EQ(errors(after_day_one("<<x.cpp>>=\n<<[replace 00]>>\nnew\n@\n")),
              "journal/02.nw:2: <<x.cpp>>: no live piece from 00; it has pieces from 01\n");
}

TEST(ReplaceEntry, RefusesPiecesThatDoNotStandTogether)
{
    EXPECT_EQ(
        errors({{"01", "<<x.cpp>>=\na\n@\n"},
                {"02", "<<x.cpp>>=\nb\n@\n"},
                {"03", "<<x.cpp>>=\n<<[replace 01]>>\nA\n@\n<<x.cpp>>=\nc\n@\n"},
                {"04", "<<x.cpp>>=\n<<[replace 03]>>\nB\n@\n"}}),
        "journal/04.nw:2: <<x.cpp>>: the pieces from 03 do not stand together; say <<[replace all]>> and write the "
        "whole chunk\n");
}

TEST(ReplaceAll, SupersedesEveryPiece)
{
    EXPECT_EQ(amended({day_one, {"02", "<<x.cpp>>=\nfour\n@\n"}, {"03", "<<x.cpp>>=\n<<[replace all]>>\nnew\n@\n"}}),
              "new\n");
}

TEST(Previous, StandsForWhatIsReplaced)
{
    EXPECT_EQ(amended(after_day_one("<<x.cpp>>=\n<<[replace]>>\nbefore\n<<[previous]>>\nbehind\n@\n")),
              "before\none\ntwo\nthree\nbehind\n");
}

TEST(Previous, StandsForAllPiecesWhenAllAreReplaced)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\na\n@\n"},
                       {"02", "<<x.cpp>>=\nb\n@\n"},
                       {"03", "<<x.cpp>>=\n<<[replace all]>>\n{\n  <<[previous]>>\n}\n@\n"}}),
              "{\n  a\n  b\n}\n");
}

TEST(Previous, StandsForTheEntrysPieceWhenThatIsReplaced)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\na\n@\n"},
                       {"02", "<<x.cpp>>=\nb\n@\n"},
                       {"03", "<<x.cpp>>=\n<<[replace 01]>>\n<<[previous]>>\na2\n@\n"}}),
              "a\na2\nb\n");
}

TEST(Previous, KeepsTheIndentationOfItsPlace)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\nif (a) {\n\n    b;\n}\n@\n"},
                       {"02", "<<x.cpp>>=\n<<[replace]>>\n{\n    <<[previous]>>\n}\n@\n"},
                       {"03", "<<x.cpp>>=\n<<[replace]>>\n{\n  <<[previous]>>\n}\n@\n"}}),
              "{\n  {\n      if (a) {\n\n          b;\n      }\n  }\n}\n");
}

TEST(Previous, MayShareItsLine)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\na +\nb\n@\n"},
                       {"02", "<<x.cpp>>=\n<<[replace]>>\nf(<<[previous]>>, <<[previous]>>);\n@\n"}}),
              "f(a +\n  b, a +\n     b);\n");
}

TEST(Previous, OfAnEmptyChunkIsNoLine)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\n@\n"}, {"02", "<<x.cpp>>=\n<<[replace]>>\na\n<<[previous]>>\nb\n@\n"}}),
              "a\nb\n");
}

TEST(Previous, MayStandTwice)
{
    EXPECT_EQ(amended(after_day_one("<<x.cpp>>=\n<<[replace]>>\n<<[previous]>>\n<<[previous]>>\n@\n")),
              "one\ntwo\nthree\none\ntwo\nthree\n");
}

TEST(Previous, CannotDoubleAChunkForEver)
{
    entries all{{"00", "<<x.cpp>>=\na\n@\n"}};
    for (int day = 1; day < 40; ++day)
        all.emplace_back((day < 10 ? "0" : "") + std::to_string(day),
                         "<<x.cpp>>=\n<<[replace]>>\n<<[previous]>>\n<<[previous]>>\n@\n");
    EXPECT_NE(errors(all).find("over 100000 lines"), std::string::npos);
}

TEST(Previous, LinesCanBeChangedLater)
{
    EXPECT_EQ(amended({day_one,
                       {"02", "<<x.cpp>>=\n<<[replace]>>\n{\n    <<[previous]>>\n}\n@\n"},
                       {"03", "<<x.cpp>>=\n<<[change]>>\n    two\n    three\n}\n<<[to]>>\n    TWO\n}\n@\n"}}),
              "{\n    one\n    TWO\n}\n");
}

TEST(Change, ReplacesExactLines)
{
    EXPECT_EQ(amended(after_day_one("<<x.cpp>>=\n<<[change]>>\ntwo\n<<[to]>>\n2\n2b\n@\n")), "one\n2\n2b\nthree\n");
}

TEST(Change, ToNothingTakesLinesOut)
{
    EXPECT_EQ(amended(after_day_one("<<x.cpp>>=\n<<[change]>>\none\ntwo\n<<[to]>>\n@\n")), "three\n");
}

TEST(Change, OfEveryLineToNothingLeavesAnEmptyChunk)
{
    EXPECT_EQ(amended(after_day_one("<<x.cpp>>=\n<<[change]>>\none\ntwo\nthree\n<<[to]>>\n@\n<<x.cpp>>=\nz\n@\n")),
              "z\n");
}

TEST(Change, IgnoresCommonIndentationAndKeepsThatOfThePlace)
{
    const entries all{
        {"01", "<<x.cpp>>=\nf() {\n    if (a)\n        b;\n}\n@\n"},
        {"02", "<<x.cpp>>=\n<<[change]>>\nif (a)\n    b;\n<<[to]>>\nif (c)\n    d;\n\nelse\n    e;\n@\n"}};
    EXPECT_EQ(amended(all), "f() {\n    if (c)\n        d;\n\n    else\n        e;\n}\n");
}

TEST(Change, TakesAwayIndentationThatThePlaceHasNot)
{
    EXPECT_EQ(amended(after_day_one("<<x.cpp>>=\n<<[change]>>\n    two\n<<[to]>>\n    2\n      b\n  c\n@\n")),
              "one\n2\n  b\nc\nthree\n");
}

TEST(Change, DoesNotIgnoreIndentationThatDiffersWithin)
{
    EXPECT_NE(errors({{"01", "<<x.cpp>>=\nif (a)\n    b;\n@\n"},
                      {"02", "<<x.cpp>>=\n<<[change]>>\nif (a)\n  b;\n<<[to]>>\nc;\n@\n"}}),
              "");
}

TEST(Change, MatchesReferencesAndTellsThemFromText)
{
    const std::pair<std::string, std::string> first{"01", "<<x.cpp>>=\n1 @<<a>> 2\n<<a>>\n@\n<<a>>=\nA\n@\n"};
    EXPECT_EQ(amended({first, {"02", "<<x.cpp>>=\n<<[change]>>\n<<a>>\n<<[to]>>\n<<a>> + <<a>>;\n@\n"}}),
              "1 <<a>> 2\nA + A;\n");
    EXPECT_EQ(amended({first, {"02", "<<x.cpp>>=\n<<[change]>>\n1 @<<a>> 2\n<<[to]>>\n3\n@\n"}}), "3\nA\n");
    EXPECT_NE(errors({first, {"02", "<<x.cpp>>=\n<<[change]>>\n1 <<a>> 2\n<<[to]>>\n3\n@\n"}}), "");
}

TEST(Change, OfTextThatIsThereTwiceIsRefused)
{
    EXPECT_EQ(
        errors({{"01", "<<x.cpp>>=\none\ndup\ndup\n@\n"}, {"02", "<<x.cpp>>=\n<<[change]>>\ndup\n<<[to]>>\nz\n@\n"}}),
        "journal/02.nw:2: <<x.cpp>>: [change] matches 2 places, not exactly one place: \"dup\"; add neighbouring lines "
        "until only one place matches\n");
}

TEST(Change, OfTextInTwoPiecesIsRefused)
{
    EXPECT_NE(errors({{"01", "<<x.cpp>>=\ndup\n@\n"},
                      {"02", "<<x.cpp>>=\ndup\n@\n"},
                      {"03", "<<x.cpp>>=\n<<[change]>>\ndup\n<<[to]>>\nz\n@\n"}}),
              "");
}

TEST(Change, IsMadeUniqueByANeighbouringLine)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\none\ndup\ndup\n@\n"},
                       {"02", "<<x.cpp>>=\n<<[change]>>\none\ndup\n<<[to]>>\nuno\ndup\n@\n"}}),
              "uno\ndup\ndup\n");
}

TEST(Change, OfTextThatIsNotThereIsRefused)
{
    EXPECT_EQ(
        errors(after_day_one("<<x.cpp>>=\n<<[change]>>\nfour\n<<[to]>>\nz\n@\n")),
        "journal/02.nw:2: <<x.cpp>>: [change] matches nothing, not exactly one place: \"four\"; copy the lines as the "
        "chunk has them at this entry\n");
}

TEST(Change, AcrossTwoPiecesSaysSo)
{
    const std::string told = errors({{"01", "<<x.cpp>>=\na\n@\n"},
                                     {"02", "<<x.cpp>>=\nb\n@\n"},
                                     {"03", "<<x.cpp>>=\n<<[change]>>\na\nb\n<<[to]>>\nz\n@\n"}});
    EXPECT_NE(told.find("the lines are from two pieces"), std::string::npos) << told;
}

TEST(Change, GroupsAreAppliedInOrder)
{
    EXPECT_EQ(amended(after_day_one("<<x.cpp>>=\n<<[change]>>\ntwo\n<<[to]>>\nzwei\n<<[after]>>\nzwei\n<<[add]>>\n2.5\n"
                                    "<<[before]>>\none\n<<[add]>>\nzero\n@\n")),
              "zero\none\nzwei\n2.5\nthree\n");
}

TEST(Change, KeepsThePieceItsEntrys)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\na\n@\n"},
                       {"02", "<<x.cpp>>=\nb\n@\n"},
                       {"03", "<<x.cpp>>=\n<<[change]>>\na\n<<[to]>>\nA\n@\n"},
                       {"04", "<<x.cpp>>=\n<<[replace 01]>>\n<<[previous]>>\nAA\n@\n"}}),
              "A\nAA\nb\n");
}

TEST(After, AddsBehindTheAnchor)
{
    EXPECT_EQ(amended(after_day_one("<<x.cpp>>=\n<<[after]>>\none\ntwo\n<<[add]>>\n2.5\n@\n")),
              "one\ntwo\n2.5\nthree\n");
}

TEST(Before, AddsInFrontOfTheAnchor)
{
    EXPECT_EQ(amended(after_day_one("<<x.cpp>>=\n<<[before]>>\ntwo\nthree\n<<[add]>>\n1.5\n@\n")),
              "one\n1.5\ntwo\nthree\n");
}

TEST(Before, KeepsTheIndentationOfItsPlace)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\n{\n    a;\n}\n@\n"},
                       {"02", "<<x.cpp>>=\n<<[before]>>\na;\n<<[add]>>\nb {\n  c;\n}\n@\n"}}),
              "{\n    b {\n      c;\n    }\n    a;\n}\n");
}

TEST(Delete, EndsAChunkAndItsFile)
{
    const amend::result done =
        amend::run(markup({day_one, {"02", "<<y.cpp>>=\ny\n@\n"}, {"03", "<<x.cpp>>=\n<<[delete]>>\n@\n"}}), {});
    EXPECT_EQ(done.roots, "y.cpp\n");
    EXPECT_EQ(done.stream.find("x.cpp"), std::string::npos);
}

TEST(Delete, LeavesRoomForARebirth)
{
    EXPECT_EQ(amended({day_one, {"02", "<<x.cpp>>=\n<<[delete]>>\n@\n"}, {"03", "<<x.cpp>>=\nreborn\n@\n"}}),
              "reborn\n");
}

TEST(Delete, OfAUsedChunkIsRefused)
{
    EXPECT_EQ(
        errors({{"01", "<<x.cpp>>=\n<<a>>\n@\n<<a>>=\nA\n@\n"}, {"02", "<<a>>=\n<<[delete]>>\n@\n"}}),
        "journal/02.nw:2: <<a>>: [delete] of a chunk that is still used at journal/01.nw:2 in <<x.cpp>>; amend that "
        "place too, or leave the chunk\n");
}

TEST(Delete, MayGoWithTheLastUse)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\n<<a>>\n@\n<<a>>=\nA\n@\n"},
                       {"02", "<<a>>=\n<<[delete]>>\n@\n<<x.cpp>>=\n<<[replace]>>\nB\n@\n"}}),
              "B\n");
}

TEST(Rename, OfAChunkIsAReplacementByAnother)
{
    EXPECT_EQ(amended({{"01", "<<x.cpp>>=\n<<x>>\n@\n<<x>>=\none\n@\n"},
                       {"02", "<<x>>=\n<<[replace]>>\n<<y>>\n@\n<<y>>=\nrenamed body\n@\n"}}),
              "renamed body\n");
}

TEST(Rename, KeepsAFilesPiecesAndWhoWroteThem)
{
    const entries moved{{"01", "<<y.cpp>>=\none\n@\n"}, {"02", "<<y.cpp>>=\ntwo\n@\n"}, {"03", "<<x.cpp>>=\n<<[rename y.cpp]>>\n@\n"}};
    EXPECT_EQ(amended(moved), "one\ntwo\n");
    const amend::result done = amend::run(markup(moved), {});
    EXPECT_EQ(done.roots, "x.cpp\n");
    EXPECT_EQ(done.stream.find("y.cpp"), std::string::npos);
    entries later = moved;
    later.push_back({"04", "<<x.cpp>>=\n<<[replace 01]>>\n1\n@\n<<x.cpp>>=\nthree\n@\n<<y.cpp>>=\nanother\n@\n"});
    EXPECT_EQ(amended(later), "1\ntwo\nthree\n");
}

TEST(Rename, NeedsOneFileAndNoOther)
{
    const auto told = [](const std::string& chunk, const std::string& verb) {
        return errors(after_day_one("<<z.cpp>>=\nz\n@\n<<a step>>=\n@\n<<" + chunk + ">>=\n<<[rename " + verb + "]>>\n@\n"));
    };
    EXPECT_NE(told("y.cpp", "w.cpp").find("[rename] of w.cpp, which is not there; mend its name (did you mean <<"), std::string::npos);
    EXPECT_NE(told("z.cpp", "x.cpp").find("[rename] to the name of another chunk; delete that one first"), std::string::npos);
    EXPECT_NE(told("y.cpp", "a step").find("[rename] of what is no file; a chunk that others use keeps its name"), std::string::npos);
    EXPECT_NE(told("a new step", "x.cpp").find("[rename] of what is no file"), std::string::npos);
}

TEST(AnyVerb, BeforeADefinitionIsRefused)
{
    for (const std::string verb : {"[replace]", "[replace 01]", "[replace all]", "[delete]"})
        EXPECT_EQ(errors(after_day_one("<<y.cpp>>=\n<<" + verb + ">>\n@\n")),
                  "journal/02.nw:2: <<y.cpp>>: before any definition; define the chunk first, or mend the name "
                  "(did you mean <<x.cpp>>?)\n");
    EXPECT_NE(errors(after_day_one("<<y.cpp>>=\n<<[change]>>\na\n<<[to]>>\nb\n@\n")), "");
}

TEST(AnyVerb, AfterADeleteSaysWhereThatWas)
{
    EXPECT_EQ(
        errors({day_one, {"02", "<<x.cpp>>=\n<<[delete]>>\n@\n"}, {"03", "<<x.cpp>>=\n<<[replace]>>\na\n@\n"}}),
        "journal/03.nw:2: <<x.cpp>>: before any definition (deleted at journal/02.nw:2); define the chunk first, or "
        "mend the name\n");
}

TEST(AnyVerb, LeavesThePastAlone)
{
    const entries all{
        day_one, {"02", "<<x.cpp>>=\n<<[replace]>>\nnew\n@\n"}, {"03", "<<x.cpp>>=\n<<[nonsense]>>\n@\n"}};
    amend::options early;
    early.at = "01";
    EXPECT_EQ(amended(all, "x.cpp", early), "one\ntwo\nthree\n");
    early.at = "02";
    EXPECT_EQ(amended(all, "x.cpp", early), "new\n");
}

}  // namespace
