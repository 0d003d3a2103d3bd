#include "train/run.hpp"

#include <utility>

#include "base/error.hpp"
#include "base/version.hpp"
#include "model/json.hpp"

namespace weft {

using nlohmann::json;

OptimizerSettings optimizer_settings(const TrainSettings& settings) {
  OptimizerSettings optimizer = settings.optimizer;
  optimizer.others_rate = settings.adamw_learning_rate / settings.learning_rate;
  return optimizer;
}

Batches batches_of(const PreparedData& data, const TrainSettings& settings) {
  return Batches::shuffled(data.train.size(), settings.batch_size, settings.seed, settings.select);
}

std::vector<Apparel> apparel_of(const PreparedData& data) {
  std::vector<Apparel> of_classes, of_pictures;
  for (const std::string& name : data.class_names) of_classes.push_back(apparel_of(name));
  for (const Label label : data.train.labels) of_pictures.push_back(of_classes.at(label));
  return of_pictures;
}

template <class T>
Loss<T> loss_of(LossKind kind, double smoothing, const Kernels<T>& kernels) {
  switch (kind) {
    case LossKind::sigmoid_cross_entropy:
      return kernels.sigmoid_cross_entropy;
    case LossKind::mean_squared_error:
      return kernels.mean_squared_error;
    case LossKind::softmax_cross_entropy:
      break;
  }
  if (smoothing == 0) return kernels.softmax_cross_entropy;
  return [&kernels, smoothing = static_cast<T>(smoothing)](std::size_t n, std::size_t classes,
                                                           const T* logits, const Label* labels,
                                                           T scale, T* diff_logits) {
    return kernels.smoothed_cross_entropy(n, classes, logits, labels, smoothing, scale,
                                          diff_logits);
  };
}

template <class T>
Loss<T> weighted(Loss<T> loss, std::vector<double> class_weights) {
  if (class_weights.empty()) return loss;
  return [loss = std::move(loss), weights = std::move(class_weights)](
             std::size_t n, std::size_t classes, const T* logits, const Label* labels, T scale,
             T* diff_logits) {
    Sum<T> sum{};
    for (std::size_t i = 0; i < n; ++i) {
      const double weight = weights[labels[i]];
      sum += weight * loss(1, classes, logits + i * classes, labels + i,
                           scale * static_cast<T>(weight), diff_logits + i * classes);
    }
    return sum;
  };
}

template Loss<float> loss_of(LossKind, double, const Kernels<float>&);
template Loss<double> loss_of(LossKind, double, const Kernels<double>&);
template Loss<float> weighted(Loss<float>, std::vector<double>);
template Loss<double> weighted(Loss<double>, std::vector<double>);

json identity(const PreparedData& data, const TrainSettings& settings, Precision precision) {
  json run = as_json(settings, precision);
  run["version"] = version();
  run["data_digest"] = data.digest;
  run["train_size"] = data.train.size();
  run["val_size"] = data.validation.size();
  // Fixes may leave out some of those that were held out; this many draws them again.
  if (settings.fixes) run["held_out"] = data.held_out;
  if (data.own_validation) run["val_digest"] = digest(data.validation);
  return run;
}

void check_same_run(const std::string& checkpoint, const std::string& run) {
  if (checkpoint == run) return;
  const auto before = parse_json(checkpoint);
  const json now = json::parse(run);
  std::string different;
  for (const auto& [key, value] : now.items()) {
    const json old = before && before->is_object() ? before->value(key, json()) : json();
    if (old != value) {
      different += fmt::format("{}{} was {}, is {}", different.empty() ? "" : "; ", key,
                               shown(old.dump()), shown(value.dump()));
    }
  }
  fail(ErrorCode::bad_input,
       "resume: the checkpoint was made by another run: {}: undo that, or begin anew with --force",
       different.empty() ? "it has settings that this one has not" : different);
}

}  // namespace weft
