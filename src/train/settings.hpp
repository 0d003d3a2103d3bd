// What decides the outcome of a training run, but for the data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "data/augmentation.hpp"
#include "data/fixes.hpp"
#include "nn/initialise.hpp"
#include "nn/optimizer.hpp"
#include "nn/schedule.hpp"
#include "weft/data.hpp"
#include "weft/model.hpp"
#include "weft/precision.hpp"

namespace weft {

enum class LossKind { softmax_cross_entropy, sigmoid_cross_entropy, mean_squared_error };

// "softmax", "sigmoid", "mse"; parse throws Error(usage) naming the three.
LossKind parse_loss(const std::string& text);
const char* name_of(LossKind kind);

// A model to begin with, and the SHA-256 of its file.
struct StartModel {
  Model model;
  std::string sha256;
};

struct TrainSettings {
  std::string network;
  LossKind loss = LossKind::softmax_cross_entropy;
  double label_smoothing = 0;  // of the softmax loss: targets (1 - x) y + x / classes
  std::size_t epochs = 10;
  std::optional<std::size_t> steps;  // optimizer steps of the whole run, in place of epochs
  std::size_t batch_size = 128;
  // From the second epoch on, this share of the training pictures: as Batches::shuffled takes it.
  double select = 1;
  double learning_rate = 0.004;
  OptimizerSettings optimizer{.weight_decay = 0.01};
  double adamw_learning_rate = 0.004;  // of what muon leaves to adamw
  // Above 0, the moving average of the weights with this decay is measured and kept.
  double average_decay = 0;
  ScheduleKind schedule = ScheduleKind::one_cycle;
  std::size_t warmup_epochs = 0;
  ScalerKind scaler = ScalerKind::channel;
  Augmentation augmentation;   // of the training pictures
  std::string views = "none";  // that the model answers by, as parse_views takes them
  Initialisation initialisation = Initialisation::he;
  std::shared_ptr<const StartModel> start;  // null: weights as `initialisation` draws them
  std::vector<double> class_weights;        // of each class's loss; empty: 1 for all
  // Of the data's training part, done after some of it has been held out, so that the same pictures
  // are as without them; null: none.
  std::shared_ptr<const Fixes> fixes;
  std::uint64_t seed = 0;
  // Networks that are trained one after the other, with the seeds from `seed` on; the model
  // averages their answers.
  std::size_t ensemble = 1;
  Precision precision = Precision::automatic;
  // Share of each class that is held out for validation. Not said: the data's own val part; where
  // it has none 5,000 pictures of 50,000 or more, else a tenth.
  std::optional<double> validation_fraction;
  // Ends the run after this many epochs without a better validation accuracy; 0: never.
  std::size_t patience = 0;
  std::optional<double> target;  // ends the run once the validation accuracy is this or more
};

// The optimizer, with the rate, momentum and decay that suit it as a first guess.
void set_optimizer(OptimizerKind kind, TrainSettings& settings);

// What a preset looks at in the data.
struct DataFacts {
  Shape picture = {1, 28, 28};  // {channels, height, width}
  std::size_t classes = 10;
  std::size_t pictures = 60000;  // of the training part, before any are held out
  bool mirrors = true;           // does a picture's class stay the same when it is mirrored?
  std::vector<double> class_weights = {};  // as usual_class_weights
};
// Numbers and single characters as class names are taken for digits and letters, which are not
// mirrored.
DataFacts facts_of(const Dataset& data);

// The presets: settings that are known to work, by name, adapted to the data.
std::vector<std::string> preset_names();
// Throw Error(usage) when there is none of this name.
std::string preset_meaning(const std::string& name);
TrainSettings preset(const std::string& name, const DataFacts& facts);

// How many of these pictures the settings hold out. Throws Error(usage).
std::size_t validation_size(std::size_t pictures, const TrainSettings& settings);

// Throws Error(usage) for settings that cannot be, Error(bad_input) for data that cannot be trained
// on.
void check_settings(const TrainSettings& settings, const Dataset& data);

// The settings by the names that people type: what the model file and run.json record. `precision`:
// what automatic became.
nlohmann::json as_json(const TrainSettings& settings, Precision precision);

// "balanced" weighs each class by n / (classes x its pictures), 1 where it has none (scikit-learn's
// formula), "sqrt" by the root of that, "none" by 1, as an empty vector does; else `text` is a JSON
// file of class names and weights, 1 for those it leaves out. Throws Error(usage) or
// Error(bad_input) naming the file.
std::vector<double> class_weights(const std::string& text, const Dataset& data);

// What presets take: "sqrt" where one class has more than twice the pictures of another, else none.
// The root stands between what is right most often and what treats all classes alike.
std::vector<double> usual_class_weights(const Dataset& data);

}  // namespace weft
