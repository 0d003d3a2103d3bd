#include "train/trainer.hpp"

#include <chrono>
#include <cmath>

#include "base/error.hpp"

namespace weft {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void check_loss(double loss, const TrainingPosition& at, std::size_t batches, double rate) {
  if (std::isfinite(loss)) return;
  fail(ErrorCode::failed,
       "training: the loss is not finite in epoch {}, batch {} of {}: the learning rate {} is "
       "likely too high, or weights of classes or a scaler make the numbers too large",
       at.epoch + 1, at.batch + 1, batches, rate);
}

}  // namespace

template <class T>
void train_network(Network<T>& network, Optimizer<T>& optimizer, RowSource<T>& source,
                   const Label* labels, Batches batches, const Loss<T>& loss,
                   const TrainerSettings& settings, TrainingPosition& position,
                   Difficulty& difficulty, TrainingObserver& observer) {
  const Schedule& schedule = settings.schedule;
  if (batches.selects()) {
    difficulty.at_start.resize(batches.all_rows());
    difficulty.now.resize(batches.all_rows());
  }
  while (position.step < schedule.steps) {
    TrainingPosition& at = position;
    const auto start = std::chrono::steady_clock::now();
    const double seconds_before = at.seconds;
    if (at.batch == 0) difficulty.at_start = difficulty.now;
    batches.begin_epoch(static_cast<std::uint32_t>(at.epoch), difficulty.at_start);
    source.begin_epoch(static_cast<std::uint32_t>(at.epoch));
    // An epoch of which this position has seen a part goes on where it was.
    while (at.batch < batches.count() && at.step < schedule.steps) {
      const auto batch = batches.batch(at.batch);
      const T scale = settings.mean_gradients ? T(1) / static_cast<T>(batch.size()) : T(1);
      const BatchResult<T> result = network.gradient(
          source, batch, labels, loss, scale,
          {.seed = settings.seed, .step = static_cast<std::uint32_t>(at.step)}, difficulty.now);
      const double rate = schedule.rate(at.step);
      check_loss(result.loss, at, batches.count(), rate);
      at.loss_sum += result.loss;
      at.correct += result.correct;
      at.rows += batch.size();
      observer.on_batch({.step = at.step,
                         .epoch = at.epoch,
                         .batch = at.batch,
                         .batches = batches.count(),
                         .rows_done = at.rows,
                         .rows = batches.rows(),
                         .loss = result.loss,
                         .loss_so_far = at.loss_sum / static_cast<double>(at.rows),
                         .correct_so_far = at.correct});
      optimizer.step(rate, network.gradients(), network.parameters());
      network.parameters_changed();
      ++at.batch;
      ++at.step;
      observer.on_step(at.step);
      at.seconds = seconds_before + seconds_since(start);
      if (at.batch < batches.count() && at.step < schedule.steps && !observer.go_on(at)) return;
    }
    const double n = static_cast<double>(at.rows);
    observer.on_epoch({.epoch = at.epoch,
                       .loss = at.loss_sum / n,
                       .accuracy = static_cast<double>(at.correct) / n,
                       .learning_rate = schedule.rate(at.step - 1),
                       .seconds = at.seconds,
                       .images_per_second = n / at.seconds});
    at = {.step = at.step, .epoch = at.epoch + 1};
    if (!observer.go_on(at)) return;
  }
}

template void train_network(Network<float>&, Optimizer<float>&, RowSource<float>&, const Label*,
                            Batches, const Loss<float>&, const TrainerSettings&, TrainingPosition&,
                            Difficulty&, TrainingObserver&);
template void train_network(Network<double>&, Optimizer<double>&, RowSource<double>&, const Label*,
                            Batches, const Loss<double>&, const TrainerSettings&, TrainingPosition&,
                            Difficulty&, TrainingObserver&);

}  // namespace weft
