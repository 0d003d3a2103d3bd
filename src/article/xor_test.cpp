#include "article/xor.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "compare.hpp"

namespace weft {
namespace {

TEST(Xor, PrintsTheArticlesDigits) {
  const XorResult result = learn_xor();
  ASSERT_EQ(result.error_sums.size(), 10U);
  const std::vector<double> article{-1.77496016, 0.00586565,  0.00525699,
                                    0.0003625,   -0.00064657, 0.00189532};
  const std::vector<double> first(result.error_sums.begin(), result.error_sums.begin() + 6);
  EXPECT_TRUE(
      testing::all_close(first, article, 0, 5.1e-9));  // half of the last digit that it prints
  for (std::size_t i = 6; i < 10; ++i) EXPECT_LT(std::fabs(result.error_sums[i]), 1e-6);
  EXPECT_TRUE(testing::all_close(result.predictions, std::vector{0.0, 1.0, 1.0, 0.0}, 0, 1e-6));
}

}  // namespace
}  // namespace weft
