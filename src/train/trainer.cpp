#include "train/trainer.hpp"

#include <chrono>
#include <cmath>

#include "base/error.hpp"

namespace weft {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

template <class T>
void train_network(Network<T>& network, const RowSource<T>& source, const Label* labels,
                   Batches batches, const Loss<T>& loss, const TrainerSettings& settings,
                   TrainingObserver& observer) {
  const Architecture<T>& architecture = network.architecture();
  Optimizer<T> optimizer(settings.optimizer, architecture.parameters(),
                         architecture.parameter_count(), architecture.kernels(), network.pool());
  std::size_t step = 0;
  for (std::size_t epoch = 0; epoch < settings.epochs; ++epoch) {
    const auto start = std::chrono::steady_clock::now();
    batches.begin_epoch(static_cast<std::uint32_t>(epoch));
    double loss_sum = 0, rate = 0;
    std::size_t correct = 0, rows = 0;
    for (std::size_t i = 0; i < batches.count(); ++i, ++step) {
      const auto batch = batches.batch(i);
      const T scale = settings.mean_gradients ? T(1) / static_cast<T>(batch.size()) : T(1);
      const BatchResult<T> result = network.gradient(source, batch, labels, loss, scale);
      if (!std::isfinite(result.loss)) {
        fail(ErrorCode::failed,
             "training: the loss is not finite in epoch {}, batch {} of {}: the learning rate {} "
             "is likely too "
             "high, or the data holds values that are not numbers",
             epoch + 1, i + 1, batches.count(), settings.schedule.rate(step));
      }
      loss_sum += result.loss;
      correct += result.correct;
      rows += batch.size();
      observer.on_batch({.epoch = epoch,
                         .batch = i,
                         .batches = batches.count(),
                         .rows_done = rows,
                         .rows = batches.rows(),
                         .loss = result.loss,
                         .loss_so_far = loss_sum / static_cast<double>(rows),
                         .correct_so_far = correct});
      rate = settings.schedule.rate(step);
      optimizer.step(rate, network.gradients(), network.parameters());
      network.parameters_changed();
    }
    const double n = static_cast<double>(rows), seconds = seconds_since(start);
    observer.on_epoch({.epoch = epoch,
                       .loss = loss_sum / n,
                       .accuracy = static_cast<double>(correct) / n,
                       .learning_rate = rate,
                       .seconds = seconds,
                       .images_per_second = n / seconds});
  }
}

template void train_network(Network<float>&, const RowSource<float>&, const Label*, Batches,
                            const Loss<float>&, const TrainerSettings&, TrainingObserver&);
template void train_network(Network<double>&, const RowSource<double>&, const Label*, Batches,
                            const Loss<double>&, const TrainerSettings&, TrainingObserver&);

}  // namespace weft
