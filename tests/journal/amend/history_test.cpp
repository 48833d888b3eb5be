// The history: what became of each chunk, entry by entry, and who amended whom.
#include "noweb.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace noweb;
using nlohmann::json;

namespace {

json history(const entries& all)
{
    amend::options wanted;
    wanted.list_history = true;
    const amend::result done = amend::run(markup(all), wanted);
    EXPECT_TRUE(done.errors.empty()) << errors(all);
    return json::parse(done.history);
}

// The lines with these numbers, as {definition, line, text}.
json lines(const json& all, const json& numbers)
{
    json out = json::array();
    for (const std::size_t number : numbers)
        out.push_back({all["lines"][number][0], all["lines"][number][1], all["lines"][number][2]});
    return out;
}

// Whom the definitions amend.
json amended(const json& all)
{
    json out = json::array();
    for (const json& definition : all["definitions"])
        out.push_back(definition[6]);
    return out;
}

TEST(History, IsNotListedUnlessAsked)
{
    EXPECT_EQ(amend::run(markup({{"01", "<<a.c>>=\n@\n"}}), {}).history, "");
}

TEST(History, NamesTheEntriesAndDescribesTheDefinitions)
{
    const json all = history({{"01", "<<a.cpp>>=\nx @<< <<b>>\n@\n<<b>>=\n@\n"}, {"02", "<<b [exhibit e before]>>=\n@\n"}});
    EXPECT_EQ(all["entries"], json::parse(R"(["01", "02"])"));
    EXPECT_EQ(all["definitions"], json::parse(R"([[0, "a.cpp", null, false, "append", " ", []],
        [0, "b", null, false, "append", "", []], [1, "b", "e", true, "append", "", [1]]])"));
    EXPECT_EQ(lines(all, all["versions"][0][2]), json::parse(R"([[0, 1, "x @<< <<b>>"]])"));
    EXPECT_EQ(all["files"], json::parse(R"({"a.cpp": ["cpp", true]})"));
}

TEST(History, HasAVersionForEachEntryThatTouchedAChunk)
{
    const json all = history({{"01", "<<a.c>>=\nx\n@\n"},
                              {"02", "<<b.c>>=\n@\n<<a.c>>=\ny\n@\n<<a.c>>=\nz\n@\n"},
                              {"03", "<<a.c>>=\n<<[delete]>>\n@\n"},
                              {"04", "<<a.c>>=\nw\n@\n"}});
    json versions = json::array();
    for (const json& version : all["versions"])
        versions.push_back({version[0], version[1], version[2].is_null() ? json(nullptr) : json(version[2].size())});
    EXPECT_EQ(versions, json::parse(R"([["a.c", 0, 1], ["a.c", 1, 3], ["b.c", 1, 0], ["a.c", 2, null], ["a.c", 3, 1]])"));
    EXPECT_EQ(amended(all), json::parse("[[], [], [0], [2], [0, 2, 3], []]"));
}

TEST(History, FollowsAFileToItsNewName)
{
    const json all = history({{"01", "<<a.c>>=\nx\n@\n"}, {"02", "<<b.c>>=\n<<[rename a.c]>>\n@\n"}});
    EXPECT_EQ(all["versions"][1], json::parse(R"(["a.c", 1, null])"));
    EXPECT_EQ(lines(all, all["versions"][2][2]), json::parse(R"([[0, 1, "x"]])"));
    EXPECT_EQ(all["definitions"][1], json::parse(R"([1, "b.c", null, false, "rename", "v", [0]])"));
}

TEST(History, KnowsALineThatStaysAndItsIndent)
{
    const json all = history({{"01", "<<a.c>>=\n  x\n@\n"}, {"02", "<<a.c>>=\n<<[replace]>>\n{\n  <<[previous]>>\n}\n@\n"}});
    EXPECT_EQ(lines(all, all["versions"][1][2]), json::parse(R"([[1, 2, "{"], [0, 1, "    x"], [1, 4, "}"]])"));
    EXPECT_EQ(all["lines"][2][3], "  ") << "as it is in the journal";
    EXPECT_EQ(lines(all, all["edits"][0][2]), json::parse(R"([[0, 1, "  x"]])"));
    EXPECT_EQ(all["definitions"][1][5], "v   ");
}

TEST(History, TellsWhoWroteWhatAnEditFinds)
{
    const json all =
        history({{"01", "<<a.c>>=\nx\ny\n@\n"},
                 {"02", "<<a.c>>=\n<<[change]>>\ny\n<<[to]>>\nY\n<<[after]>>\nY\n<<[add]>>\nz\n@\n"},
                 {"03", "<<a.c>>=\n<<[before]>>\nz\n<<[add]>>\nw\n@\n"}});
    EXPECT_EQ(amended(all), json::parse("[[], [0, 1], [1]]"));
    EXPECT_EQ(all["definitions"][1][4], "change");
    EXPECT_EQ(all["definitions"][1][5], "vovnvavn");
    ASSERT_EQ(all["edits"].size(), 1U);
    EXPECT_EQ(all["edits"][0][0], 1);
    EXPECT_EQ(all["edits"][0][1], 1);
    EXPECT_EQ(lines(all, all["edits"][0][2]), json::parse(R"([[0, 2, "y"]])"));
}

TEST(History, KeepsWhatPreviousStandsForInALine)
{
    const json all = history({{"01", "<<a.c>>=\n<<b>>\n@\n<<b>>=\nx\n@\n"}, {"02", "<<b>>=\n<<[replace]>>\n(<<[previous]>>)\n@\n"}});
    ASSERT_EQ(all["superseded"].size(), 1U);
    const std::string name = all["superseded"].begin().key();
    EXPECT_EQ(lines(all, all["superseded"][name]), json::parse(R"([[1, 1, "x"]])"));
    EXPECT_EQ(lines(all, all["versions"].back()[2])[0][2], "(<<" + name + ">>)");
}

TEST(History, SurvivesBytesThatAreNotUtf8)
{
    EXPECT_EQ(history({{"01", "<<a.c>>=\nx\xffy\n@\n"}})["lines"][0][2], "x\ufffdy");
}

}  // namespace
