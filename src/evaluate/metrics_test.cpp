#include "evaluate/metrics.hpp"

#include <gmock/gmock.h>

#include <limits>
#include <string>

#include "weft/error.hpp"

// Expected values are scikit-learn's of the same float32 rows, with labels=range(classes) and
// zero_division=0: accuracy_score, top_k_accuracy_score(k=3), precision_recall_fscore_support,
// confusion_matrix, and log_loss (where a clipped row does not sum to one: the clipped formula in
// NumPy); the Brier score is the sum of brier_score_loss over the classes, one against the rest;
// the interval is scipy's binomtest; the calibration error is Guo's formula over numpy.linspace(0,
// 1, 16).

namespace weft {
namespace {

constexpr double kTolerance = 1e-13;

using Row = std::vector<std::size_t>;

void expect_near(const ClassMetrics& got, const ClassMetrics& expected, const std::string& what) {
  EXPECT_NEAR(got.precision, expected.precision, kTolerance) << what;
  EXPECT_NEAR(got.recall, expected.recall, kTolerance) << what;
  EXPECT_NEAR(got.f1, expected.f1, kTolerance) << what;
  EXPECT_EQ(got.support, expected.support) << what;
}

void expect_code(ErrorCode code, const std::string& part, std::span<const float> probabilities,
                 std::size_t classes, std::span<const Label> labels) {
  try {
    measure(probabilities, classes, labels);
    ADD_FAILURE() << "accepted; expected an error about " << part;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), testing::HasSubstr(part));
  }
}

// Class 2 has no pictures but is predicted; class 3 has pictures but is never predicted.
TEST(Measure, MixedCaseIsScikitLearns) {
  const std::vector<float> probabilities = {
      0.5F,     0.25F,   0.125F,   0.125F,    //
      0.125F,   0.625F,  0.125F,   0.125F,    //
      0.25F,    0.5F,    0.1875F,  0.0625F,   //
      0.03125F, 0.75F,   0.125F,   0.09375F,  //
      0.125F,   0.125F,  0.5F,     0.25F,     //
      0.875F,   0.0625F, 0.0625F,  0,         //
      0.25F,    0.125F,  0.375F,   0.25F,     //
      0.125F,   0.8125F, 0.03125F, 0.03125F,
  };
  const std::vector<Label> labels = {0, 1, 0, 3, 3, 0, 1, 1};
  const Metrics metrics = measure(probabilities, 4, labels);
  EXPECT_EQ(metrics.n, 8U);
  EXPECT_EQ(metrics.accuracy, 0.5);
  EXPECT_NEAR(metrics.accuracy_interval.low, 0.21521606221387757, kTolerance);
  EXPECT_NEAR(metrics.accuracy_interval.high, 0.7847839377861224, kTolerance);
  EXPECT_EQ(metrics.top3_accuracy, 0.875);
  EXPECT_NEAR(metrics.log_loss, 1.0904344306574603, kTolerance);
  EXPECT_NEAR(metrics.brier_score, 0.591796875, kTolerance);
  EXPECT_NEAR(metrics.calibration_error, 0.2890625, kTolerance);
  ASSERT_EQ(metrics.per_class.size(), 4U);
  expect_near(metrics.per_class[0], {1, 2.0 / 3, 0.8, 3}, "class 0");
  expect_near(metrics.per_class[1], {0.5, 2.0 / 3, 4.0 / 7, 3}, "class 1");
  expect_near(metrics.per_class[2], {0, 0, 0, 0}, "class 2, without pictures");
  expect_near(metrics.per_class[3], {0, 0, 0, 2}, "class 3, never predicted");
  expect_near(metrics.macro_average, {0.375, 1.0 / 3, 0.34285714285714286, 8}, "macro");
  expect_near(metrics.weighted_average, {0.5625, 0.5, 0.5142857142857143, 8}, "weighted");
  EXPECT_THAT(metrics.confusion_matrix, testing::ElementsAre(Row{2, 1, 0, 0}, Row{0, 2, 1, 0},
                                                             Row{0, 0, 0, 0}, Row{0, 1, 1, 0}));
}

TEST(Measure, AllWrong) {
  const std::vector<float> probabilities = {1, 0, 0, 1, 0.75F, 0.25F};
  const std::vector<Label> labels = {1, 0, 1};
  const Metrics metrics = measure(probabilities, 2, labels);
  EXPECT_EQ(metrics.accuracy, 0);
  EXPECT_EQ(metrics.accuracy_interval.low, 0);
  EXPECT_NEAR(metrics.accuracy_interval.high, 0.5614970317550454, kTolerance);
  EXPECT_EQ(metrics.top3_accuracy, 1) << "three guesses at two classes";
  EXPECT_NEAR(metrics.log_loss, 11.090354888959125, kTolerance) << "two of the rows are clipped";
  EXPECT_NEAR(metrics.brier_score, 1.7083333333333333, kTolerance);
  EXPECT_NEAR(metrics.calibration_error, 0.9166666666666666, kTolerance);
  expect_near(metrics.macro_average, {0, 0, 0, 3}, "macro");
  expect_near(metrics.weighted_average, {0, 0, 0, 3}, "weighted");
  EXPECT_THAT(metrics.confusion_matrix, testing::ElementsAre(Row{0, 1}, Row{2, 0}));
}

