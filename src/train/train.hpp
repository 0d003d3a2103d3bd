// From labelled pictures and settings to a model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nn/initialise.hpp"
#include "nn/optimizer.hpp"
#include "nn/schedule.hpp"
#include "train/trainer.hpp"
#include "weft/data.hpp"
#include "weft/model.hpp"
#include "weft/precision.hpp"

namespace weft {

enum class LossKind { softmax_cross_entropy, sigmoid_cross_entropy, mean_squared_error };

// "softmax", "sigmoid", "mse"; parse throws Error(usage) naming the three.
LossKind parse_loss(const std::string& text);
const char* name_of(LossKind kind);

// Everything that decides what comes out of a run, but for the data and the number of threads.
struct TrainSettings {
  std::string network;
  LossKind loss = LossKind::softmax_cross_entropy;
  std::size_t epochs = 10;
  std::size_t batch_size = 128;
  double learning_rate = 0.004;
  OptimizerSettings optimizer{.weight_decay = 0.01};
  ScheduleKind schedule = ScheduleKind::one_cycle;
  std::size_t warmup_epochs = 0;
  ScalerKind scaler = ScalerKind::channel;
  Initialisation initialisation = Initialisation::he;
  std::uint64_t seed = 0;
  Precision precision = Precision::automatic;
  // Share of each class that is held out for validation. Not said: 5,000 pictures of 50,000 or
  // more, else a tenth.
  std::optional<double> validation_fraction;
};

// The optimizer, with the rate, momentum and decay that suit it as a first guess.
void set_optimizer(OptimizerKind kind, TrainSettings& settings);

// The presets: settings that are known to work, by name. `classes`: outputs of the network.
std::vector<std::string> preset_names();
// Throws Error(usage) when there is none of this name.
TrainSettings preset(const std::string& name, std::size_t classes);

// One line of history.csv; validation values are NaN without a validation part.
struct HistoryRow {
  EpochReport train;
  double validation_loss, validation_accuracy;
};

class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on_batch(const BatchReport& /*report*/) {}
  virtual void on_epoch(const HistoryRow& /*row*/) {}
};

struct TrainOutcome {
  Model model;
  std::vector<HistoryRow> history;
  std::size_t train_size = 0, validation_size = 0;
  Precision precision = Precision::f32;  // what automatic became
  std::string data_digest;               // of the pictures given
};

// Throws Error(usage) for settings that cannot be, Error(bad_input) for too few pictures.
void check_settings(const TrainSettings& settings, const LabelledImages& pictures,
                    std::size_t classes);

// Trains on `pictures` less the validation part. The model is the last epoch's. The result is a
// function of the pictures and settings alone: not of `threads`. Throws Error(usage) for settings
// that cannot be, Error(failed) for a loss that is not finite.
TrainOutcome train_model(const LabelledImages& pictures,
                         const std::vector<std::string>& class_names, const TrainSettings& settings,
                         int threads, RunObserver& observer);

}  // namespace weft
