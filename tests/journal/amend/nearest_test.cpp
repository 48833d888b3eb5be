// What is suggested for a name that is not there.
#include "amend/nearest.hpp"
#include "noweb.hpp"

#include <gtest/gtest.h>

using amend::suggestion;
using namespace noweb;

namespace {

TEST(Suggestion, IsTheLikest)
{
    EXPECT_EQ(suggestion("choose the pol", {"choose the pool", "choose the poll tax", "x"}),
              " (did you mean <<choose the pool>>?)");
    EXPECT_EQ(suggestion("Choose the pool", {"choose the pool"}), " (did you mean <<choose the pool>>?)");
    EXPECT_EQ(suggestion("tangled/memory/pool.cpp", {"memory/pool.hpp", "memory/pool.cpp"}),
              " (did you mean <<memory/pool.cpp>>?)");
    EXPECT_EQ(suggestion("pool.cpp", {"memory/pool.cpp"}), " (did you mean <<memory/pool.cpp>>?)");
}

TEST(Suggestion, IsNoneWhereNothingIsLike)
{
    EXPECT_EQ(suggestion("abc", {}), "");
    EXPECT_EQ(suggestion("abc", {"xyz", "something else"}), "");
    EXPECT_EQ(suggestion("write a number", {"print the memory map"}), "");
}

TEST(Suggestion, StandsBehindTheComplaint)
{
    const char* first = "<<x.cpp>>=\n    first  line\n<<a step>>\n@\n<<a step>>=\nbody\n@\n";
    EXPECT_EQ(errors({{"01", first}, {"02", "<<a stop>>=\n<<[change]>>\nbody\n<<[to]>>\nb\n@\n"}}),
              "journal/02.nw:2: <<a stop>>: before any definition; define the chunk first, or mend the name "
              "(did you mean <<a step>>?)\n");
    EXPECT_NE(errors({{"01", first}, {"02", "<<x.cpp>>=\n<<a sstep>>\n@\n"}}).find("(did you mean <<a step>>?)"),
              std::string::npos);
    EXPECT_NE(errors({{"01", first}, {"02", "<<a step>>=\n<<replace>>\nb\n@\n"}})
                  .find("journal/02.nw:2: <<replace>>: a verb is written in brackets: <<[replace]>>"),
              std::string::npos);
    EXPECT_NE(errors({{"01", first}, {"02", "<<x.cpp>>=\n<<[change]>>\nfirst line\n<<[to]>>\nl\n@\n"}})
                  .find("copy the lines as the chunk has them at this entry; the first is like journal/01.nw:2\n"),
              std::string::npos);
}

}  // namespace
