// The laws of amending, on ten thousand random journals.
#include "random_journal.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <map>
#include <sstream>

using namespace noweb;

namespace {

constexpr std::uint64_t journals = 10'000;

std::string source(const entries& all)
{
    std::string out;
    for (const auto& [name, text] : all)
        out += "== " + name + "\n" + text;
    return out;
}

amend::result run(const entries& all, const amend::options& wanted = {})
{
    return amend::run(markup(all), wanted);
}

// Every file of the outcome, as one text.
std::string files(const amend::result& done)
{
    std::string out;
    std::istringstream paths(done.roots);
    for (std::string path; std::getline(paths, path);)
        out += "== " + path + "\n" + text(tangle(done.stream, path));
    return out;
}

entries with(entries all, const std::string& text)
{
    all.emplace_back("99", text);
    return all;
}

TEST(Law, AppendOnlyIsNowebItself)
{
    for (std::uint64_t seed = 0; seed < journals; ++seed) {
        const entries all = random_journal(seed).append_only();
        const amend::result done = run(all);
        ASSERT_TRUE(done.errors.empty()) << seed << done.errors.front() << source(all);
        ASSERT_EQ(done.stream, markup(all)) << seed;
    }
}

TEST(Law, APrefixDoesNotDependOnWhatFollows)
{
    for (std::uint64_t seed = 0; seed < journals; ++seed) {
        const entries all = random_journal(seed).amending();
        entries prefix;
        for (const auto& entry : all) {
            prefix.push_back(entry);
            amend::options at;
            at.at = entry.first;
            amend::options whole;
            at.list_history = whole.list_history = seed % 10 == 0;  // JSON costs more than all the rest
            const amend::result cut = run(all, at);
            const amend::result alone = run(prefix, whole);
            ASSERT_EQ(cut.errors, alone.errors) << seed << source(all);
            ASSERT_EQ(cut.stream, alone.stream) << seed << source(all);
            ASSERT_EQ(cut.roots, alone.roots) << seed << source(all);
            ASSERT_EQ(cut.exhibits, alone.exhibits) << seed << source(all);
            ASSERT_EQ(cut.history, alone.history) << seed << source(all);
        }
    }
}

TEST(Law, ReplacingByPreviousChangesNothing)
{
    std::size_t sound = 0;
    for (std::uint64_t seed = 0; seed < journals; ++seed) {
        const entries all = random_journal(seed).amending();
        const amend::result done = run(all);
        if (!done.errors.empty())
            continue;
        const std::string chunk = done.roots.find("x.cpp") == std::string::npos ? "step" : "x.cpp";
        const amend::result same = run(with(all, "<<" + chunk + ">>=\n<<[replace all]>>\n<<[previous]>>\n@\n"));
        ++sound;
        ASSERT_EQ(same.errors, std::vector<std::string>{}) << seed << source(all);
        ASSERT_EQ(files(same), files(done)) << seed << source(all);
        ASSERT_EQ(tangle(same.stream, "keep.txt"), tangle(done.stream, "keep.txt")) << seed << source(all);
    }
    EXPECT_GT(sound, journals / 20) << "too few sound journals to prove anything";
}

TEST(Law, DeletionAndRebirthAreADefinition)
{
    std::size_t sound = 0;
    for (std::uint64_t seed = 0; seed < journals; ++seed) {
        const entries all = random_journal(seed).amending();
        const amend::result done = run(all);
        if (!done.errors.empty())
            continue;
        ++sound;
        const amend::result reborn = run(with(all, "<<step>>=\n<<[delete]>>\n@\n<<step>>=\nnew <<leaf>>\n@\n"));
        const amend::result replaced = run(with(all, "<<step>>=\n<<[replace all]>>\nnew <<leaf>>\n@\n"));
        ASSERT_EQ(reborn.errors, std::vector<std::string>{}) << seed << source(all);
        ASSERT_EQ(files(reborn), files(replaced)) << seed << source(all);
        const amend::result defined = run(with(all, "<<fresh.c>>=\nnew <<leaf>>\n@\n"));
        ASSERT_EQ(
            text(tangle(
                run(with(all, "<<fresh.c>>=\nold\n@\n<<fresh.c>>=\n<<[delete]>>\n@\n<<fresh.c>>=\nnew <<leaf>>\n@\n"))
                    .stream,
                "fresh.c")),
            text(tangle(defined.stream, "fresh.c")))
            << seed;
    }
    EXPECT_GT(sound, journals / 20);
}

TEST(Law, AnErrorLeavesNoOutput)
{
    std::size_t unsound = 0;
    for (std::uint64_t seed = 0; seed < journals; ++seed) {
        amend::options wanted;
        wanted.list_history = true;
        const amend::result done = run(random_journal(seed).amending(), wanted);
        if (done.errors.empty())
            continue;
        ++unsound;
        ASSERT_EQ(done.stream + done.roots + done.exhibits + done.history, "") << seed;
    }
    EXPECT_GT(unsound, journals / 20);
}

// A journal of one entry that defines every live chunk as the history leaves it.
entries retold(const nlohmann::json& history)
{
    std::map<std::string, std::vector<std::string>> chunks;
    for (const nlohmann::json& version : history["versions"]) {
        chunks.erase(version[0]);
        if (version[2].is_null())
            continue;
        std::vector<std::string>& lines = chunks[version[0]];
        for (const std::size_t number : version[2])
            lines.push_back(history["lines"][number][2]);
    }
    std::string text;
    for (const auto& [name, lines] : chunks) {
        text += "<<" + name + ">>=\n";
        for (const std::string& line : lines)
            text += line + "\n";
        text += "@\n";
    }
    return {{"01", text}};
}

TEST(Law, TheHistoryRetellsTheFold)
{
    std::size_t sound = 0;
    for (std::uint64_t seed = 0; seed < journals; ++seed) {
        const entries all = random_journal(seed).amending();
        amend::options wanted;
        wanted.list_history = true;
        const amend::result done = run(all, wanted);
        if (!done.errors.empty())
            continue;
        const entries again = retold(nlohmann::json::parse(done.history));
        // What [previous] stood for in the middle of a line is a chunk of its own, not in the text.
        if (again.front().second.find("<<[was ") != std::string::npos)
            continue;
        ++sound;
        ASSERT_EQ(files(run(again)), files(done)) << seed << source(all) << source(again);
    }
    EXPECT_GT(sound, journals / 20);
}

}  // namespace
