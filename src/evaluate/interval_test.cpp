#include "evaluate/interval.hpp"

#include <gtest/gtest.h>

#include "weft/error.hpp"

namespace weft {
namespace {

// scipy.stats.binomtest(k, n).proportion_ci(method="wilson")
TEST(WilsonInterval, AsScipyGivesIt) {
  const auto check = [](std::size_t successes, std::size_t n, double low, double high) {
    const Interval interval = wilson_interval(successes, n);
    EXPECT_NEAR(interval.low, low, 1e-14) << successes << " of " << n;
    EXPECT_NEAR(interval.high, high, 1e-14) << successes << " of " << n;
  };
  check(1, 10, 0.017876213095072896, 0.4041500267952385);
  check(3, 8, 0.13684428582359737, 0.6942576053973728);
  check(9000, 10000, 0.8939656314740893, 0.9057271698293695);
  check(0, 10, 0, 0.27753279986288926);
  check(10, 10, 0.7224672001371109, 1);
}

TEST(WilsonInterval, EndsAreExact) {
  for (std::size_t n = 1; n < 2000; ++n) {
    ASSERT_EQ(wilson_interval(0, n).low, 0) << n;
    ASSERT_EQ(wilson_interval(n, n).high, 1) << n;
  }
}

TEST(WilsonInterval, NoTrialsSayNothing) {
  EXPECT_EQ(wilson_interval(0, 0).low, 0);
  EXPECT_EQ(wilson_interval(0, 0).high, 1);
}

TEST(WilsonInterval, MoreSuccessesThanTrialsAreRefused) {
  EXPECT_THROW(wilson_interval(4, 3), Error);
}

}  // namespace
}  // namespace weft
