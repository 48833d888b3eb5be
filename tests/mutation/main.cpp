// Runs GoogleTest's tests with the mistake whose number is in the environment as MUTANT. With MET=file instead, with none:
// writes a line for each test, its name, the microseconds of CPU time that it took, and the numbers of the mistakes it met.
#include "switch.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <set>

unsigned mutation::chosen;

static std::set<unsigned>* met;
static bool is_met[1 << 16];

bool mutation::note(unsigned mistake)
{
    if (met != nullptr && !is_met[mistake]) {
        is_met[mistake] = true;
        met->insert(mistake);
    }
    return false;
}

namespace {

class noter : public testing::EmptyTestEventListener {
public:
    explicit noter(const char* file) : to_(file) { met = &met_; }

private:
    void OnTestStart(const testing::TestInfo&) override
    {
        for (const unsigned mistake : met_)
            is_met[mistake] = false;
        met_.clear();
        start_ = std::clock();
    }
    void OnTestEnd(const testing::TestInfo& test) override
    {
        to_ << test.test_suite_name() << '.' << test.name() << ' ' << (std::clock() - start_) * 1'000'000 / CLOCKS_PER_SEC;
        for (const unsigned mistake : met_)
            to_ << ' ' << mistake;
        to_ << std::endl;
    }

    std::ofstream to_;
    std::set<unsigned> met_;
    std::clock_t start_ = 0;
};

}  // namespace

int main(int count, char** arguments)
{
    testing::InitGoogleTest(&count, arguments);
    if (const char* file = std::getenv("MET")) {
        mutation::chosen = mutation::noting;
        testing::UnitTest::GetInstance()->listeners().Append(new noter(file));
    } else if (const char* number = std::getenv("MUTANT")) {
        mutation::chosen = static_cast<unsigned>(std::atoi(number));
    }
    return RUN_ALL_TESTS();
}
