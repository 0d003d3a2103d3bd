#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "data/test_folder.hpp"
#include "weft/data.hpp"

namespace weft {
namespace {

using test::expect_error;
using testing::ElementsAre;

std::vector<Label> labels_at(const std::vector<Label>& labels,
                             std::span<const std::uint32_t> rows) {
  std::vector<Label> picked;
  for (const std::uint32_t row : rows) picked.push_back(labels.at(row));
  return picked;
}

std::array<std::size_t, 256> count(const std::vector<Label>& labels) {
  std::array<std::size_t, 256> counts{};
  for (const Label label : labels) ++counts[label];
  return counts;
}

// Both parts in order, without a row in common, and all rows together.
void expect_partition(const Split& split, std::size_t n) {
  EXPECT_TRUE(std::ranges::is_sorted(split.train));
  EXPECT_TRUE(std::ranges::is_sorted(split.held_out));
  std::set<std::uint32_t> all(split.train.begin(), split.train.end());
  all.insert(split.held_out.begin(), split.held_out.end());
  EXPECT_EQ(split.train.size() + split.held_out.size(), n);
  EXPECT_EQ(all.size(), n);
  EXPECT_TRUE(all.empty() || *all.rbegin() == n - 1);
}

std::vector<Label> uneven_labels() {
  std::vector<Label> labels;
  for (const auto& [label, size] : {std::pair{200, 50}, {3, 30}, {7, 15}, {0, 5}}) {
    labels.insert(labels.end(), static_cast<std::size_t>(size), static_cast<Label>(label));
  }
  return labels;
}

TEST(StratifiedSplit, TakesEachClassInProportion) {
  const auto labels = uneven_labels();
  const Split split = stratified_split(labels, 20, 1);
  expect_partition(split, 100);
  const auto counts = count(labels_at(labels, split.held_out));
  EXPECT_THAT((std::array{counts[200], counts[3], counts[7], counts[0]}), ElementsAre(10, 6, 3, 1));
}

// 7 of 100: shares 3.5, 2.1, 1.05, 0.35 for sizes 50, 30, 15, 5. Whole parts 3 2 1 0 make 6; the
// one left goes to the remainder 0.5. For 9: 4.5, 2.7, 1.35, 0.45 make 7; two left, to 0.7 and 0.5.
TEST(StratifiedSplit, GivesWhatIsLeftToTheLargestRemainders) {
  const auto labels = uneven_labels();
  const auto held_out = [&](std::size_t n) {
    const auto counts = count(labels_at(labels, stratified_split(labels, n, 1).held_out));
    return std::array{counts[200], counts[3], counts[7], counts[0]};
  };
  EXPECT_THAT(held_out(7), ElementsAre(4, 2, 1, 0));
  EXPECT_THAT(held_out(9), ElementsAre(5, 3, 1, 0));
}

TEST(StratifiedSplit, GivesTiesToTheLowerClass) {
  const std::vector<Label> labels = {2, 2, 1, 1, 9, 9};
  const auto held_out = labels_at(labels, stratified_split(labels, 2, 5).held_out);
  EXPECT_THAT(count(held_out)[1], 1U);
  EXPECT_THAT(count(held_out)[2], 1U);
}

TEST(StratifiedSplit, HoldsOutExactlySoMany) {
  const auto labels = uneven_labels();
  for (std::size_t n = 0; n < labels.size(); ++n) {
    SCOPED_TRACE(n);
    const Split split = stratified_split(labels, n, 42);
    EXPECT_EQ(split.held_out.size(), n);
    expect_partition(split, labels.size());
  }
}

TEST(StratifiedSplit, SeedAloneDecidesTheDraw) {
  const auto labels = uneven_labels();
  EXPECT_EQ(stratified_split(labels, 20, 1).held_out, stratified_split(labels, 20, 1).held_out);
  EXPECT_NE(stratified_split(labels, 20, 1).held_out, stratified_split(labels, 20, 2).held_out);
}

// Every row is as likely to be held out as any other: 500 draws of 20 in 100 put each row in 100
// of them, with a deviation of 8.9; six deviations, so that chance does not fail it.
TEST(StratifiedSplit, DrawsEachRowEquallyOften) {
  const auto labels = uneven_labels();
  std::vector<int> drawn(labels.size());
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    for (const std::uint32_t row : stratified_split(labels, 20, seed).held_out) ++drawn[row];
  }
  EXPECT_THAT(drawn, testing::Each(testing::AllOf(testing::Gt(46), testing::Lt(154))));
}

TEST(StratifiedSplit, RefusesToHoldOutEverything) {
  const std::vector<Label> labels = {0, 1};
  expect_error(ErrorCode::usage, {"stratified_split", "2 of 2"},
               [&] { stratified_split(labels, 2, 1); });
  expect_error(ErrorCode::usage, {"0 of 0"}, [] { stratified_split({}, 0, 1); });
}

// As even as can be: by one row, in all and of each class.
TEST(StratifiedFolds, AreEvenAndDrawnBySeed) {
  std::vector<Label> labels;
  for (std::size_t i = 0; i < 103; ++i) labels.push_back(i < 50 ? 7 : i < 99 ? 2 : 300);
  const auto folds = stratified_folds(labels, 4, 1);
  ASSERT_EQ(folds.size(), labels.size());
  for (const Label label : {Label{7}, Label{2}, Label{300}}) {
    std::array<std::size_t, 4> counts{};
    for (std::size_t i = 0; i < folds.size(); ++i) {
      if (labels[i] == label) ++counts.at(folds[i]);
    }
    EXPECT_LE(std::ranges::max(counts) - std::ranges::min(counts), 1U) << label;
  }
  for (std::uint32_t fold = 0; fold < 4; ++fold) {
    EXPECT_THAT(std::ranges::count(folds, fold), testing::AnyOf(25, 26));
  }
  EXPECT_EQ(folds, stratified_folds(labels, 4, 1));
  EXPECT_NE(folds, stratified_folds(labels, 4, 2));
}

TEST(StratifiedFolds, RefuseWhatCannotBe) {
  const std::vector<Label> labels = {0, 1};
  expect_error(ErrorCode::usage, {"1 folds"}, [&] { stratified_folds(labels, 1, 1); });
  expect_error(ErrorCode::usage, {"3 folds of 2"}, [&] { stratified_folds(labels, 3, 1); });
}

// train_test_split(np.arange(11), test_size=0.2, random_state=42)
TEST(ArticleSplit, IsScikitLearns) {
  const Split split = article_split(11);
  EXPECT_THAT(split.train, ElementsAre(10, 2, 1, 8, 4, 7, 3, 6));
  EXPECT_THAT(split.held_out, ElementsAre(5, 0, 9));
}

// The same by NumPy 1.24, and the labels there.
TEST(ArticleSplit, HoldsOutTheArticlesPictures) {
  const Split split = article_split(60000);
  ASSERT_EQ(split.train.size(), 48000U);
  ASSERT_EQ(split.held_out.size(), 12000U);
  const auto first = [](const std::vector<std::uint32_t>& rows, std::size_t n) {
    return std::vector(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(n));
  };
  EXPECT_THAT(first(split.train, 5), ElementsAre(48572, 38696, 13611, 35213, 31766));
  EXPECT_THAT(first(split.held_out, 5), ElementsAre(12628, 37730, 39991, 8525, 8279));

  const auto labels = load_dataset("fashion-mnist", {.test = false}).train.labels;
  EXPECT_THAT(labels_at(labels, first(split.train, 20)),
              ElementsAre(7, 3, 5, 8, 6, 9, 3, 3, 9, 9, 3, 2, 1, 7, 8, 1, 9, 7, 0, 0));
  EXPECT_THAT(labels_at(labels, first(split.held_out, 20)),
              ElementsAre(8, 8, 7, 4, 8, 4, 1, 0, 4, 5, 3, 7, 4, 9, 4, 1, 1, 3, 3, 9));
}

TEST(ArticleSplit, NeedsARowForEachPart) {
  expect_error(ErrorCode::usage, {"article_split", "1 rows"}, [] { article_split(1); });
  EXPECT_EQ(article_split(2).train.size(), 1U);
}

}  // namespace
}  // namespace weft
