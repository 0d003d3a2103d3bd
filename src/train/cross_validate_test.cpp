#include "train/cross_validate.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>

#include "base/random.hpp"
#include "weft/error.hpp"

namespace weft {
namespace {

// Three classes of 4x4 pictures that differ in how bright they are; the label of `wrong` is another
// than its picture's.
Dataset shades(std::optional<std::size_t> wrong = {}) {
  const std::size_t n = 120;
  Dataset data;
  data.class_names = {"dark", "grey", "light"};
  data.train = {Tensor(DataType::u8, {n, 1, 4, 4}), std::vector<Label>(n)};
  RandomStream random(3, RandomPurpose::initialise);
  for (std::size_t i = 0; i < n; ++i) {
    data.train.labels[i] = static_cast<Label>(i % 3);
    for (std::size_t p = 0; p < 16; ++p) {
      data.train.images.as<std::uint8_t>()[16 * i + p] =
          static_cast<std::uint8_t>(80 * (i % 3) + random.below(60));
    }
  }
  if (wrong) data.train.labels[*wrong] = static_cast<Label>((*wrong + 1) % 3);
  return data;
}

TrainSettings settings() {
  TrainSettings s;
  s.network = "dense 16, relu, dense 3";
  s.epochs = 30;
  s.batch_size = 16;
  s.precision = Precision::f32;
  return s;
}

class Watcher final : public FoldObserver {
 public:
  explicit Watcher(std::size_t most = SIZE_MAX) : left_(most) {}
  void on_fold(std::size_t fold, const RunLength& length) override {
    folds.push_back(fold);
    steps = length.steps;
  }
  bool wants_stop() override { return --left_ == 0; }
  std::vector<std::size_t> folds;
  std::size_t steps = 0;

 private:
  std::size_t left_;
};

TEST(CrossValidate, KnowsPicturesThatItHasNotSeen) {
  const Dataset data = shades();
  Watcher watcher;
  const auto answers = out_of_fold_probabilities(data, settings(), 3, 1, watcher);
  ASSERT_TRUE(answers);
  EXPECT_THAT(watcher.folds, testing::ElementsAre(0, 1, 2));
  EXPECT_EQ(watcher.steps, 30U * 5);
  EXPECT_EQ(answers->shape(), (Shape{120, 3}));
  for (std::size_t i = 0; i < 120; ++i) {
    const auto row = answers->as<float>().subspan(3 * i, 3);
    EXPECT_NEAR(row[0] + row[1] + row[2], 1, 1e-5);
    EXPECT_EQ(std::ranges::max_element(row) - row.begin(), static_cast<std::ptrdiff_t>(i % 3));
  }
}

// A picture's own label has no say in what is answered for it: that comes from the other folds.
TEST(CrossValidate, ALabelDoesNotDecideItsOwnAnswer) {
  const std::size_t wrong = 40;
  Watcher watcher;
  const auto answers = out_of_fold_probabilities(shades(wrong), settings(), 3, 1, watcher);
  const auto row = answers->as<float>().subspan(3 * wrong, 3);
  EXPECT_EQ(std::ranges::max_element(row) - row.begin(), 1);
}

TEST(CrossValidate, DoesNotDependOnThreads) {
  const Dataset data = shades();
  Watcher watcher;
  const auto one = out_of_fold_probabilities(data, settings(), 2, 1, watcher);
  const auto two = out_of_fold_probabilities(data, settings(), 2, 2, watcher);
  EXPECT_TRUE(std::ranges::equal(one->as<float>(), two->as<float>()));
}

TEST(CrossValidate, StopsWhenAsked) {
  Watcher watcher(170);
  EXPECT_FALSE(out_of_fold_probabilities(shades(), settings(), 3, 1, watcher));
  EXPECT_THAT(watcher.folds, testing::ElementsAre(0, 1));
  EXPECT_THROW(out_of_fold_probabilities(shades(), settings(), 121, 1, watcher), Error);
}

}  // namespace
}  // namespace weft
