#include "compare.hpp"

#include <limits>
#include <vector>

namespace weft::testing {
namespace {

using Values = std::vector<double>;

TEST(AllClose, PassesWithinTolerance) {
  EXPECT_TRUE(all_close(Values{1.0, -2.0}, Values{1.0000001, -2.0}, 1e-6, 0));
  EXPECT_TRUE(all_close(Values{0.0}, Values{1e-12}, 0, 1e-11));
}

TEST(AllClose, FailsWhereItMust) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(all_close(Values{}, Values{}, 1, 1));                     // nothing compared
  EXPECT_FALSE(all_close(Values{1.0}, Values{1.0, 2.0}, 1, 1));          // lengths
  EXPECT_FALSE(all_close(Values{1.0, 2.1}, Values{1.0, 2.0}, 1e-3, 0));  // one value off
  EXPECT_FALSE(all_close(Values{-50.0}, Values{-5.0}, 1e-3, 1e-3));      // negatives
  EXPECT_FALSE(all_close(Values{0.0, 0.0}, Values{1.0, 2.0}, 0.5, 0));   // all zero
  EXPECT_FALSE(all_close(Values{kNaN}, Values{1.0}, 1, 1));
  EXPECT_FALSE(all_close(Values{1.0}, Values{kNaN}, 1, 1));
  EXPECT_FALSE(all_close(Values{kNaN}, Values{kNaN}, 1, 1));
  EXPECT_FALSE(all_close(Values{std::numeric_limits<double>::infinity()}, Values{1.0}, 1, 1));
}

}  // namespace
}  // namespace weft::testing
