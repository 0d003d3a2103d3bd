// A run in one arithmetic: everything that train_model puts together.
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "data/apparel.hpp"
#include "kernels/select.hpp"
#include "nn/averaging.hpp"
#include "nn/network.hpp"
#include "nn/whiten.hpp"
#include "train/train.hpp"
#include "train/weights.hpp"

namespace weft {

// smoothing: of the targets, for softmax_cross_entropy alone.
template <class T>
Loss<T> loss_of(LossKind kind, double smoothing, const Kernels<T>& kernels);

// The settings as the optimizer takes them.
OptimizerSettings optimizer_settings(const TrainSettings& settings);

// Each row's loss and gradient times the weight of its class; without weights the loss itself.
template <class T>
Loss<T> weighted(Loss<T> loss, std::vector<double> class_weights);

// What a run with these settings is: its checkpoints and its model's record say so.
nlohmann::json identity(const PreparedData& data, const TrainSettings& settings,
                        Precision precision);

// The batches that a run with these settings trains on.
Batches batches_of(const PreparedData& data, const TrainSettings& settings);

// Of the members of an ensemble that came before.
struct Earlier {
  std::size_t epochs = 0, steps = 0;
};

// Throws Error(bad_input) naming what differs between a checkpoint's identity and this run's.
void check_same_run(const std::string& checkpoint, const std::string& run);

// What each training picture shows, by its class.
std::vector<Apparel> apparel_of(const PreparedData& data);

// The training pictures as the network is to see them.
template <class T>
std::unique_ptr<RowSource<T>> rows_of(const PreparedData& data, const TrainSettings& settings) {
  const Tensor& images = data.train.images;
  if (!settings.augmentation.any()) return std::make_unique<PixelRows<T>>(images, data.scaler);
  return std::make_unique<AugmentedRows<T>>(settings.augmentation, images, data.scaler,
                                            settings.seed, apparel_of(data));
}

template <class T>
class Run final : public TrainingObserver {
 public:
  // Data and settings must outlive this. identity: of the whole run.
  Run(const PreparedData& data, const TrainSettings& settings, const Kernels<T>& kernels,
      std::string identity, const Earlier& earlier, int threads)
      : data_(data),
        settings_(settings),
        network_(settings.network, input_of(data), kernels, threads),
        optimizer_(optimizer_settings(settings), network_.architecture().parameters(),
                   network_.architecture().parameter_count(), unrounded(kernels), network_.pool()),
        source_(rows_of<T>(data, settings)),
        batches_(batches_of(data, settings)),
        plain_loss_(loss_of(settings.loss, 0, kernels)),
        loss_(weighted(loss_of(settings.loss, settings.label_smoothing, kernels),
                       settings.class_weights)),
        identity_(std::move(identity)),
        earlier_(earlier) {
    if (settings.average_decay > 0) {
      average_.emplace(settings.average_decay, network_.parameters().size(), network_.pool());
    }
    if (data.validation.size() > 0) validation_.emplace(data.validation.images, data.scaler);
    schedule_ = {.kind = settings.schedule,
                 .peak = settings.learning_rate,
                 .steps = settings.steps.value_or(batches_.steps(settings.epochs)),
                 .warmup_steps = batches_.steps(settings.warmup_epochs)};
    initialise<T>(settings.initialisation, settings.seed, network_.architecture().parameters(),
                  network_.parameters());
    find_whitening(PixelRows<T>(data.train.images, data.scaler), settings.seed, network_);
    if (settings.start) {
      copy_weights(settings.start->model, data.class_names, network_.architecture().parameters(),
                   network_.parameters());
    }
    network_.parameters_changed();
  }

  // Trains from where it stands to the end, or until the observer wants it to stop: then false.
  bool train(RunObserver& observer, const Checkpoints& checkpoints) {
    observer_ = &observer;
    checkpoints_ = &checkpoints;
    stopped_ = false;
    saved_ = std::chrono::steady_clock::now();
    if (average_ && position_.step == 0) average_->start(network_.parameters());
    if (!ended()) {
      train_network(network_, optimizer_, *source_, data_.train.labels.data(), batches_, loss_,
                    {.schedule = schedule_, .seed = settings_.seed}, position_, difficulty_, *this);
    }
    return !stopped_;
  }

  Checkpoint checkpoint() {
    return {.run = identity_,
            .position = position_,
            .history = history_,
            .parameters = tensor_of(network_.parameters()),
            .first_moment = tensor_of(optimizer_.first_moment()),
            .second_moment = tensor_of(optimizer_.second_moment()),
            .slow_weights = tensor_where_any(optimizer_.slow_weights()),
            .average = tensor_where_any(average_weights()),
            .difficulty_at_start = difficulty_.at_start,
            .difficulty = difficulty_.now};
  }

  // Throws Error(bad_input) when its numbers are not of this network.
  void restore(const Checkpoint& checkpoint) {
    assign(checkpoint.parameters, network_.parameters());
    assign(checkpoint.first_moment, optimizer_.first_moment());
    assign(checkpoint.second_moment, optimizer_.second_moment());
    assign_where_any(checkpoint.slow_weights, optimizer_.slow_weights());
    assign_where_any(checkpoint.average, average_weights());
    difficulty_ = {checkpoint.difficulty_at_start, checkpoint.difficulty};
    for (const auto& of_rows : {difficulty_.at_start, difficulty_.now}) {
      if (of_rows.size() == (batches_.selects() ? batches_.all_rows() : 0)) continue;
      fail(ErrorCode::bad_input, "resume: the checkpoint has the difficulty of {} pictures of {}",
           of_rows.size(), batches_.all_rows());
    }
    optimizer_.set_steps(checkpoint.position.step);
    position_ = checkpoint.position;
    history_ = checkpoint.history;
    network_.parameters_changed();
  }

