#include "train/train.hpp"

#include <algorithm>

#include "kernels/select.hpp"
#include "train/run.hpp"
#include "train/weights.hpp"

namespace weft {

using nlohmann::json;

namespace {

template <class T>
void train_in(const PreparedData& data, const TrainSettings& settings, const Kernels<T>& kernels,
              int threads, RunObserver& observer, const Checkpoints& checkpoints,
              TrainOutcome& outcome) {
  Run<T> run(data, settings, kernels, outcome.precision, threads);
  if (checkpoints.from) run.restore(*checkpoints.from);
  outcome.complete = run.train(observer, checkpoints);
  outcome.history = run.history();
  if (!outcome.complete) return;

  const Architecture<T>& architecture = run.network().architecture();
  Model& model = outcome.model;
  model.network = architecture.text();
  model.class_names = data.class_names;
  model.input = architecture.input();
  model.scaler = data.scaler;
  model.weights = named_weights(architecture.parameters(), std::span<const T>(run.kept_weights()));
  // What made the model, without anything that differs between two runs of one command.
  const HistoryRow& last = outcome.history.back();
  json record = json::parse(run.identity_text());
  record["epochs"] = outcome.history.size();
  record["scores"] = {{"train_loss", last.train.loss}, {"train_accuracy", last.train.accuracy}};
  if (data.validation.size() > 0) {
    record["scores"]["val_loss"] = last.validation_loss;
    record["scores"]["val_accuracy"] = last.validation_accuracy;
  }
  model.training = record.dump();
}

// Calls `action` with the kernels of this precision.
template <class Action>
void with_kernels(Precision precision, const Action& action) {
  if (precision == Precision::f64) {
    action(reference_kernels<double>());
  } else {
    action(select_kernels(precision));
  }
}

// Wants a trial to stop once it has lasted long enough to be measured.
class Trial final : public RunObserver {
 public:
  explicit Trial(double seconds) : seconds_(seconds) {}

  void on_batch(const BatchReport& /*report*/) override { ++batches_; }
  bool wants_stop() override {
    if (batches_ == 1) began_ = std::chrono::steady_clock::now();  // the first step warms up
    return batches_ > 1 && elapsed() >= seconds_;
  }
  double elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  }
  double seconds_a_step() const { return elapsed() / static_cast<double>(batches_ - 1); }

 private:
  double seconds_;
  std::size_t batches_ = 0;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace

TrainOutcome train_model(const PreparedData& data, const TrainSettings& settings, int threads,
                         RunObserver& observer, const Checkpoints& checkpoints) {
  TrainOutcome outcome;
  outcome.precision = resolve(settings.precision);
  with_kernels(outcome.precision, [&](const auto& kernels) {
    train_in(data, settings, kernels, threads, observer, checkpoints, outcome);
  });
  return outcome;
}

std::size_t steps_within(const PreparedData& data, const TrainSettings& settings, int threads,
                         double seconds) {
  TrainSettings trial = settings;
  trial.steps = std::size_t{1} << 40;
  trial.patience = 0;
  trial.target.reset();
  const Precision precision = resolve(settings.precision);
  double step = 0, epoch_end = 0;
  std::size_t steps_an_epoch = 1;
  with_kernels(precision, [&]<class T>(const Kernels<T>& kernels) {
    Run<T> run(data, trial, kernels, precision, threads);
    Trial observer(seconds / 20);
    run.train(observer, {});
    step = observer.seconds_a_step();
    steps_an_epoch = run.steps_an_epoch();
    if (data.validation.size() == 0) return;
    const auto start = std::chrono::steady_clock::now();
    double loss = 0, accuracy = 0;
    run.validate(loss, accuracy);
    epoch_end = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  });
  // A twentieth has gone into the trial, and another is for a processor that slows down later.
  const double left = seconds * 18 / 20 - epoch_end;
  const double steps = left / (step + epoch_end / static_cast<double>(steps_an_epoch));
  return static_cast<std::size_t>(std::max(1.0, steps));
}

}  // namespace weft
