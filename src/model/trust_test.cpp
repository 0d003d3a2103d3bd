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

TEST(Trust, EvidenceIsForOneClassAndAgainstTheOthers) {
  EXPECT_EQ(evidence_of(std::vector<float>{2, 2, 2, 2}), -2);
  EXPECT_EQ(evidence_of(std::vector<float>{0, 0, 0}), 0);
  // The mean is 0, the deviation sqrt((9 + 1 + 1 + 1) / 4), the others are -1 each.
  EXPECT_NEAR(evidence_of(std::vector<float>{-1, 3, -1, -1}), std::sqrt(3.0) + 1, 1e-6);
  // Torn between two classes is far from having no idea.
  EXPECT_GT(evidence_of(std::vector<float>{2, 2, -2, -2}),
            evidence_of(std::vector<float>{1, 0, 0, 0}) + 1);
  EXPECT_EQ(evidence_of(std::vector<float>{5}), 0);
  EXPECT_EQ(evidence_of(std::vector<float>{}), 0);
}

std::vector<float> known(std::size_t n) {
  std::vector<float> evidence;
  for (std::size_t i = 0; i < n; ++i) evidence.push_back(static_cast<float>((i * 7) % n));
  return quantiles_of(evidence);
}

TEST(Trust, TypicalityIsTheShareOfAnswersWithLessEvidence) {
  const std::vector<float> quantiles = known(1000);
  ASSERT_EQ(quantiles.size(), kQuantiles);
  EXPECT_EQ(quantiles.front(), 0);
  EXPECT_EQ(quantiles.back(), 999);
  for (const float share : {0.1F, 0.5F, 0.9F}) {
    EXPECT_NEAR(*typicality(quantiles, 999 * share), share, 1e-4);
  }
  EXPECT_EQ(*typicality(quantiles, -1), 0);
  EXPECT_EQ(*typicality(quantiles, 2000), 1);
  EXPECT_EQ(*typicality(known(1), 0), 1);
  EXPECT_FALSE(typicality({}, 0).has_value());
}

Model untrained() {
  Model model;
  model.network = "dense 2 nobias";
  model.class_names = {"a", "b"};
  model.input = {1, 1, 2};
  model.scaler = {ScalerKind::unit, {}, {}};
  model.training = "{}";
  model.weights.push_back({"layers.0.weight", Tensor(DataType::f32, {2, 2})});
  return model;
}

TEST(Trust, APictureIsNoneOfTheClassesBelowTheModelsShare) {
  Model model = untrained();
  EXPECT_FALSE(Predictor(model, 1).is_none_of_these(-5));
  model.evidence = known(1000);
  const Predictor predictor(model, 1);
  EXPECT_TRUE(predictor.is_none_of_these(34));
  EXPECT_FALSE(predictor.is_none_of_these(36));
}

TEST(Trust, EvidenceIsOfTheMeanOutputs) {
  Model model = untrained();
  model.weights[0].value.as<float>()[0] = 2;
  model.temperature = 3;  // has no part in it
  model.views = parse_views("mirror");
  Tensor images(DataType::u8, {1, 1, 1, 2});
  images.as<std::uint8_t>()[0] = 255;  // outputs 2 and 0, and mirrored 0 and 0
  const Predictions answers = Predictor(model, 1).predict(images);
  ASSERT_EQ(answers.evidence.size(), 1U);
  EXPECT_NEAR(answers.evidence[0], 0.5, 1e-6);
}

TEST(Trust, TheTemperatureDividesLogits) {
  Model model = untrained();
  model.weights[0].value.as<float>()[0] = 2;
  Tensor images(DataType::u8, {1, 1, 1, 2});
  images.as<std::uint8_t>()[0] = 255;
  EXPECT_EQ(Predictor(model, 1).logits(images).as<float>()[0], 2);
  model.temperature = 4;
  const float p = Predictor(model, 1).probabilities(images).as<float>()[0];
  EXPECT_NEAR(p, 1 / (1 + std::exp(-0.5)), 1e-6);
}

TEST(Trust, IsFittedOnHeldOutPictures) {
  Model model = untrained();
  model.weights[0].value.as<float>()[0] = 2;
  LabelledImages held_out{Tensor(DataType::u8, {300, 1, 1, 2}), std::vector<Label>(300, 1)};
  for (std::size_t i = 0; i < 300; i += 2) held_out.images.as<std::uint8_t>()[2 * i] = 255;
  make_trustworthy(held_out, 1, model);  // always wrong: to be trusted less
  EXPECT_GT(model.temperature, 2);
  EXPECT_EQ(model.evidence.size(), kQuantiles);
  EXPECT_EQ(model.set_thresholds.size(), kSets);
  // Half of them are given what it takes for the less probable.
  EXPECT_LT(model.set_thresholds[450], 0.5);
  const Predictor predictor(model, 1);
  EXPECT_EQ(predictor.prediction_set(std::vector<float>{0.5F, 0.5F}, 0.95).size(), 2U);
}

TEST(Trust, AModelWithoutSetsSaysSo) {
  const Predictor predictor(untrained(), 1);
  try {
    predictor.prediction_set(std::vector<float>{0.9F, 0.1F}, 0.95);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("--val-fraction"));
  }
}

}  // namespace
}  // namespace weft
