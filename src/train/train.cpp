#include "train/train.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/names.hpp"
#include "base/version.hpp"
#include "data/rows.hpp"
#include "kernels/select.hpp"
#include "nn/network.hpp"

namespace weft {

namespace {

constexpr Names<LossKind, 3> kLosses{"loss",
                                     {{{LossKind::softmax_cross_entropy, "softmax"},
                                       {LossKind::sigmoid_cross_entropy, "sigmoid"},
                                       {LossKind::mean_squared_error, "mse"}}}};

}  // namespace

LossKind parse_loss(const std::string& text) {
  return kLosses.parse(text);
}
const char* name_of(LossKind value) {
  return kLosses.name_of(value);
}

namespace {

using nlohmann::json;

template <class T>
Loss<T> loss_of(LossKind kind, const Kernels<T>& kernels) {
  switch (kind) {
    case LossKind::softmax_cross_entropy:
      return kernels.softmax_cross_entropy;
    case LossKind::sigmoid_cross_entropy:
      return kernels.sigmoid_cross_entropy;
    case LossKind::mean_squared_error:
      return kernels.mean_squared_error;
  }
  return {};
}

Shape input_of(const LabelledImages& pictures) {
  const Shape& all = pictures.images.shape();
  return {all[1], all[2], all[3]};
}

std::size_t validation_size(std::size_t pictures, std::optional<double> fraction) {
  if (!fraction) return pictures >= 50000 ? 5000 : pictures / 10;
  if (!(*fraction >= 0 && *fraction < 1)) {
    fail(ErrorCode::usage, "val-fraction: {} is not a fraction of 0 or more, below 1", *fraction);
  }
  return static_cast<std::size_t>(std::lround(*fraction * static_cast<double>(pictures)));
}

// The validation part after each epoch, and what the run's observer is told.
template <class T>
class Validation final : public TrainingObserver {
 public:
  Validation(Network<T>& network, const Loss<T>& loss, const LabelledImages& part,
             const Scaler& scaler, RunObserver& observer, std::vector<HistoryRow>& history)
      : network_(network), loss_(loss), part_(part), observer_(observer), history_(history) {
    if (part.size() > 0) source_.emplace(part.images, scaler);
  }

  void on_batch(const BatchReport& report) override { observer_.on_batch(report); }

  void on_epoch(const EpochReport& report) override {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    HistoryRow row{report, kNone, kNone};
    if (source_) measure(row);
    history_.push_back(row);
    observer_.on_epoch(row);
  }

 private:
  void measure(HistoryRow& row) {
    const std::size_t n = part_.size(), classes = network_.architecture().output().elements();
    std::vector<T> logits(n * classes), unused(n * classes);
    network_.forward(*source_, logits.data());
    const std::size_t correct = count_correct(n, classes, logits.data(), part_.labels.data());
    const double loss = loss_(n, classes, logits.data(), part_.labels.data(), T(0), unused.data());
    row.validation_loss = loss / static_cast<double>(n);
    row.validation_accuracy = static_cast<double>(correct) / static_cast<double>(n);
  }

