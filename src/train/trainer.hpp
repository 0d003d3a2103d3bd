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

class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  virtual void on_batch(const BatchReport& /*report*/) {}
  virtual void on_epoch(const EpochReport& /*report*/) {}
};

struct TrainerSettings {
  std::size_t epochs = 1;
  OptimizerSettings optimizer;
  Schedule schedule;
  bool mean_gradients = true;  // over a batch's rows; else their sum
};

// Trains network on the batches' rows of source. Throws Error(failed) with epoch and batch when a
// loss is not finite.
template <class T>
void train_network(Network<T>& network, const RowSource<T>& source, const Label* labels,
                   Batches batches, const Loss<T>& loss, const TrainerSettings& settings,
                   TrainingObserver& observer);

}  // namespace weft
