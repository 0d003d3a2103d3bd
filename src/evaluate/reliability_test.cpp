#include "evaluate/reliability.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace weft {
namespace {

TEST(Reliability, AnswersFallIntoTheirFifteenths) {
  // Top probabilities 0.9 (right), 0.92 (wrong), 0.5 (a tie: the lower class, right), 1 (right).
  const std::vector<float> probabilities{0.9F, 0.1F, 0.08F, 0.92F, 0.5F, 0.5F, 0, 1};
  const std::vector<Label> labels{0, 0, 0, 1};
  const Reliability bins = reliability(probabilities, 2, labels);
  EXPECT_EQ(bins[13].count, 2U);
  EXPECT_EQ(bins[13].right, 1U);
  EXPECT_NEAR(bins[13].confidence_sum, 1.82, 1e-6);
  EXPECT_EQ(bins[7].count, 1U);
  EXPECT_EQ(bins[7].right, 1U);
  EXPECT_EQ(bins[14].count, 1U);
  EXPECT_NEAR(calibration_error(bins), (0.82 + 0.5 + 0) / 4, 1e-6);
}

TEST(Reliability, NothingHasNoError) {
  EXPECT_EQ(calibration_error(reliability({}, 3, {})), 0);
}

}  // namespace
}  // namespace weft
