#include "train/tune.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "base/random.hpp"
#include "weft/error.hpp"

namespace weft {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Three classes of 4x4 pictures that differ in how bright they are.
Dataset shades() {
  const std::size_t n = 240;
  Dataset data;
  data.class_names = {"dark", "grey", "light"};
  data.train = {Tensor(DataType::u8, {n, 1, 4, 4}), std::vector<Label>(n)};
  RandomStream random(3, RandomPurpose::initialise);
  const auto pixels = data.train.images.as<std::uint8_t>();
  for (std::size_t i = 0; i < n; ++i) {
    data.train.labels[i] = static_cast<Label>(i % 3);
    for (std::size_t p = 0; p < 16; ++p) {
      pixels[16 * i + p] = static_cast<std::uint8_t>(60 * (i % 3) + random.below(80));
    }
  }
  return data;
}

TrainSettings base() {
  TrainSettings s = preset("mlp", {.picture = {1, 4, 4}, .classes = 3});
  s.network = "dense 16, relu, dense 3";
  s.batch_size = 16;
  s.precision = Precision::f32;
  return s;
}

Search plan(const TrainSettings& settings, std::size_t steps) {
  return plan_search(prepare(shades(), settings), settings, steps);
}

class Observer final : public SearchObserver {
 public:
  explicit Observer(std::size_t steps = SIZE_MAX) : left_(steps) {}
  void on_result(const Search& search) override { saved = as_json(search).dump(); }
  bool wants_stop() override { return --left_ == 0; }
  std::string saved;

 private:
  std::size_t left_;
};

TEST(Tune, PlansFewerAndLongerTrials) {
  const Search search = plan(base(), 10000);
  EXPECT_EQ(search.candidates.size(), 27U);
  EXPECT_THAT(search.steps, ElementsAre(92, 276, 828, 2484));
  std::size_t all = 0;
  for (std::size_t rung = 0, n = 27; rung < 4; ++rung, n /= 3) all += n * search.steps[rung];
  EXPECT_LE(all, 10000U);
  EXPECT_GT(all, 9000U);
  // With little time there are fewer.
  EXPECT_EQ(plan(base(), 1000).candidates.size(), 9U);
  EXPECT_EQ(plan(base(), 10).candidates.size(), 1U);
  EXPECT_THAT(plan(base(), 10).steps, ElementsAre(10));
}

TEST(Tune, TheFirstCandidateIsTheSettingsThemselves) {
  TrainSettings s = base();
  s.augmentation = parse_augmentation("mirror, shift 1");
  s.label_smoothing = 0.1;
  const Search search = plan(s, 10000);
  EXPECT_EQ(as_json(with(search.candidates[0], s), Precision::f32), as_json(s, Precision::f32));
  for (const Candidate& candidate : search.candidates) {
    EXPECT_EQ(with(candidate, s).augmentation.mirror, Mirror::random);
    EXPECT_GE(candidate.rate, 0.25);
    EXPECT_LE(candidate.rate, 4);
  }
}

TEST(Tune, WidensAllLayersButTheLast) {
  TrainSettings s = base();
  s.network =
      "whiten 16 3x3, conv 32 3x3, residual { conv 32 3x3, batchnorm }, dense 50, relu, dense 10";
  EXPECT_EQ(with({.width = 1.5}, s).network,
            "whiten 16 3x3, conv 48 3x3, residual { conv 48 3x3, batchnorm }, dense 75, relu, "
            "dense 10");
  EXPECT_EQ(with({.width = 0.1}, s).network,
            "whiten 16 3x3, conv 16 3x3, residual { conv 16 3x3, batchnorm }, dense 5, relu, "
            "dense 10");
}

TEST(Tune, StoppedAnywhereItComesToTheSame) {
  const PreparedData data = prepare(shades(), base());
  Observer whole;
  Search search = plan(base(), 400);
  EXPECT_EQ(search.candidates.size(), 3U);
  const Search planned = search;
  EXPECT_TRUE(run_search(data, base(), 1, whole, {}, search));
  EXPECT_EQ(search.trials.size(), 4U);
  const auto last = candidates_of(search, 1);
  EXPECT_THAT(last, ElementsAre(ranking(search).front().candidate));
  EXPECT_EQ(ranking(search).front().rung, 1U);
  EXPECT_EQ(ranking(search).size(), 3U);
  EXPECT_EQ(trials_of_all(search), 4U);
  TrainSettings other = base();
  other.learning_rate *= 2;
  EXPECT_THROW(run_search(data, other, 1, whole, {}, search), Error);

  for (const std::size_t stop : {1U, 40U, 70U, 150U, 300U}) {
    Search part = planned;
    Checkpoints checkpoints;
    std::optional<Checkpoint> left;
    const auto path = std::filesystem::path(testing::TempDir()) / "weft_tune_checkpoint";
    checkpoints.save = [&](const Checkpoint& now) {
      save_checkpoint(path, now);
      left = load_checkpoint(path);
    };
    Observer stopping(stop);
    EXPECT_FALSE(run_search(data, base(), 1, stopping, std::move(checkpoints), part));
    EXPECT_LT(part.trials.size(), 4U);
    if (!stopping.saved.empty()) part = parse_search(stopping.saved, "saved");
    Checkpoints rest;
    rest.from = std::move(left);
    Observer nobody;
    EXPECT_TRUE(run_search(data, base(), 2, nobody, std::move(rest), part));
    ASSERT_EQ(part.trials.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(part.trials[i].candidate, search.trials[i].candidate);
      EXPECT_EQ(part.trials[i].validation_accuracy, search.trials[i].validation_accuracy);
      EXPECT_EQ(part.trials[i].validation_loss, search.trials[i].validation_loss);
    }
    std::filesystem::remove(path);
  }
}

TEST(Tune, ReadsWhatItWrites) {
  Search search = plan(base(), 400);
  search.trials.push_back({.candidate = 2, .rung = 0, .steps = 7, .validation_accuracy = 0.5});
  const std::string text = as_json(search).dump();
  EXPECT_EQ(as_json(parse_search(text, "it")).dump(), text);
  const auto refused = [](const std::string& wrong) {
    try {
      parse_search(wrong, "the/file");
      ADD_FAILURE() << wrong;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_input);
      EXPECT_THAT(error.what(), HasSubstr("the/file"));
    }
  };
  for (const char* wrong :
       {"", "{", "[]", "{}", R"({"run":"","candidates":[],"steps":[],"trials":[]})",
        R"({"run":"","candidates":[7],"steps":[1],"trials":[]})"}) {
    refused(wrong);
  }
  Search still = search;
  still.steps.back() = 0;
  refused(as_json(still).dump());
  std::string beyond = text;
  beyond.replace(beyond.find("\"candidate\":2"), 13, "\"candidate\":9");
  refused(beyond);
}

}  // namespace
}  // namespace weft
