#include "train/train.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>

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
  TrainSettings s = preset("mlp", {.classes = 3});
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
      for (const OptimizerKind optimizer :
           {OptimizerKind::sgd, OptimizerKind::adamw, OptimizerKind::muon}) {
        TrainSettings s = settings(precision);
        s.loss = loss;
        s.optimizer.kind = optimizer;
        s.optimizer.momentum = 0.9;
        s.learning_rate = optimizer == OptimizerKind::sgd ? 0.05 : 0.01;
        s.adamw_learning_rate = 0.01;
        const TrainOutcome outcome = train(s);
        EXPECT_GT(outcome.history.back().validation_accuracy, 0.9)
            << name_of(loss) << " " << name_of(optimizer);
      }
    }
  }
}

// Every optional part of a step at once.
TrainSettings with_everything(Precision precision) {
  TrainSettings s = settings(precision);
  set_optimizer(OptimizerKind::muon, s);
  s.optimizer.normalise = true;
  s.optimizer.clip_norm = 0.5;
  s.optimizer.lookahead = 5;
  s.average_decay = 0.9;
  s.label_smoothing = 0.1;
  s.select = 0.6;
  return s;
}

TEST(Train, SameSeedSameModelForAnyNumberOfThreads) {
  for (const Precision precision : {Precision::f64, Precision::f32, Precision::bf16}) {
    const TrainSettings s = with_everything(precision);
    const TrainOutcome once = train(s, 1);
    EXPECT_GT(once.history.back().validation_accuracy, 0.9);
    EXPECT_EQ(flat(train(s, 2).model), flat(once.model));
    EXPECT_EQ(flat(train(s, 3).model), flat(once.model));
  }
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

TEST(Train, FewerPicturesAreRejectedByWhatLearnedJunk) {
  TrainSettings s = settings();
  s.epochs = 2;
  const double usual = train(s).model.rejected;
  s.augmentation = parse_augmentation("junk 0.2");
  EXPECT_LT(train(s).model.rejected, usual);
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

// Stops after so many steps.
class StopAfter final : public RunObserver {
 public:
  explicit StopAfter(std::size_t steps) : left_(steps) {}
  bool wants_stop() override { return --left_ == 0; }

 private:
  std::size_t left_;
};

TEST(Train, StoppedAtAnyStepItGoesOnToTheSameModel) {
  for (const OptimizerKind optimizer :
       {OptimizerKind::sgd, OptimizerKind::adamw, OptimizerKind::muon}) {
    for (const Precision precision : {Precision::f64, Precision::f32}) {
      const bool muon = optimizer == OptimizerKind::muon;
      TrainSettings s = muon ? with_everything(precision) : settings(precision);
      if (!muon) set_optimizer(optimizer, s);
      if (muon && precision == Precision::f64) s.average_decay = 0;  // then Lookahead's are kept
      s.steps = 40;  // of 17 an epoch: the third is cut short
      s.class_weights = {1, 0.5, 2};
      const PreparedData data = prepare(bright_rows_set(), s);
      RunObserver nobody;
      const TrainOutcome whole = train_model(data, s, 1, nobody);
      for (std::size_t stop = 1; stop < 40; stop += stop == 16 ? 1 : 3) {
        Checkpoints checkpoints;
        checkpoints.save = [&](const Checkpoint& now) {
          checkpoints.from.emplace();
          // Through the file, as a real one.
          const auto path = std::filesystem::path(::testing::TempDir()) / "weft_train_checkpoint";
          save_checkpoint(path, now);
          checkpoints.from = load_checkpoint(path);
          std::filesystem::remove(path);
        };
        StopAfter observer(stop);
        EXPECT_FALSE(train_model(data, s, 1, observer, checkpoints).complete);
        ASSERT_TRUE(checkpoints.from);
        EXPECT_EQ(checkpoints.from->average.has_value(), s.average_decay > 0);
        EXPECT_EQ(checkpoints.from->slow_weights.has_value(), s.optimizer.lookahead > 0);
        EXPECT_EQ(checkpoints.from->position.step, stop);
        const TrainOutcome rest = train_model(data, s, 2, nobody, checkpoints);
        EXPECT_EQ(flat(rest.model), flat(whole.model)) << "stopped after " << stop;
        EXPECT_EQ(rest.model.training, whole.model.training);
      }
    }
  }
}

// What a member is alone, with its seed.
TEST(Train, AnEnsembleIsItsMembers) {
  TrainSettings s = settings();
  s.epochs = 2;
  s.ensemble = 3;
  s.augmentation = parse_augmentation("shift 1, erase 0.5, mixup 0.3");
  s.views = "shift 1";
  const PreparedData data = prepare(bright_rows_set(), s);
  RunObserver nobody;
  const TrainOutcome all = train_model(data, s, 1, nobody);
  EXPECT_EQ(all.model.members, 3U);
  EXPECT_EQ(all.model.views.size(), 3U);
  EXPECT_EQ(all.history.size(), 6U);
  EXPECT_EQ(all.history.back().train.epoch, 5U);
  std::vector<float> members;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    TrainSettings one = s;
    one.ensemble = 1;
    one.seed = seed;
    const auto weights = flat(train_model(data, one, 2, nobody).model);
    members.insert(members.end(), weights.begin(), weights.end());
  }
  EXPECT_EQ(flat(all.model), members);

  const Tensor probabilities = Predictor(all.model, 1).probabilities(data.validation.images);
  double loss = 0;
  for (std::size_t i = 0; i < data.validation.size(); ++i) {
    loss -= std::log(probabilities.as<float>()[3 * i + data.validation.labels[i]]);
  }
  EXPECT_NEAR(loss / static_cast<double>(data.validation.size()), all.validation_loss, 1e-5);

  for (const std::size_t stop : {3U, 33U, 34U, 60U, 95U}) {
    Checkpoints checkpoints;
    checkpoints.save = [&](const Checkpoint& now) {
      const auto path = std::filesystem::path(::testing::TempDir()) / "weft_ensemble_checkpoint";
      save_checkpoint(path, now);
      checkpoints.from = load_checkpoint(path);
      std::filesystem::remove(path);
    };
    StopAfter observer(stop);
    EXPECT_FALSE(train_model(data, s, 1, observer, checkpoints).complete) << stop;
    const TrainOutcome rest = train_model(data, s, 2, nobody, checkpoints);
    EXPECT_EQ(flat(rest.model), flat(all.model)) << "stopped after " << stop;
    EXPECT_EQ(rest.history.size(), 6U);
    EXPECT_EQ(rest.model.training, all.model.training);
  }
}

TEST(Train, ClassWeightsWeighLossAndGradient) {
  TrainSettings s = settings(Precision::f64);
  s.class_weights = {1, 1, 1};
  EXPECT_EQ(flat(train(s).model), flat(train(settings(Precision::f64)).model));
  // A class that weighs nothing is not learnt.
  s.class_weights = {1, 1, 0};
  const TrainOutcome outcome = train(s);
  EXPECT_LT(outcome.history.back().validation_accuracy, 0.7);
  EXPECT_GT(outcome.history.back().validation_accuracy, 0.6);
}

// The model has the weights whose accuracy the last line of the history tells.
TEST(Train, AveragedWeightsAreMeasuredAndKept) {
  TrainSettings s = settings(Precision::f64);
  s.steps = 37;  // in the middle of Lookahead's fives
  const auto plain = flat(train(s).model);
  TrainSettings averaged = s, slow = s;
  averaged.average_decay = 0.98;
  slow.optimizer.lookahead = 5;
  for (const TrainSettings& kept : {averaged, slow}) {
    TrainOutcome outcome = train(kept);
    EXPECT_NE(flat(outcome.model), plain);
    outcome.model.temperature = 1;  // as the history has it
    const PreparedData data = prepare(bright_rows_set(), kept);
    const Tensor probabilities = Predictor(outcome.model, 1).probabilities(data.validation.images);
    double loss = 0;
    for (std::size_t i = 0; i < data.validation.size(); ++i) {
      loss -= std::log(probabilities.as<float>()[3 * i + data.validation.labels[i]]);
    }
    EXPECT_NEAR(loss / static_cast<double>(data.validation.size()),
                outcome.history.back().validation_loss, 1e-5);
  }
  // Training itself does not look at the average.
  EXPECT_EQ(train(averaged).history.back().train.loss, train(s).history.back().train.loss);
}

// Checkpoints from before a setting was there must stay the same run's.
TEST(Train, LaterEpochsGoThroughThePicturesThatAreSelected) {
  TrainSettings s = settings();
  s.epochs = 3;
  s.select = 0.5;
  const PreparedData data = prepare(bright_rows_set(), s);
  ASSERT_EQ(data.train.size(), 270U);
  EXPECT_EQ(length_of(data, s).steps, 17U + 2 * 9);
  class Counting final : public RunObserver {
   public:
    void on_batch(const BatchReport& report) override {
      EXPECT_EQ(report.step, steps++);
      EXPECT_EQ(report.rows, report.epoch == 0 ? 270U : 135U);
      EXPECT_EQ(report.batches, report.epoch == 0 ? 17U : 9U);
    }
    std::size_t steps = 0;
  } observer;
  EXPECT_EQ(train_model(data, s, 1, observer).history.size(), 3U);
  EXPECT_EQ(observer.steps, 35U);
  RunObserver nobody;
  for (const std::size_t steps : {1U, 17U, 18U, 26U, 27U}) {
    s.steps = steps;
    EXPECT_EQ(length_of(data, s).epochs, steps <= 17 ? 1U : steps <= 26 ? 2U : 3U);
    EXPECT_EQ(train_model(data, s, 1, nobody).history.size(), length_of(data, s).epochs);
  }
  s.ensemble = 2;
  EXPECT_EQ(length_of(data, s).steps, 54U);
  EXPECT_EQ(length_of(data, s).epochs, 6U);
}

TEST(Train, SettingsOfLaterDaysHaveNoKeyWhereTheyAreNotUsed) {
  const auto keys = as_json(settings(), Precision::f32);
  for (const char* key : {"label_smoothing", "clip_grad_norm", "lookahead", "lookahead_alpha",
                          "model_ema_decay", "adamw_lr", "ns_steps", "muon_normalize", "select"}) {
    EXPECT_FALSE(keys.contains(key)) << key;
    EXPECT_TRUE(as_json(with_everything(Precision::f32), Precision::f32).contains(key)) << key;
  }
}

TEST(Train, SmoothingIsInTheTrainingLossAlone) {
  TrainSettings s = settings(Precision::f64);
  s.epochs = 200;  // to a plain loss near 0
  const TrainOutcome plain = train(s);
  s.label_smoothing = 0.1;
  const TrainOutcome smoothed = train(s);
  // No network is below the entropy of the targets: 1 - 0.1 * 2 / 3, and twice 0.1 / 3.
  const double kept = 1 - 0.1 * 2 / 3, share = 0.1 / 3;
  const double entropy = -kept * std::log(kept) - 2 * share * std::log(share);
  EXPECT_LT(plain.history.back().train.loss, 0.01);
  EXPECT_GT(smoothed.history.back().train.loss, entropy);
  EXPECT_LT(smoothed.history.back().train.loss, entropy + 0.01);
  EXPECT_LT(smoothed.history.back().validation_loss, entropy);
  EXPECT_EQ(plain.model.training.find("label_smoothing"), std::string::npos);
  EXPECT_THAT(smoothed.model.training, HasSubstr("\"label_smoothing\":0.1"));
}

TEST(History, EndsByTargetOrPatience) {
  const auto rows = [](std::initializer_list<double> accuracies) {
    std::vector<HistoryRow> history;
    for (const double accuracy : accuracies) history.push_back({{}, 0, accuracy});
    return history;
  };
  EXPECT_FALSE(has_ended({}, 1, 0.1));
  EXPECT_TRUE(has_ended(rows({0.5, 0.8}), 0, 0.8));
  EXPECT_FALSE(has_ended(rows({0.8, 0.7}), 0, 0.8));
  EXPECT_FALSE(has_ended(rows({0.5, 0.7, 0.6}), 2, 0));
  EXPECT_TRUE(has_ended(rows({0.5, 0.7, 0.6, 0.7}), 2, 0));
  EXPECT_FALSE(has_ended(rows({0.5, 0.7, 0.6, 0.71}), 2, 0));
}

std::string error_of(const TrainSettings& s) {
  try {
    train(s);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Train, OneClassIsNothingToLearn) {
  Dataset data = bright_rows_set();
  data.class_names = {"only"};
  std::ranges::fill(data.train.labels, Label{0});
  TrainSettings s = settings();
  s.network = "dense 1";
  EXPECT_THROW(prepare(std::move(data), s), Error);
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
  EXPECT_THROW(preset("nonsense", {}), Error);
  s = settings();
  s.label_smoothing = 1;
  EXPECT_THAT(error_of(s), HasSubstr("label-smoothing: 1 is not"));
  s.label_smoothing = 0.1;
  s.loss = LossKind::mean_squared_error;
  EXPECT_THAT(error_of(s), HasSubstr("the loss is mse"));
  s = settings();
  s.average_decay = 1;
  EXPECT_THAT(error_of(s), HasSubstr("model-ema-decay: 1 is not"));
  s = settings();
  s.optimizer.lookahead_alpha = 0;
  EXPECT_THAT(error_of(s), HasSubstr("lookahead-alpha: 0 is not"));
  s = settings();
  s.optimizer.clip_norm = -1;
  EXPECT_THAT(error_of(s), HasSubstr("clip-grad-norm: -1"));
}

}  // namespace
}  // namespace weft
