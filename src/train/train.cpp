#include "train/train.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "evaluate/metrics.hpp"
#include "kernels/select.hpp"
#include "model/fit.hpp"
#include "model/trust.hpp"
#include "train/run.hpp"
#include "train/weights.hpp"
#include "weft/predictor.hpp"

namespace weft {

using nlohmann::json;

namespace {

// Model::rejected of networks that learned what junk looks like: they tell it at less cost.
constexpr double kRejectedKnowingJunk = 0.015;

void measure_model(const PreparedData& data, int threads, TrainOutcome& outcome) {
  Predictor predictor(outcome.model, threads);
  const Metrics metrics = measure(predictor.probabilities(data.validation.images).as<float>(),
                                  outcome.model.class_names.size(), data.validation.labels);
  outcome.validation_loss = metrics.log_loss;
  outcome.validation_accuracy = metrics.accuracy;
}

// The members of an ensemble that are done.
template <class T>
struct Finished {
  std::size_t count = 0;
  std::vector<T> weights;  // what each keeps, one block after the other
  std::vector<HistoryRow> history;
};

template <class T>
Finished<T> finished_in(const Checkpoint& checkpoint, std::size_t members, std::size_t block) {
  Finished<T> finished;
  if (checkpoint.finished == 0) return finished;
  const auto& weights = checkpoint.finished_weights;
  if (checkpoint.finished >= members || !weights || weights->type() != data_type_of<T>() ||
      weights->elements() != checkpoint.finished * block) {
    fail(ErrorCode::bad_input,
         "resume: the checkpoint has {} finished networks of {}, which do not fit this run: begin "
         "anew with --force",
         checkpoint.finished, members);
  }
  finished.count = checkpoint.finished;
  const auto values = weights->as<T>();
  finished.weights.assign(values.begin(), values.end());
  finished.history = checkpoint.finished_history;
  return finished;
}

template <class T>
void add_to(Checkpoint& checkpoint, const Finished<T>& finished) {
  if (finished.count == 0) return;
  checkpoint.finished = finished.count;
  checkpoint.finished_history = finished.history;
  Tensor weights(data_type_of<T>(), {finished.weights.size()});
  std::ranges::copy(finished.weights, weights.as<T>().begin());
  checkpoint.finished_weights = std::move(weights);
}

// Trains the members that are not done. Returns whether all are.
template <class T>
bool train_members(const PreparedData& data, const TrainSettings& settings,
                   const Kernels<T>& kernels, const std::string& identity, int threads,
                   RunObserver& observer, const Checkpoints& checkpoints, Finished<T>& finished) {
  Checkpoints own;
  own.every_seconds = checkpoints.every_seconds;
  if (checkpoints.save) {
    own.save = [&](Checkpoint& checkpoint) {
      add_to(checkpoint, finished);
      checkpoints.save(checkpoint);
    };
  }
  bool resumes = checkpoints.from.has_value();
  while (finished.count < settings.ensemble) {
    TrainSettings member = settings;
    member.seed += finished.count;
    const Earlier earlier{finished.history.size(),
                          finished.count * length_of(data, settings).steps / settings.ensemble};
    Run<T> run(data, member, kernels, identity, earlier, threads);
    if (std::exchange(resumes, false)) run.restore(*checkpoints.from);
    const bool complete = run.train(observer, own);
    if (!complete) {
      finished.history.insert(finished.history.end(), run.history().begin(), run.history().end());
      return false;
    }
    const std::span<const T> kept = run.kept_weights();
    finished.weights.insert(finished.weights.end(), kept.begin(), kept.end());
    finished.history.insert(finished.history.end(), run.history().begin(), run.history().end());
    ++finished.count;
  }
  return true;
}

template <class T>
void take_weights(const Architecture<T>& architecture, const Finished<T>& finished, Model& model) {
  model.members = finished.count;
  const std::size_t block = architecture.parameter_count();
  for (std::size_t member = 0; member < model.members; ++member) {
    auto weights = named_weights(architecture.parameters(),
                                 std::span(finished.weights).subspan(member * block, block));
    for (NamedTensor& weight : weights) {
      model.weights.push_back(
          {member_prefix(model, member) + weight.name, std::move(weight.value)});
    }
  }
}

template <class T>
void train_in(const PreparedData& data, const TrainSettings& settings, const Kernels<T>& kernels,
              int threads, RunObserver& observer, const Checkpoints& checkpoints,
              TrainOutcome& outcome) {
  const Shape& all = data.train.images.shape();
  const Architecture<T> architecture(settings.network, {all[1], all[2], all[3]}, kernels);
  const std::string run = identity(data, settings, outcome.precision).dump();
  Finished<T> finished;
  if (checkpoints.from) {
    check_same_run(checkpoints.from->run, run);
    finished = finished_in<T>(*checkpoints.from, settings.ensemble, architecture.parameter_count());
  }
  outcome.complete =
      train_members(data, settings, kernels, run, threads, observer, checkpoints, finished);
  outcome.history = finished.history;
  if (!outcome.complete) return;

  Model& model = outcome.model;
  model.network = architecture.text();
  model.class_names = data.class_names;
  model.input = architecture.input();
  model.scaler = data.scaler;
  model.photo_steps = data.photo_steps;
  model.views = parse_views(settings.views);
  take_weights(architecture, finished, model);
  const HistoryRow& last = outcome.history.back();
  outcome.validation_loss = last.validation_loss;
  outcome.validation_accuracy = last.validation_accuracy;
  if (data.validation.size() > 0) {
    if (settings.augmentation.junk > 0) model.rejected = kRejectedKnowingJunk;
    make_trustworthy(data.validation, threads, model);
    measure_model(data, threads, outcome);
  }
  // What made the model, without anything that differs between two runs of one command.
  json record = json::parse(run);
  record["epochs"] = outcome.history.size() / settings.ensemble;
  record["scores"] = {{"train_loss", last.train.loss}, {"train_accuracy", last.train.accuracy}};
  if (data.validation.size() > 0) {
    record["scores"]["val_loss"] = outcome.validation_loss;
    record["scores"]["val_accuracy"] = outcome.validation_accuracy;
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

RunLength length_of(const PreparedData& data, const TrainSettings& settings) {
  const Batches batches = batches_of(data, settings);
  const std::size_t steps = settings.steps.value_or(batches.steps(settings.epochs));
  const std::size_t first = batches.steps(1), more = batches.steps(2) - first;
  const std::size_t epochs = steps <= first ? 1 : 1 + (steps - first + more - 1) / more;
  return {settings.ensemble * steps, settings.ensemble * epochs};
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
    Run<T> run(data, trial, kernels, "", {}, threads);
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
