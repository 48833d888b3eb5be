// What a chunk's name says.
#include "amend/name.hpp"

#include <gtest/gtest.h>

using namespace amend;

namespace {

TEST(ExhibitName, IsTheLastBracket)
{
    EXPECT_EQ(split_exhibit("a step [exhibit no-pae]").chunk, "a step");
    EXPECT_EQ(split_exhibit("a step [exhibit no-pae]").exhibit, "no-pae");
    EXPECT_EQ(split_exhibit("a [exhibit b] [exhibit c]").chunk, "a [exhibit b]");
    for (const std::string_view name : {"a step", "a [exhibit b] step", "a[exhibit b]", "[exhibit b]", ""}) {
        EXPECT_EQ(split_exhibit(name).chunk, name);
        EXPECT_EQ(split_exhibit(name).exhibit, std::nullopt);
    }
}

TEST(Path, HasNoBlankAndASlashOrADot)
{
    for (const std::string_view name : {"linker.ld", "boot/a", ".", "/", "a*b.c"})
        EXPECT_TRUE(is_path(name)) << name;
    for (const std::string_view name : {"a step", "read boot/a.asm", "step", "*", ""})
        EXPECT_FALSE(is_path(name)) << name;
}

TEST(SupersededName, IsAsWideAsPrevious)
{
    EXPECT_EQ(numbered_name(superseded_prefix, 1), "[was 0001]");
    EXPECT_EQ(numbered_name(superseded_prefix, 9999).size(), std::string_view("[previous]").size());
    EXPECT_EQ(numbered_name(superseded_prefix, 12345), "[was 12345]");
    EXPECT_EQ(shown_name("[was 0001]"), "[previous]");
    EXPECT_EQ(shown_name("[was it"), "[was it");
}

}  // namespace
