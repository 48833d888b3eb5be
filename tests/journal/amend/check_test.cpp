// What must hold before anything is tangled: paths, uses, cycles, and that a file reaches every chunk.
#include "noweb.hpp"

#include <gtest/gtest.h>

using namespace noweb;

namespace {

std::string told(const std::string& entry)
{
    return errors({{"01", entry}});
}

amend::result run(const entries& all, const amend::options& wanted = {})
{
    return amend::run(markup(all), wanted);
}

TEST(Roots, AreChunksNamedLikePaths)
{
    const amend::result done = run({{"01", "<<linker.ld>>=\n<<a step>>\n@\n<<boot/a.asm>>=\n@\n<<a step>>=\n@\n"
                                           "<<proof/2025-11-01-x.expect>>=\n@\n<<bin/tool>>=\n@\n"}});
    EXPECT_EQ(done.roots, "bin/tool\nboot/a.asm\nlinker.ld\nproof/2025-11-01-x.expect\n");
}

TEST(Roots, AreMarkedForMntWhereTheLanguageKnowsLineDirectives)
{
    amend::options marked;
    marked.mark_directives = true;
    const std::string source =
        "<<a.cpp>>=\n@\n<<a.hpp>>=\n@\n<<a.asm>>=\n@\n<<a.inc>>=\n@\n<<a.ld>>=\n@\n<<a.cpp>>=\n@\n";
    const std::string stream = run({{"01", source}}, marked).stream;
    for (const std::string name : {"a.cpp*", "a.hpp*", "a.asm*", "a.inc*", "a.ld"})
        EXPECT_NE(stream.find("@defn " + name + "\n"), std::string::npos) << name;
    EXPECT_EQ(stream.find("@defn a.cpp\n"), std::string::npos);
    EXPECT_EQ(run({{"01", source}}).stream.find('*'), std::string::npos);
}

TEST(Roots, AreMarkedWhenAmendedToo)
{
    amend::options marked;
    marked.mark_directives = true;
    const std::string stream =
        run({{"01", "<<a.cpp>>=\none\n@\n"}, {"02", "<<a.cpp>>=\n<<[replace]>>\n@\n"}}, marked).stream;
    EXPECT_NE(stream.find("@defn a.cpp*\n"), std::string::npos);
}

TEST(Paths, StayBelowTheTop)
{
    const std::pair<std::string, std::string> bad[] = {
        {"/a", "an absolute path; leave out the leading /"},
        {"../a", "a path with ..; a file lies below the tree's top"},
        {"a/../b", "a path with ..; a file lies below the tree's top"},
        {"a/..", "a path with ..; a file lies below the tree's top"},
        {"..", "a path with ..; a file lies below the tree's top"},
        {".", "a path with the component .; leave it out"},
        {"a/./b", "a path with the component .; leave it out"},
        {"a//b", "a path with an empty component; write single slashes between names"},
        {"a/", "a path with an empty component; write single slashes between names"},
        {"a.c*", "a path with the character '*'; use letters, digits and . _ + - only"},
        {"a$b/c", "a path with the character '$'; use letters, digits and . _ + - only"},
    };
    for (const auto& [path, text] : bad)
        EXPECT_EQ(told("<<" + path + ">>=\n@\n"), "journal/01.nw:1: <<" + path + ">>: " + text + "\n");
    const std::string longest(200, 'a');
    EXPECT_EQ(told("<<" + longest.substr(2) + ".c>>=\n@\n"), "");
    EXPECT_NE(told("<<" + longest.substr(1) + ".c>>=\n@\n"), "");
    for (const std::string path : {"a.b", "a/b", "A-1_+.x/...", ".hidden", "a/..b"})
        EXPECT_EQ(told("<<" + path + ">>=\n@\n"), "") << path;
}

TEST(Paths, OfAFileAndADirectoryDiffer)
{
    EXPECT_EQ(
        told("<<a/b>>=\n@\n<<a/b/c.d>>=\n@\n"),
        "journal/01.nw:3: <<a/b/c.d>>: its directory is a file, <<a/b>> at journal/01.nw:1; rename one of them\n");
    EXPECT_EQ(told("<<a/b>>=\n@\n<<a/bc/d>>=\n@\n"), "");
}

TEST(Paths, AreNotUsed)
{
    EXPECT_EQ(
        told("<<a.c>>=\n<<b.c>>\n@\n<<b.c>>=\n@\n"),
        "journal/01.nw:2: <<b.c>>: a file used as a part of <<a.c>>; a chunk named like a path is a file: use another "
        "name\n");
}

TEST(Undefined, IsToldAtEveryUse)
{
    const std::string rest =
        ": <<b>>: undefined chunk used in <<a.c>>; define it, mend the name, or write @<< for a literal <<\n";
    EXPECT_EQ(told("<<a.c>>=\n<<b>>\n@\n<<a.c>>=\nx <<b>> y\n@\n"),
              "journal/01.nw:2" + rest + "journal/01.nw:5" + rest);
}

TEST(Undefined, IsNotEmpty)
{
    EXPECT_EQ(told("<<a.c>>=\n<<b>>\n@\n<<b>>=\n@\n"), "");
}

TEST(Undefined, DoesNotCountQuotedUses)
{
    EXPECT_EQ(told("[[<<b>>]]\n<<a.c>>=\n@\n"), "");
}

TEST(Undefined, IsSeenInASupersededChunkThatIsStillUsed)
{
    const entries all{{"01", "<<a.c>>=\n<<b>>\n@\n<<b>>=\n@\n"},
                      {"02", "<<a.c>>=\n<<[replace]>>\nf(<<[previous]>>)\n@\n"},
                      {"03", "<<b>>=\n<<[delete]>>\n@\n"}};
    EXPECT_EQ(errors(all), "journal/03.nw:2: <<b>>: [delete] of a chunk that is still used at journal/01.nw:2 in "
                           "<<[previous]>>; amend that place too, or leave the chunk\n");
}

TEST(Unreached, IsToldAtTheDefinition)
{
    const std::string rest =
        ": no file uses this chunk; use it, name it like a path if it is a file, or let the entry that "
        "stopped using it <<[delete]>> it\n";
    EXPECT_EQ(told("<<a.c>>=\n@\n<<b>>=\n<<c>>\n@\n<<c>>=\n@\n"),
              "journal/01.nw:3: <<b>>" + rest + "journal/01.nw:6: <<c>>" + rest);
    EXPECT_EQ(errors({{"01", "<<a.c>>=\n<<b>>\n@\n<<b>>=\n@\n"}, {"02", "<<a.c>>=\n<<[replace]>>\n@\n"}}),
              "journal/01.nw:4: <<b>>" + rest);
}

TEST(Unreached, DoesNotCountWhatIsReachedThroughPrevious)
{
    EXPECT_EQ(
        errors({{"01", "<<a.c>>=\n<<b>>\n@\n<<b>>=\n@\n"}, {"02", "<<a.c>>=\n<<[replace]>>\nf(<<[previous]>>)\n@\n"}}),
        "");
}

TEST(Cycle, IsToldWithItsPath)
{
    EXPECT_EQ(
        told("<<a.c>>=\n<<b>>\n@\n<<b>>=\n<<c>>\n@\n<<c>>=\nx\n<<b>>\n<<d>>\n@\n<<d>>=\n@\n"),
        "journal/01.nw:9: <<b>>: a chunk that contains itself: <<b>> -> <<c>> -> <<b>>; take one of these uses out\n");
    EXPECT_EQ(told("<<a.c>>=\n@\n<<b>>=\n<<b>>\n<<c>>\n@\n<<c>>=\n@\n"),
              "journal/01.nw:4: <<b>>: a chunk that contains itself: <<b>> -> <<b>>; take one of these uses out\n");
}

TEST(Cycle, IsNotAChunkUsedTwice)
{
    EXPECT_EQ(told("<<a.c>>=\n<<b>>\n<<c>>\n<<c>>\n@\n<<b>>=\n<<c>>\n@\n<<c>>=\n@\n"), "");
}

TEST(Nesting, MayBeDeep)
{
    std::string source = "<<a.c>>=\n<<c0>>\n@\n";
    const int depth = 50'000;
    for (int i = 0; i < depth; ++i)
        source += "<<c" + std::to_string(i) + ">>=\n<<c" + std::to_string(i + 1) + ">>\n@\n";
    EXPECT_EQ(told(source + "<<c" + std::to_string(depth) + ">>=\n@\n"), "");
}

}  // namespace
