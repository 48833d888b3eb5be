// The event list: what happened to each chunk, told as splices.
#include "noweb.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace noweb;
using nlohmann::json;

namespace {

json events(const entries& all)
{
    amend::options wanted;
    wanted.list_events = true;
    const amend::result done = amend::run(markup(all), wanted);
    EXPECT_TRUE(done.errors.empty()) << errors(all);
    return json::parse(done.events);
}

json lines(std::initializer_list<std::tuple<const char*, const char*, int>> all)
{
    json out = json::array();
    for (const auto& [text, file, line] : all)
        out.push_back({{"text", text}, {"file", file}, {"line", line}});
    return out;
}

const char* const one = "journal/01.nw";
const char* const two = "journal/02.nw";

TEST(Events, AreNotListedUnlessAsked)
{
    EXPECT_EQ(amend::run(markup({{"01", "<<a.c>>=\n@\n"}}), {}).events, "");
}

TEST(Events, NameTheEntries)
{
    EXPECT_EQ(events({{"01", "<<a.c>>=\n@\n"}, {"02", ""}})["entries"],
              json::parse(R"([{"name": "01", "file": "journal/01.nw"}, {"name": "02", "file": "journal/02.nw"}])"));
}

TEST(Events, TellADefinition)
{
    EXPECT_EQ(events({{"01", "<<a.c>>=\nx @<< <<b>>\n@\n<<b>>=\n@\n"}})["events"][0],
              (json{{"id", 0},
                    {"entry", "01"},
                    {"chunk", "a.c"},
                    {"file", one},
                    {"line", 1},
                    {"verb", "define"},
                    {"target", nullptr},
                    {"position", 0},
                    {"old", json::array()},
                    {"new", lines({{"x @<< <<b>>", one, 2}})},
                    {"predecessor", nullptr},
                    {"successor", nullptr}}));
}

TEST(Events, TellAnAppend)
{
    const json e = events({{"01", "<<a.c>>=\nx\ny\n@\n"}, {"02", "<<a.c>>=\nz\n@\n"}})["events"][1];
    EXPECT_EQ(e["verb"], "append");
    EXPECT_EQ(e["position"], 2);
    EXPECT_EQ(e["line"], 1);
    EXPECT_EQ(e["new"], lines({{"z", two, 2}}));
    EXPECT_EQ(e["predecessor"], 0);
}

TEST(Events, TellAReplacement)
{
    const json e = events({{"01", "<<a.c>>=\nx\n@\n<<a.c>>=\ny\n@\n"},
                           {"02", "<<a.c>>=\nz\n@\n"},
                           {"03", "<<a.c>>=\n<<[replace 02]>>\n  <<[previous]>>\nZ\n@\n"}})["events"][3];
    EXPECT_EQ(e["verb"], "replace");
    EXPECT_EQ(e["target"], "02");
    EXPECT_EQ(e["position"], 2);
    EXPECT_EQ(e["old"], lines({{"z", two, 2}}));
    EXPECT_EQ(e["new"], lines({{"  z", two, 2}, {"Z", "journal/03.nw", 4}}));
}

TEST(Events, TellEachEdit)
{
    const json all =
        events({{"01", "<<a.c>>=\nx\ny\n@\n"},
                {"02", "<<a.c>>=\n<<[change]>>\ny\n<<[to]>>\nY\n<<[after]>>\nY\n<<[add]>>\nz\n<<[before]>>\nx\n"
                       "<<[add]>>\nw\n@\n"}})["events"];
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all[1]["verb"], "change");
    EXPECT_EQ(all[1]["line"], 2);
    EXPECT_EQ(all[1]["position"], 1);
    EXPECT_EQ(all[1]["old"], lines({{"y", one, 3}}));
    EXPECT_EQ(all[1]["new"], lines({{"Y", two, 5}}));
    EXPECT_EQ(all[2]["verb"], "after");
    EXPECT_EQ(all[2]["position"], 2);
    EXPECT_EQ(all[2]["old"], json::array());
    EXPECT_EQ(all[3]["verb"], "before");
    EXPECT_EQ(all[3]["position"], 0);
    EXPECT_EQ(all[3]["new"], lines({{"w", two, 13}}));
}

TEST(Events, TellADeletionAndARebirth)
{
    const json all = events({{"01", "<<a.c>>=\nx\n@\n"},
                             {"02", "<<a.c>>=\n<<[delete]>>\n@\n<<b.c>>=\n@\n"},
                             {"03", "<<a.c>>=\ny\n@\n"}})["events"];
    EXPECT_EQ(all[1]["verb"], "delete");
    EXPECT_EQ(all[1]["old"], lines({{"x", one, 2}}));
    EXPECT_EQ(all[1]["predecessor"], 0);
    EXPECT_EQ(all[1]["successor"], 3);
    EXPECT_EQ(all[2]["predecessor"], nullptr);
    EXPECT_EQ(all[3]["verb"], "define");
    EXPECT_EQ(all[3]["predecessor"], 1);
}

TEST(Events, OfExhibitsStandApart)
{
    const json all = events({{"01", "<<a.c>>=\nx\n@\n<<a.c [exhibit e]>>=\ny\n@\n<<a.c [exhibit e]>>=\nz\n@\n"
                                    "<<a.c [exhibit f]>>=\nw\n@\n"},
                             {"02", "<<a.c>>=\nv\n@\n"}});
    ASSERT_EQ(all["events"].size(), 2U);
    EXPECT_EQ(all["events"][0]["successor"], 1) << "not an exhibit's event";
    ASSERT_EQ(all["exhibits"].size(), 2U);
    const json e = all["exhibits"][0];
    EXPECT_EQ(e["entry"], "01");
    EXPECT_EQ(e["name"], "e");
    EXPECT_EQ(e["events"][0]["id"], 2);
    EXPECT_EQ(e["events"][0]["chunk"], "a.c");
    EXPECT_EQ(e["events"][0]["predecessor"], 0);
    EXPECT_EQ(e["events"][0]["successor"], 3);
    EXPECT_EQ(e["events"][1]["id"], 3);
    EXPECT_EQ(e["events"][1]["predecessor"], 2);
    const json f = all["exhibits"][1]["events"][0];
    EXPECT_EQ(f["id"], 4);
    EXPECT_EQ(f["predecessor"], 0);
    EXPECT_EQ(f["successor"], nullptr);
}

TEST(Events, SurviveBytesThatAreNotUtf8)
{
    EXPECT_EQ(events({{"01", "<<a.c>>=\nx\xffy\n@\n"}})["events"][0]["new"][0]["text"], "x\ufffdy");
}

}  // namespace
