// From prepared data and settings to a model.
#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "train/checkpoint.hpp"
#include "train/history.hpp"
#include "train/prepare.hpp"
#include "train/settings.hpp"
#include "weft/model.hpp"

namespace weft {

class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on_batch(const BatchReport& /*report*/) {}
  virtual void on_epoch(const HistoryRow& /*row*/) {}
  virtual bool wants_stop() { return false; }  // asked after each step
};

// Where a run begins, and where it leaves what it would need to go on.
struct Checkpoints {
  std::optional<Checkpoint> from;         // nothing: from the beginning
  std::function<void(Checkpoint&)> save;  // after each epoch, and before stopping early
  double every_seconds = 60;              // and as often as this within an epoch
};

struct TrainOutcome {
  bool complete = true;  // false: the observer wanted it to stop, and there is no model
  Model model;
  std::vector<HistoryRow> history;
  Precision precision = Precision::f32;  // what automatic became
  // The model's on the validation part, over all its views and at its temperature, which was chosen
  // there; NaN where there is none.
  double validation_loss = std::numeric_limits<double>::quiet_NaN();
  double validation_accuracy = std::numeric_limits<double>::quiet_NaN();
};

// Trains. The model is the last epoch's. The result is a function of the data and the settings
// alone: not of `threads`, nor of how often the run was stopped and went on from a checkpoint.
// Throws Error(usage) for settings that cannot be, Error(failed) for a loss that is not finite,
// Error(bad_input) for a checkpoint of another run.
TrainOutcome train_model(const PreparedData& data, const TrainSettings& settings, int threads,
                         RunObserver& observer, const Checkpoints& checkpoints = {});

// Of all networks of an ensemble, unless patience or a target end it before.
struct RunLength {
  std::size_t steps, epochs;  // the last epoch of each may be cut short
};
RunLength length_of(const PreparedData& data, const TrainSettings& settings);

// How many steps of this run fit into so many seconds here, 1 at least: some are made for a trial,
// for a twentieth of the time.
std::size_t steps_within(const PreparedData& data, const TrainSettings& settings, int threads,
                         double seconds);

}  // namespace weft