  Network<T>& network_;
  const Loss<T>& loss_;
  const LabelledImages& part_;
  std::optional<PixelRows<T>> source_;
  RunObserver& observer_;
  std::vector<HistoryRow>& history_;
};

std::vector<NamedTensor> named_weights(const std::vector<Parameter>& parameters,
                                       const auto& block) {
  std::vector<NamedTensor> weights;
  for (const Parameter& parameter : parameters) {
    Tensor value(DataType::f32, parameter.shape);
    const auto from = block.subspan(parameter.offset, value.elements());
    std::ranges::transform(from, value.as<float>().begin(),
                           [](auto w) { return static_cast<float>(w); });
    weights.push_back({parameter.name, std::move(value)});
  }
  return weights;
}

// What made the model, without anything that differs between two runs of one command.
std::string provenance(const TrainSettings& s, const TrainOutcome& outcome) {
  const HistoryRow& last = outcome.history.back();
  json scores{{"train_loss", last.train.loss}, {"train_accuracy", last.train.accuracy}};
  if (outcome.validation_size > 0) {
    scores["val_loss"] = last.validation_loss;
    scores["val_accuracy"] = last.validation_accuracy;
  }
  return json{{"version", version()},
              {"seed", s.seed},
              {"epochs", s.epochs},
              {"batch_size", s.batch_size},
              {"lr", s.learning_rate},
              {"optimizer", name_of(s.optimizer.kind)},
              {"momentum", s.optimizer.momentum},
              {"nesterov", s.optimizer.nesterov},
              {"weight_decay", s.optimizer.weight_decay},
              {"l1", s.optimizer.l1},
              {"l2", s.optimizer.l2},
              {"schedule", name_of(s.schedule)},
              {"warmup_epochs", s.warmup_epochs},
              {"scaler", name_of(s.scaler)},
              {"init", name_of(s.initialisation)},
              {"loss", name_of(s.loss)},
              {"precision", name_of(outcome.precision)},
              {"data_digest", outcome.data_digest},
              {"train_size", outcome.train_size},
              {"val_size", outcome.validation_size},
              {"scores", scores}}
      .dump();
}

template <class T>
void run(const LabelledImages& train, const LabelledImages& held_out, const TrainSettings& settings,
         const Kernels<T>& kernels, int threads, RunObserver& observer, TrainOutcome& outcome) {
  const Shape input = input_of(train);
  Network<T> network(settings.network, input, kernels, threads);
  const Architecture<T>& architecture = network.architecture();
  outcome.model.network = architecture.text();
  outcome.model.input = input;
  initialise<T>(settings.initialisation, settings.seed, architecture.parameters(),
                network.parameters());
  network.parameters_changed();

  Batches batches = Batches::shuffled(train.size(), settings.batch_size, settings.seed);
  TrainerSettings trainer;
  trainer.epochs = settings.epochs;
  trainer.optimizer = settings.optimizer;
  trainer.schedule = {.kind = settings.schedule,
                      .peak = settings.learning_rate,
                      .steps = settings.epochs * batches.count(),
                      .warmup_steps = settings.warmup_epochs * batches.count()};
  const Loss<T> loss = loss_of(settings.loss, kernels);
  const Scaler& scaler = outcome.model.scaler;
  const PixelRows<T> source(train.images, scaler);
  Validation<T> validation(network, loss, held_out, scaler, observer, outcome.history);
  train_network(network, source, train.labels.data(), std::move(batches), loss, trainer,
                validation);
  outcome.model.weights = named_weights(architecture.parameters(), network.parameters());
}

}  // namespace

void check_settings(const TrainSettings& settings, const LabelledImages& pictures,
                    std::size_t classes) {
  if (pictures.size() < 2)
    fail(ErrorCode::bad_input, "train: {} pictures are too few", pictures.size());
  if (settings.epochs == 0) fail(ErrorCode::usage, "epochs: must be 1 or more");
  if (settings.batch_size == 0) fail(ErrorCode::usage, "batch-size: must be 1 or more");
  if (!(settings.learning_rate > 0) || !std::isfinite(settings.learning_rate)) {
    fail(ErrorCode::usage, "lr: {} must be above 0 and finite", settings.learning_rate);
  }
  validation_size(pictures.size(), settings.validation_fraction);
  const Architecture<double> architecture(settings.network, input_of(pictures),
                                          reference_kernels<double>());
  if (architecture.output().elements() != classes) {
    fail(ErrorCode::usage,
         "network: \"{}\" has {} outputs, but the data has {} classes: end it with \"dense {}\"",
         settings.network, architecture.output().text(), classes, classes);
  }
}

TrainOutcome train_model(const LabelledImages& pictures,
                         const std::vector<std::string>& class_names, const TrainSettings& settings,
                         int threads, RunObserver& observer) {
  check_settings(settings, pictures, class_names.size());
  TrainOutcome outcome;
  outcome.precision = resolve(settings.precision);
  outcome.data_digest = digest(pictures);
  outcome.model.class_names = class_names;

  const Split split = stratified_split(
      pictures.labels, validation_size(pictures.size(), settings.validation_fraction),
      settings.seed);
  const LabelledImages train = gather(pictures, split.train);
  const LabelledImages held_out = gather(pictures, split.held_out);
  outcome.train_size = train.size();
  outcome.validation_size = held_out.size();
  outcome.model.scaler = fit_scaler(settings.scaler, train.images);

  if (outcome.precision == Precision::f64) {
    run(train, held_out, settings, reference_kernels<double>(), threads, observer, outcome);
  } else {
    run(train, held_out, settings, select_kernels(outcome.precision), threads, observer, outcome);
  }
  outcome.model.training = provenance(settings, outcome);
  return outcome;
}

}  // namespace weft