TEST(Measure, OneRow) {
  const std::vector<float> probabilities = {0.125F, 0.25F, 0.625F};
  const std::vector<Label> labels = {1};
  const Metrics metrics = measure(probabilities, 3, labels);
  EXPECT_EQ(metrics.n, 1U);
  EXPECT_EQ(metrics.accuracy, 0);
  EXPECT_NEAR(metrics.accuracy_interval.high, 0.7934506856227626, kTolerance);
  EXPECT_EQ(metrics.top3_accuracy, 1);
  EXPECT_NEAR(metrics.log_loss, 1.3862943611198906, kTolerance);
  EXPECT_NEAR(metrics.brier_score, 0.96875, kTolerance);
  EXPECT_NEAR(metrics.calibration_error, 0.625, kTolerance);
  EXPECT_THAT(metrics.confusion_matrix,
              testing::ElementsAre(Row{0, 0, 0}, Row{0, 0, 1}, Row{0, 0, 0}));
}

TEST(Measure, Perfect) {
  const std::vector<float> probabilities = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0};
  const std::vector<Label> labels = {0, 1, 2, 1};
  const Metrics metrics = measure(probabilities, 3, labels);
  EXPECT_EQ(metrics.accuracy, 1);
  EXPECT_NEAR(metrics.accuracy_interval.low, 0.5101091635454027, kTolerance);
  EXPECT_EQ(metrics.accuracy_interval.high, 1);
  EXPECT_EQ(metrics.top3_accuracy, 1);
  EXPECT_NEAR(metrics.log_loss, 1.1920929665620916e-07, 1e-20);
  EXPECT_EQ(metrics.brier_score, 0);
  EXPECT_EQ(metrics.calibration_error, 0);
  for (std::size_t c = 0; c < 3; ++c) {
    expect_near(metrics.per_class[c], {1, 1, 1, c == 1 ? 2U : 1U}, std::to_string(c));
  }
  expect_near(metrics.macro_average, {1, 1, 1, 4}, "macro");
  expect_near(metrics.weighted_average, {1, 1, 1, 4}, "weighted");
}

TEST(Measure, TiesGoToTheLowerClass) {
  const std::vector<float> equal = {0.25F, 0.25F, 0.25F, 0.25F};
  for (Label label = 0; label < 4; ++label) {
    const Metrics metrics = measure(equal, 4, std::vector<Label>{label});
    EXPECT_EQ(metrics.confusion_matrix[label][0], 1U) << "label " << int{label};
    EXPECT_EQ(metrics.accuracy, label == 0 ? 1 : 0) << "label " << int{label};
    EXPECT_EQ(metrics.top3_accuracy, label < 3 ? 1 : 0) << "label " << int{label};
  }
}

// Differences of opposite sign cancel within a bin, never between bins: 0.8125 is alone in the
// thirteenth bin, 0.875 and 0.90625 share the fourteenth, whose rows are one right and one wrong.
TEST(Measure, CalibrationBinsKeepTheirRows) {
  const std::vector<float> probabilities = {0.8125F, 0.1875F, 0.875F, 0.125F, 0.90625F, 0.09375F};
  const std::vector<Label> labels = {0, 0, 1};
  const double thirteenth = 1 - 0.8125;
  const double fourteenth = (0.875 + 0.90625) / 2 - 0.5;
  EXPECT_NEAR(measure(probabilities, 2, labels).calibration_error,
              thirteenth / 3 + fourteenth * 2 / 3, kTolerance);
}

// 14 bins would give 0.15625, 16 bins 0.181640625.
TEST(Measure, CalibrationHasFifteenBins) {
  std::vector<float> probabilities;
  std::vector<Label> labels;
  for (int i = 0; i < 32; ++i) {
    const float top = 0.5F + static_cast<float>(i) / 64;
    probabilities.insert(probabilities.end(), {top, 1 - top});
    labels.push_back(i % 3 == 0 ? 1 : 0);
  }
  EXPECT_NEAR(measure(probabilities, 2, labels).calibration_error, 0.1572265625, kTolerance);
}

TEST(Measure, WhatIsNoProbabilityIsRefusedWithItsRow) {
  const std::vector<Label> labels = {0, 1, 1};
  for (const float wrong : {std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity(), -0.25F, 1.5F}) {
    const std::vector<float> probabilities = {0.5F, 0.5F, 0.5F, 0.5F, 0.5F, wrong};
    expect_code(ErrorCode::failed, "row 2 gives class 1", probabilities, 2, labels);
  }
}

TEST(Measure, SizesThatDisagreeAreRefused) {
  const std::vector<float> six(6, 0.5F);
  expect_code(ErrorCode::usage, "6 probabilities for 2 labels", six, 2, std::vector<Label>{0, 1});
  expect_code(ErrorCode::usage, "6 probabilities for 1 labels", six, 4, std::vector<Label>{0});
  expect_code(ErrorCode::usage, "0 classes", six, 0, std::vector<Label>{0});
  expect_code(ErrorCode::usage, "label of row 1 is 2", six, 2, std::vector<Label>{0, 2, 1});
  expect_code(ErrorCode::usage, "no rows", {}, 2, {});
}

TEST(Metrics, SpreadIsTheDeviationOfLogarithms) {
  EXPECT_NEAR(spread_of(std::vector<float>{0.25F, 0.25F, 0.25F, 0.25F}), 0, 1e-9);
  const double a = std::log(0.8F), b = std::log(0.1F), mean = (a + 2 * b) / 3;
  const double square = ((a - mean) * (a - mean) + 2 * (b - mean) * (b - mean)) / 3;
  EXPECT_NEAR(spread_of(std::vector<float>{0.1F, 0.8F, 0.1F}), std::sqrt(square), 1e-6);
  // Torn between two classes is far from having no idea.
  const double torn = spread_of(std::vector<float>{0.49F, 0.49F, 0.01F, 0.01F});
  const double vague = spread_of(std::vector<float>{0.4F, 0.2F, 0.2F, 0.2F});
  EXPECT_GT(torn, 3 * vague);
  EXPECT_TRUE(std::isfinite(spread_of(std::vector<float>{1, 0, 0})));
}

}  // namespace
}  // namespace weft
