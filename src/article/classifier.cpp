#include "weft/classifier.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/error.hpp"
#include "base/random.hpp"
#include "base/threads.hpp"
#include "data/batches.hpp"
#include "data/rows.hpp"
#include "kernels/select.hpp"
#include "nn/network.hpp"
#include "train/trainer.hpp"

namespace weft {

class NNClassifier::Implementation {
 public:
  virtual ~Implementation() = default;
  virtual void fit(const Tensor& x, std::span<const Label> y, const OnEpoch& on_epoch) = 0;
  // The outputs before their sigmoid: f64 {n, n_classes}.
  virtual Tensor net_output(const Tensor& x) = 0;

  Parameters parameters;
  std::vector<double> error;
  double fit_seconds = 0;
};

namespace {

// The gradient is that of the sigmoids' cross-entropy, act_out - y. The error that the article
// reports is another sum, -y log(act_out) alone, and that is what this returns.
template <class T>
Sum<T> article_loss(const Kernels<T>& kernels, std::size_t n, std::size_t classes, const T* net,
                    const Label* labels, T scale, T* diff) {
  kernels.sigmoid_forward(n * classes, net, diff);
  Sum<T> loss = 0;
  for (std::size_t s = 0; s < n; ++s) {
    T& act = diff[s * classes + labels[s]];
    const T z = net[s * classes + labels[s]];
    // Far below 0, -log(1 / (1 + e^-z)) is -z to the last bit, where 1 / (1 + e^-z) itself would
    // become 0.
    loss += z < T(-40) ? -z : -std::log(act);
    act -= T(1);
  }
  if (scale != T(1)) {
    for (std::size_t i = 0; i < n * classes; ++i) diff[i] *= scale;
  }
  return loss;
}

// sum |w| and sum w^2.
struct Norms {
  double absolute = 0, squared = 0;
};

template <class T>
Norms norms_of(std::span<const T> weights) {
  constexpr std::size_t kChains =
      8;  // independent sums, so that the processor need not wait for each addition
  std::array<double, kChains> absolute{}, squared{};
  std::size_t i = 0;
  for (; i + kChains <= weights.size(); i += kChains) {
    for (std::size_t j = 0; j < kChains; ++j) {
      const double w = static_cast<double>(weights[i + j]);
      absolute[j] += std::fabs(w);
      squared[j] += w * w;
    }
  }
  for (; i < weights.size(); ++i) {
    const double w = static_cast<double>(weights[i]);
    absolute[0] += std::fabs(w);
    squared[0] += w * w;
  }
  return {std::accumulate(absolute.begin(), absolute.end(), 0.0),
          std::accumulate(squared.begin(), squared.end(), 0.0)};
}

// Gathers the article's error: for a batch half the mean, over the classes, of its cross-entropy
// and penalty.
template <class T>
class ErrorObserver final : public TrainingObserver {
 public:
  ErrorObserver(const Network<T>& network, const NNClassifier::Parameters& parameters,
                std::vector<double>& error, const NNClassifier::OnEpoch& on_epoch)
      : network_(network), parameters_(parameters), error_(error), on_epoch_(on_epoch) {}

  void on_batch(const BatchReport& report) override {
    const Norms norms = norms_of(network_.parameters());
    const double penalty = parameters_.l1 / 2 * norms.absolute + parameters_.l2 / 2 * norms.squared;
    sum_ += 0.5 * (report.loss / static_cast<double>(parameters_.n_classes) + penalty);
    if (report.batch + 1 == report.batches) {
      error_.push_back(sum_ / static_cast<double>(report.batches));
      sum_ = 0;
    }
  }

  void on_epoch(const EpochReport& report) override {
    seconds += report.seconds;
    if (on_epoch_) on_epoch_(report.epoch, error_.back());
  }

  double seconds = 0;

 private:
  const Network<T>& network_;
  const NNClassifier::Parameters& parameters_;
  std::vector<double>& error_;
  const NNClassifier::OnEpoch& on_epoch_;
  double sum_ = 0;
};

void check_rows(const Tensor& x, const NNClassifier::Parameters& parameters) {
  if (x.rows() == 0 || x.row_elements() != parameters.n_features) {
    fail(ErrorCode::usage, "NNClassifier: x of shape {} has not {} features a row",
         x.shape().text(), parameters.n_features);
  }
}

void check_labels(const Tensor& x, std::span<const Label> y, std::size_t n_classes) {
  if (y.size() != x.rows()) {
    fail(ErrorCode::usage, "NNClassifier: {} rows of x but {} labels", x.rows(), y.size());
  }
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (y[i] >= n_classes) {
      fail(ErrorCode::usage, "NNClassifier: label {} is {}, but there are {} classes", i, y[i],
           n_classes);
    }
  }
}

std::string network_text(const NNClassifier::Parameters& p) {
  return fmt::format("dense {} nobias, sigmoid, dense {} nobias", p.n_hidden_units, p.n_classes);
}

}  // namespace

