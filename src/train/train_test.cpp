#include "train/train.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "base/random.hpp"
#include "compare.hpp"
#include "weft/error.hpp"
#include "weft/predictor.hpp"

namespace weft {
namespace {

using ::testing::HasSubstr;

// Pictures of 6 x 6 with a bright row that tells the class.
LabelledImages bright_rows(std::size_t n) {
  LabelledImages part{Tensor(DataType::u8, {n, 1, 6, 6}), std::vector<Label>(n)};
  RandomStream random(1, RandomPurpose::initialise);
  auto pixels = part.images.as<std::uint8_t>();
  for (std::size_t i = 0; i < n; ++i) {
    const auto label = static_cast<Label>(i % 3);
    part.labels[i] = label;
    for (std::size_t p = 0; p < 36; ++p) {
      const bool bright = p / 6 == 2U * label;
      pixels[36 * i + p] = static_cast<std::uint8_t>(random.below(100) + (bright ? 100 : 0));
    }
  }
  return part;
}

TrainSettings settings(Precision precision = Precision::f32) {
  TrainSettings s = preset("mlp", 3);
  s.network = "dense 8, relu, dense 3";
  s.epochs = 12;
  s.batch_size = 16;
  s.precision = precision;
  return s;
}

Dataset bright_rows_set(std::size_t n = 300) {
  Dataset data;
  data.class_names = {"top", "middle", "bottom"};
  data.train = bright_rows(n);
  return data;
}

TrainOutcome train(const TrainSettings& s, int threads = 1) {
  RunObserver nobody;
  return train_model(prepare(bright_rows_set(), s), s, threads, nobody);
}

std::vector<float> flat(const Model& model) {
  std::vector<float> all;
  for (const NamedTensor& tensor : model.weights) {
    const auto values = tensor.value.as<float>();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

TEST(Train, LearnsInEveryPrecisionLossAndOptimizer) {
  for (const Precision precision : {Precision::f64, Precision::f32, Precision::bf16}) {
    for (const LossKind loss : {LossKind::softmax_cross_entropy, LossKind::sigmoid_cross_entropy,
                                LossKind::mean_squared_error}) {
      for (const OptimizerKind optimizer : {OptimizerKind::sgd, OptimizerKind::adamw}) {
        TrainSettings s = settings(precision);
        s.loss = loss;
        s.optimizer.kind = optimizer;
        s.optimizer.momentum = 0.9;
        s.learning_rate = optimizer == OptimizerKind::sgd ? 0.05 : 0.01;
        const TrainOutcome outcome = train(s);
        EXPECT_GT(outcome.history.back().validation_accuracy, 0.9)
            << name_of(loss) << " " << name_of(optimizer);
      }
    }
  }
}

TEST(Train, SameSeedSameModelForAnyNumberOfThreads) {
  for (const Precision precision : {Precision::f64, Precision::f32, Precision::bf16}) {
    const auto first = flat(train(settings(precision), 1).model);
    EXPECT_EQ(first, flat(train(settings(precision), 1).model));
    EXPECT_EQ(first, flat(train(settings(precision), 2).model));
    EXPECT_EQ(first, flat(train(settings(precision), 5).model));
    TrainSettings other = settings(precision);
    other.seed = 1;
    EXPECT_NE(first, flat(train(other).model));
  }
}

TEST(Train, PredictorAgreesWithTheValidationAccuracy) {
  const TrainOutcome outcome = train(settings());
  const LabelledImages all = bright_rows(300);
  const Split split = stratified_split(all.labels, 30, 0);
  const LabelledImages held_out = gather(all, split.held_out);
  const Tensor probabilities = Predictor(outcome.model, 1).probabilities(held_out.images);
  double right = 0;
  for (std::size_t i = 0; i < 30; ++i) {
    const auto row = probabilities.as<float>().subspan(3 * i, 3);
    right += std::ranges::max_element(row) - row.begin() == held_out.labels[i] ? 1 : 0;
    EXPECT_NEAR(row[0] + row[1] + row[2], 1, 1e-6);
  }
  EXPECT_NEAR(right / 30, outcome.history.back().validation_accuracy, 1e-12);
}

TEST(Train, StatisticsAreOfTheTrainingPartAlone) {
  TrainSettings s = settings();
  const LabelledImages all = bright_rows(300);
  const Split split = stratified_split(all.labels, 30, s.seed);
  const Scaler expected = fit_scaler(ScalerKind::channel, gather(all, split.train).images);
  const Model model = train(s).model;
  EXPECT_EQ(model.scaler.mean, expected.mean);
  EXPECT_EQ(model.scaler.deviation, expected.deviation);
  EXPECT_NE(expected.mean, fit_scaler(ScalerKind::channel, all.images).mean);
}

TEST(Train, WithoutValidationItTrainsOnEverything) {
  TrainSettings s = settings();
  s.validation_fraction = 0;
  const TrainOutcome outcome = train(s);
  EXPECT_EQ(prepare(bright_rows_set(), s).train.size(), 300U);
  EXPECT_TRUE(std::isnan(outcome.history.back().validation_accuracy));
}

std::string error_of(const TrainSettings& s) {
  try {
    train(s);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Train, ErrorsSayWhatToChange) {
  TrainSettings s = settings();
  s.network = "dense 4";
  EXPECT_THAT(error_of(s),
              HasSubstr("4 outputs, but the data has 3 classes: end it with \"dense 3\""));
  s = settings();
  s.epochs = 0;
  EXPECT_THAT(error_of(s), HasSubstr("epochs"));
  s = settings();
  s.validation_fraction = 1.0;
  EXPECT_THAT(error_of(s), HasSubstr("val-fraction"));
  s = settings();
  s.learning_rate = 1e38;
  s.optimizer.kind = OptimizerKind::sgd;
  EXPECT_THAT(error_of(s), HasSubstr("not finite in epoch"));
  EXPECT_THROW(preset("nonsense", 3), Error);
}

}  // namespace
}  // namespace weft