  // Mean loss and accuracy of the validation part; only where there is one.
  void validate(double& loss, double& accuracy) {
    const Kept kept(*this);
    const LabelledImages& part = data_.validation;
    const std::size_t n = part.size(), classes = network_.architecture().output().elements();
    std::vector<T> logits(n * classes), unused(n * classes);
    network_.forward(*validation_, logits.data());
    const std::size_t correct = count_correct(n, classes, logits.data(), part.labels.data());
    const double sum =
        plain_loss_(n, classes, logits.data(), part.labels.data(), T(0), unused.data());
    loss = sum / static_cast<double>(n);
    accuracy = static_cast<double>(correct) / static_cast<double>(n);
  }

  Network<T>& network() { return network_; }
  // What is measured and becomes the model: the average of the weights where there is one, else
  // Lookahead's slow weights, else those that are trained.
  std::span<T> kept_weights() {
    if (average_) return average_->weights();
    const std::span<T> slow = optimizer_.slow_weights();
    return slow.empty() ? network_.parameters() : slow;
  }
  const std::vector<HistoryRow>& history() const { return history_; }
  // From the second one on.
  std::size_t steps_an_epoch() const { return batches_.steps(2) - batches_.steps(1); }

  void on_batch(const BatchReport& report) override {
    BatchReport of_all = report;
    of_all.epoch += earlier_.epochs;
    of_all.step += earlier_.steps;
    observer_->on_batch(of_all);
  }

  void on_step(std::size_t step) override {
    if (average_) average_->after_step(step, network_.parameters());
  }

  void on_epoch(const EpochReport& report) override {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    HistoryRow row{report, kNone, kNone};
    row.train.epoch += earlier_.epochs;
    if (validation_) validate(row.validation_loss, row.validation_accuracy);
    history_.push_back(row);
    observer_->on_epoch(row);
  }

  bool go_on(const TrainingPosition& next) override {
    const bool between_epochs = next.batch == 0;
    const bool at_end = between_epochs && ended();
    stopped_ = !at_end && observer_->wants_stop();
    const std::chrono::duration<double> since = std::chrono::steady_clock::now() - saved_;
    const double after = between_epochs ? kLeastSeconds : checkpoints_->every_seconds;
    const bool first = between_epochs && history_.size() == 1;
    if (checkpoints_->save && (first || at_end || stopped_ || since.count() >= after)) {
      Checkpoint now = checkpoint();
      checkpoints_->save(now);
      saved_ = std::chrono::steady_clock::now();
    }
    return !at_end && !stopped_;
  }

 private:
  // Epochs may be shorter than it takes to sync a file; no more than this is ever lost.
  static constexpr double kLeastSeconds = 1;

  static Shape input_of(const PreparedData& data) {
    const Shape& all = data.train.images.shape();
    return {all[1], all[2], all[3]};
  }

  // While one lives, the network has the weights that are kept.
  class Kept {
   public:
    explicit Kept(Run& run) : network_(run.network_), kept_(run.kept_weights()) { exchange(); }
    ~Kept() { exchange(); }
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;

   private:
    void exchange() {
      if (kept_.data() == network_.parameters().data()) return;
      std::ranges::swap_ranges(kept_, network_.parameters());
      network_.parameters_changed();
    }
    Network<T>& network_;
    std::span<T> kept_;
  };

  std::span<T> average_weights() { return average_ ? average_->weights() : std::span<T>(); }

  static std::optional<Tensor> tensor_where_any(std::span<const T> values) {
    if (values.empty()) return std::nullopt;
    return tensor_of(values);
  }
  static void assign_where_any(const std::optional<Tensor>& from, std::span<T> to) {
    const Tensor none(data_type_of<T>(), {0});
    if (!to.empty()) assign(from ? *from : none, to);
  }

  static Tensor tensor_of(std::span<const T> values) {
    Tensor tensor(data_type_of<T>(), {values.size()});
    std::ranges::copy(values, tensor.as<T>().begin());
    return tensor;
  }

  static void assign(const Tensor& from, std::span<T> to) {
    if (from.type() != data_type_of<T>() || from.shape() != Shape{to.size()}) {
      fail(ErrorCode::bad_input, "resume: the checkpoint has {} numbers of {} where {} are needed",
           from.shape().text(), name_of(from.type()), to.size());
    }
    std::ranges::copy(from.as<T>(), to.begin());
  }

  bool ended() const {
    return position_.step >= schedule_.steps ||
           has_ended(history_, settings_.patience, settings_.target.value_or(0));
  }

  const PreparedData& data_;
  const TrainSettings& settings_;
  Network<T> network_;
  Optimizer<T> optimizer_;
  std::optional<WeightAverage<T>> average_;
  std::unique_ptr<RowSource<T>> source_;
  std::optional<PixelRows<T>> validation_;
  Batches batches_;
  Loss<T> plain_loss_, loss_;  // without smoothing and weights of classes; as trained
  Schedule schedule_;
  std::string identity_;
  Earlier earlier_;
  TrainingPosition position_;
  Difficulty difficulty_;
  std::vector<HistoryRow> history_;
  RunObserver* observer_ = nullptr;
  const Checkpoints* checkpoints_ = nullptr;
  std::chrono::steady_clock::time_point saved_;
  bool stopped_ = false;
};

}  // namespace weft