template <class T>
class NNClassifier::Trained final : public Implementation {
 public:
  Trained(const Parameters& p, const Kernels<T>& kernels)
      : network_(network_text(p), {p.n_features}, kernels,
                 p.threads > 0 ? p.threads : default_threads()) {
    parameters = p;
  }

  void fit(const Tensor& x, std::span<const Label> y, const OnEpoch& on_epoch) override {
    NumpyRandom random(parameters.random_seed);
    for (T& weight : network_.parameters()) weight = static_cast<T>(random.uniform(-1, 1));
    network_.parameters_changed();

    const Architecture<T>& architecture = network_.architecture();
    const OptimizerSettings sgd{.kind = OptimizerKind::sgd,
                                .weight_decay = parameters.l1 + parameters.l2};  // its quirk
    Optimizer<T> optimizer(sgd, architecture.parameters(), architecture.parameter_count(),
                           architecture.kernels(), network_.pool());
    Batches batches = Batches::in_order(x.rows(), parameters.n_batches);
    const TrainerSettings settings{.schedule = {.kind = ScheduleKind::constant,
                                                .peak = parameters.learning_rate,
                                                .steps = parameters.epochs * batches.count()},
                                   .mean_gradients = false};
    const Loss<T> loss = [&kernels = architecture.kernels()](std::size_t n, std::size_t classes,
                                                             const T* net, const Label* labels,
                                                             T scale, T* diff) {
      return article_loss(kernels, n, classes, net, labels, scale, diff);
    };
    error.clear();
    ErrorObserver<T> observer(network_, parameters, error, on_epoch);
    TrainingPosition position;
    Difficulty none;
    TensorRows<T> rows(x);
    train_network(network_, optimizer, rows, y.data(), std::move(batches), loss, settings, position,
                  none, observer);
    fit_seconds = observer.seconds;
  }

  Tensor net_output(const Tensor& x) override {
    std::vector<T> net(x.rows() * parameters.n_classes);
    network_.forward(TensorRows<T>(x), net.data());
    Tensor result(DataType::f64, {x.rows(), parameters.n_classes});
    std::ranges::copy(net, result.as<double>().begin());
    return result;
  }

 private:
  Network<T> network_;
};

NNClassifier::NNClassifier(const Parameters& given) {
  Parameters parameters = given;
  parameters.precision = resolve(given.precision);
  if (parameters.precision == Precision::f64) {
    implementation_ = std::make_unique<Trained<double>>(parameters, reference_kernels<double>());
  } else {
    implementation_ =
        std::make_unique<Trained<float>>(parameters, select_kernels(parameters.precision));
  }
}
NNClassifier::~NNClassifier() = default;
NNClassifier::NNClassifier(NNClassifier&&) noexcept = default;
NNClassifier& NNClassifier::operator=(NNClassifier&&) noexcept = default;

NNClassifier& NNClassifier::fit(const Tensor& x, std::span<const Label> y,
                                const OnEpoch& on_epoch) {
  check_rows(x, implementation_->parameters);
  check_labels(x, y, implementation_->parameters.n_classes);
  implementation_->fit(x, y, on_epoch);
  return *this;
}

std::vector<Label> NNClassifier::predict(const Tensor& x) {
  check_rows(x, implementation_->parameters);
  const Tensor net = implementation_->net_output(x);
  std::vector<Label> classes;
  for (std::size_t i = 0; i < net.rows(); ++i) {
    const auto row = net.as<double>().subspan(i * net.row_elements(), net.row_elements());
    classes.push_back(static_cast<Label>(std::ranges::max_element(row) - row.begin()));
  }
  return classes;
}

Tensor NNClassifier::predict_proba(const Tensor& x) {
  check_rows(x, implementation_->parameters);
  Tensor result = implementation_->net_output(x);
  const auto& kernels = reference_kernels<double>();
  double* values = result.as<double>().data();
  kernels.sigmoid_forward(result.elements(), values, values);
  kernels.softmax(result.rows(), result.row_elements(), values, values);
  return result;
}

double NNClassifier::score(const Tensor& x, std::span<const Label> y) {
  check_labels(x, y, implementation_->parameters.n_classes);
  const std::vector<Label> predicted = predict(x);
  std::size_t right = 0;
  for (std::size_t i = 0; i < y.size(); ++i) right += predicted[i] == y[i] ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(y.size());
}

const std::vector<double>& NNClassifier::error() const {
  return implementation_->error;
}
double NNClassifier::fit_seconds() const {
  return implementation_->fit_seconds;
}
Precision NNClassifier::precision() const {
  return implementation_->parameters.precision;
}

std::vector<double> softmax(std::span<const double> values) {
  std::vector<double> result(values.begin(), values.end());
  reference_kernels<double>().softmax(1, result.size(), result.data(), result.data());
  return result;
}

}  // namespace weft
