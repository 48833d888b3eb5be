// All files are written, or none.
#include "amend/files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace {

std::string content(const std::filesystem::path& path)
{
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

class Files : public testing::Test {
protected:
    void SetUp() override
    {
        std::string pattern = testing::TempDir() + "amendXXXXXX";
        directory_ = mkdtemp(pattern.data());
    }
    void TearDown() override { std::filesystem::remove_all(directory_); }

    std::filesystem::path directory_;
};

TEST_F(Files, AreWrittenWhenWanted)
{
    const std::string path = directory_ / "a";
    const amend::file files[] = {{path, "text\n"}, {std::nullopt, "not wanted"}};
    EXPECT_EQ(amend::write_all(files), std::nullopt);
    EXPECT_EQ(content(path), "text\n");
}

TEST_F(Files, AreNotLeftWhenAnotherCannotBeWritten)
{
    const std::string good = directory_ / "a";
    const std::string bad = directory_ / "no" / "b";
    const amend::file files[] = {{good, "text\n"}, {bad, "text\n"}};
    EXPECT_EQ(amend::write_all(files), "amend: cannot write " + bad + ": No such file or directory");
    EXPECT_FALSE(std::filesystem::exists(good));
}

}  // namespace
