#include "report/results.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace weft {
namespace {

using nlohmann::ordered_json;

// n pictures of 2 x 3 pixels in three classes, 0, 1, 2, 0 ...
LabelledImages pictures(std::size_t n) {
  LabelledImages part{Tensor(DataType::u8, {n, 1, 2, 3}), {}};
  for (std::size_t i = 0; i < n; ++i) part.labels.push_back(static_cast<Label>(i % 3));
  return part;
}

// Sure of class (i + shift) mod 3 for every fourth row, else of the true one; less sure of later
// rows.
Tensor logits(std::size_t n, std::size_t ways = 1) {
  Tensor values(DataType::f32, {ways, n, 3});
  for (std::size_t i = 0; i < ways * n; ++i) {
    const std::size_t row = i % n;
    values.as<float>()[i * 3 + (row + (row % 4 == 0 ? 1 : 0)) % 3] =
        4 - static_cast<float>(row) / static_cast<float>(n);
  }
  return values;
}

struct Reported {
  explicit Reported(std::size_t n) : rows(pictures(n)), index(n) {
    for (std::size_t i = 0; i < n; ++i) index[i] = static_cast<std::uint32_t>(100 + i);
    model.class_names = {"a", "b", "c"};
    model.temperature = 2;
  }
  ordered_json json() {
    PartAnswers answers{answers_at(logits(rows.size()), model.temperature), std::nullopt};
    if (model.temperature != 1) answers.raw = answers_at(logits(rows.size()), 1);
    return results(model, {"val", "held out", rows, index}, answers);
  }

  LabelledImages rows;
  std::vector<std::uint32_t> index;
  Model model;
};

TEST(ReportResults, CellsCountEveryPictureOnce) {
  Reported reported(120);
  const ordered_json found = reported.json();
  EXPECT_EQ(found["n"], 120);
  EXPECT_DOUBLE_EQ(found["accuracy"], 0.75);
  std::size_t all = 0, right = 0;
  for (const ordered_json& cell : found["cells"]) {
    all += cell["count"].get<std::size_t>();
    if (cell["truth"] == cell["answer"]) right += cell["count"].get<std::size_t>();
    EXPECT_LE(cell["items"].size(), 24U);
    EXPECT_GT(cell["items"].size(), 0U);
    for (const ordered_json& i : cell["items"]) {
      const ordered_json& item = found["items"][i.get<std::size_t>()];
      EXPECT_EQ(item["truth"], cell["truth"]);
      EXPECT_EQ(item["answer"], cell["answer"]);
    }
  }
  EXPECT_EQ(all, 120U);
  EXPECT_EQ(right, 90U);
}

TEST(ReportResults, MistakesAreWrongAndTheSurestComesFirst) {
  Reported reported(120);
  const ordered_json found = reported.json();
  ASSERT_EQ(found["mistakes"].size(), 24U);
  double last = 1;
  for (const ordered_json& i : found["mistakes"]) {
    const ordered_json& item = found["items"][i.get<std::size_t>()];
    EXPECT_NE(item["truth"], item["answer"]);
    EXPECT_LE(item["probability"].get<double>(), last);
    last = item["probability"];
  }
  EXPECT_EQ(found["items"][found["mistakes"][0].get<std::size_t>()]["index"], 100);
}

TEST(ReportResults, ReliabilityIsThereBeforeAndAfterCalibration) {
  Reported reported(120);
  ordered_json found = reported.json();
  for (const char* when : {"before", "after"}) {
    std::size_t count = 0;
    ASSERT_EQ(found["reliability"][when]["bins"].size(), 15U);
    for (const ordered_json& bin : found["reliability"][when]["bins"]) {
      count += bin["count"].get<std::size_t>();
    }
    EXPECT_EQ(count, 120U);
  }
  EXPECT_NE(found["reliability"]["before"], found["reliability"]["after"]);
  EXPECT_DOUBLE_EQ(found["reliability"]["after"]["error"], found["calibration_error"]);
  reported.model.temperature = 1;
  EXPECT_FALSE(reported.json()["reliability"].contains("before"));
}

TEST(ReportResults, AnswersAreTheMeanOfTheWays) {
  const Tensor one = answers_at(logits(8), 2), three = answers_at(logits(8, 3), 2);
  for (std::size_t i = 0; i < 24; ++i) EXPECT_NEAR(one.as<float>()[i], three.as<float>()[i], 1e-6);
  const double top = std::exp(2.0) / (std::exp(2.0) + 2);  // logits 4, 0, 0 at temperature 2
  EXPECT_NEAR(one.as<float>()[1], top, 1e-6);
}

TEST(ReportResults, AnswersAreThePredictors) {
  Model model;
  model.network = "dense 3 nobias";
  model.class_names = {"a", "b", "c"};
  model.input = {1, 2, 3};
  model.scaler = {ScalerKind::unit, {}, {}};
  model.views = parse_views("mirror");
  model.temperature = 0.7;
  Tensor weights(DataType::f32, {3, 6});
  for (std::size_t i = 0; i < 18; ++i) weights.as<float>()[i] = static_cast<float>(i % 5) - 2;
  model.weights.push_back({"layers.0.weight", std::move(weights)});
  Tensor images(DataType::u8, {5000, 1, 2, 3});  // more than are answered at a time
  for (std::size_t i = 0; i < images.elements(); ++i) {
    images.as<std::uint8_t>()[i] = static_cast<std::uint8_t>(i * 37 % 251);
  }
  Predictor predictor(model, 1);
  const PartAnswers answers = answers_of(predictor, model, images);
  const Tensor expected = predictor.probabilities(images);
  EXPECT_TRUE(std::ranges::equal(answers.calibrated.as<float>(), expected.as<float>()));
  ASSERT_TRUE(answers.raw);
  model.temperature = 1;
  Predictor plain(model, 1);
  const Tensor uncalibrated = plain.probabilities(images);
  EXPECT_TRUE(std::ranges::equal(answers.raw->as<float>(), uncalibrated.as<float>()));
  EXPECT_FALSE(answers_of(plain, model, images).raw);
}

TEST(ReportResults, TheSurestMistakesComeFirst) {
  const LabelledImages part = pictures(5);  // labels 0, 1, 2, 0, 1
  const std::vector<float> probabilities{0.9F, 0.1F, 0,    0.7F, 0.2F, 0.1F, 0.1F, 0.8F,
                                         0.1F, 0.5F, 0.3F, 0.2F, 0.7F, 0.1F, 0.2F};
  const std::vector<Label> answers{0, 0, 1, 0, 0};
  EXPECT_EQ(surest_mistakes(part.labels, answers, probabilities),
            (std::vector<std::uint32_t>{2, 1, 4}));
}

}  // namespace
}  // namespace weft
