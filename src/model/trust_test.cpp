#include "model/trust.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "base/random.hpp"
#include "weft/error.hpp"
#include "weft/predictor.hpp"

namespace weft {
namespace {

// Labels drawn from the softmax of logits / truth.
struct Drawn {
  Tensor logits;
  std::vector<Label> labels;
};

Drawn draw(std::size_t n, std::size_t classes, double truth) {
  Drawn drawn{Tensor(DataType::f32, {1, n, classes}), {}};
  RandomStream random(1, RandomPurpose::split);
  for (std::size_t i = 0; i < n; ++i) {
    float* row = drawn.logits.as<float>().data() + i * classes;
    double sum = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      row[c] = static_cast<float>(4 * random.normal());
      sum += std::exp(static_cast<double>(row[c]) / truth);
    }
    double left = random.uniform() * sum;
    std::size_t label = 0;
    while (label + 1 < classes) {
      left -= std::exp(static_cast<double>(row[label]) / truth);
      if (left < 0) break;
      ++label;
    }
    drawn.labels.push_back(static_cast<Label>(label));
  }
  return drawn;
}

TEST(Trust, TheTemperatureThatMadeTheLabelsIsFound) {
  for (const double truth : {0.5, 1.0, 3.0}) {
    const Drawn drawn = draw(20000, 5, truth);
    EXPECT_NEAR(fit_temperature(drawn.logits, drawn.labels) / truth, 1, 0.05);
  }
}

TEST(Trust, FewPicturesChangeTheTemperatureLittle) {
  Tensor logits(DataType::f32, {1, 2, 2});
  logits.as<float>()[0] = 5;
  logits.as<float>()[2] = 5;
  const double right = fit_temperature(logits, std::vector<Label>{0, 0});
  const double wrong = fit_temperature(logits, std::vector<Label>{1, 1});
  EXPECT_GT(right, 0.5);
  EXPECT_LT(right, 1);
  EXPECT_GT(wrong, 1.5);
  EXPECT_LT(wrong, 20);
  EXPECT_THROW(fit_temperature(logits, std::vector<Label>{1}), Error);
  EXPECT_THROW(fit_temperature(Tensor(), {}), Error);
}

TEST(Trust, SpreadIsTheDeviationOfLogarithms) {
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

Model model_of(std::size_t n) {
  Tensor answers(DataType::f32, {n, 2});
  for (std::size_t i = 0; i < n; ++i) {
    const float p = 0.5F + 0.5F * static_cast<float>(i) / static_cast<float>(n + 1);
    answers.as<float>()[2 * i] = p;
    answers.as<float>()[2 * i + 1] = 1 - p;
  }
  Model model;
  model.spreads = spreads_of(answers);
  return model;
}

TEST(Trust, TypicalityIsTheShareOfLessDecidedAnswers) {
  const Model model = model_of(1000);
  ASSERT_EQ(model.spreads.size(), kSpreads);
  for (const float share : {0.1F, 0.5F, 0.9F}) {
    const float p = 0.5F + 0.5F * share;
    EXPECT_NEAR(*typicality(model, std::vector<float>{p, 1 - p}), share, 0.01);
  }
  EXPECT_EQ(*typicality(model, std::vector<float>{1, 0}), 1);
  EXPECT_TRUE(is_none_of_these(model, std::vector<float>{0.51F, 0.49F}));
  EXPECT_FALSE(is_none_of_these(model, std::vector<float>{0.55F, 0.45F}));
}

TEST(Trust, AModelThatNothingWasHeldOutForRejectsNothing) {
  EXPECT_FALSE(typicality(Model(), std::vector<float>{0.5F, 0.5F}).has_value());
  EXPECT_FALSE(is_none_of_these(Model(), std::vector<float>{0.5F, 0.5F}));
  EXPECT_EQ(model_of(1).spreads.size(), kSpreads);
  EXPECT_EQ(*typicality(model_of(1), std::vector<float>{0.5F, 0.5F}), 1);
}

}  // namespace
}  // namespace weft
