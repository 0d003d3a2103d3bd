// The training loop. It prints nothing: observers are told what happens.
#pragma once

#include <cstddef>

#include "data/batches.hpp"
#include "data/rows.hpp"
#include "nn/network.hpp"
#include "nn/optimizer.hpp"
#include "nn/schedule.hpp"

namespace weft {

// After a batch's gradient, before the step it leads to.
struct BatchReport {
  std::size_t step;                   // of the whole run, from 0
  std::size_t epoch, batch, batches;  // from 0
  std::size_t rows_done, rows;        // of this epoch
  double loss;                        // summed over this batch's rows
  double loss_so_far;                 // of this epoch, a row
  std::size_t correct_so_far;         // of this epoch's rows
};

struct EpochReport {
  std::size_t epoch;     // from 0
  double loss;           // a row, each measured with the weights of its batch
  double accuracy;       // likewise
  double learning_rate;  // of the last step
  double seconds;        // of this epoch's steps
  double images_per_second;
};

// Where a run stands: before this batch of this epoch, both from 0.
struct TrainingPosition {
  std::size_t step = 0;  // of the whole run
  std::size_t epoch = 0, batch = 0;
  std::size_t rows = 0, correct = 0;  // of this epoch so far
  double loss_sum = 0, seconds = 0;   // likewise

  friend bool operator==(const TrainingPosition&, const TrainingPosition&) = default;
};

// How hard each row was when the network last met it: see Network::gradient. What an epoch finds
// counts from the next one on, so that an epoch which was interrupted selects the same rows again.
struct Difficulty {
  std::vector<float> at_start, now;  // of the epoch; both empty where nothing is selected
};

class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  virtual void on_batch(const BatchReport& /*report*/) {}
  // After the optimizer's step with this number of the whole run, from 1.
  virtual void on_step(std::size_t /*step*/) {}
  virtual void on_epoch(const EpochReport& /*report*/) {}
  // After each step, and after on_epoch where it ended one: shall training go on from here?
  virtual bool go_on(const TrainingPosition& /*next*/) { return true; }
};

struct TrainerSettings {
  Schedule schedule;           // schedule.steps: of the whole run; the last epoch may be cut short
  bool mean_gradients = true;  // over a batch's rows; else their sum
  std::uint64_t seed = 0;      // of what layers draw
};

// Trains network on the batches' rows of source, from `position`, which moves along as `difficulty`
// does, to the last of the schedule's steps or until the observer has enough. Throws Error(failed)
// with epoch and batch when a loss is not finite.
template <class T>
void train_network(Network<T>& network, Optimizer<T>& optimizer, RowSource<T>& source,
                   const Label* labels, Batches batches, const Loss<T>& loss,
                   const TrainerSettings& settings, TrainingPosition& position,
                   Difficulty& difficulty, TrainingObserver& observer);

}  // namespace weft
