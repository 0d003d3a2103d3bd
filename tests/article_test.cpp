// The article's classifier on the real pictures, against an independent NumPy program's trace.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "article/experiment.hpp"
#include "compare.hpp"

namespace weft {
namespace {

using testing::all_close;

const nlohmann::json& golden() {
  static const auto kGolden =
      nlohmann::json::parse(std::ifstream(WEFT_GOLDEN "/article_float64.json"));
  return kGolden;
}

const LabelledImages& pictures() {
  static const Dataset kData = load_dataset(
      "fashion-mnist", {.train = true, .test = false, .download = true, .on_download = {}});
  return kData.train;
}

std::vector<double> first_errors(const char* run, std::size_t count) {
  auto errors = golden()[run]["error_by_epoch"].get<std::vector<double>>();
  errors.resize(count);
  return errors;
}

TEST(SlowArticle, SplitIsScikitLearns) {
  const ClassifierResult result =
      run_classifier(pictures(), {.precision = Precision::f32, .epochs = 1});
  EXPECT_EQ(result.train_size, 48000U);
  EXPECT_EQ(result.test_size, 12000U);
  EXPECT_EQ(nlohmann::json(result.first_train_labels), golden()["split"]["first_train_labels"]);
  EXPECT_EQ(nlohmann::json(result.first_test_labels), golden()["split"]["first_test_labels"]);
}

TEST(SlowArticle, Float64TraceOfTheScaledRun) {
  const ClassifierResult result =
      run_classifier(pictures(), {.precision = Precision::f64, .epochs = 3});
  EXPECT_TRUE(all_close(result.error_by_epoch, first_errors("scaled", 3), 1e-10, 0));
}

TEST(SlowArticle, Float64TraceOfTheRawRun) {
  const ClassifierResult result =
      run_classifier(pictures(), {.scaled = false, .precision = Precision::f64, .epochs = 3});
  EXPECT_TRUE(all_close(result.error_by_epoch, first_errors("raw", 3), 0.03, 0));
}

TEST(SlowArticle, Float32FollowsTheTraceAtFirst) {
  const ClassifierResult result =
      run_classifier(pictures(), {.precision = Precision::f32, .epochs = 3});
  EXPECT_TRUE(all_close(result.error_by_epoch, first_errors("scaled", 3), 1e-4, 0));
}

// The last epochs jump; their median does not.
TEST(SlowArticle, ScaledRunReachesTheArticlesAccuracy) {
  const ClassifierResult result = run_classifier(
      pictures(), {.precision = Precision::automatic, .epochs = 300, .accuracy_every = 1});
  ASSERT_EQ(result.accuracy_by_epoch.size(), 300U);
  std::vector<double> last;
  for (std::size_t i = 250; i < 300; ++i) last.push_back(100 * result.accuracy_by_epoch[i][2]);
  std::ranges::sort(last);
  const double median = (last[24] + last[25]) / 2;
  EXPECT_NEAR(median, 87.50, 0.6);
}

}  // namespace
}  // namespace weft
