#include "train/settings.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/names.hpp"
#include "kernels/select.hpp"
#include "nn/network.hpp"

namespace weft {
namespace {

using nlohmann::json;

constexpr Names<LossKind, 3> kLosses{"loss",
                                     {{{LossKind::softmax_cross_entropy, "softmax"},
                                       {LossKind::sigmoid_cross_entropy, "sigmoid"},
                                       {LossKind::mean_squared_error, "mse"}}}};

void check_positive(const char* name, double value) {
  if (!(value > 0) || !std::isfinite(value)) {
    fail(ErrorCode::usage, "{}: {} must be above 0 and finite", name, value);
  }
}

void check_not_negative(const char* name, double value) {
  if (!(value >= 0) || !std::isfinite(value)) {
    fail(ErrorCode::usage, "{}: {} must be 0 or more, and finite", name, value);
  }
}

void check_numbers(const TrainSettings& s) {
  if (s.epochs == 0) fail(ErrorCode::usage, "epochs: must be 1 or more");
  if (s.steps && *s.steps == 0) fail(ErrorCode::usage, "steps: must be 1 or more");
  constexpr std::size_t kMostMembers = 100;
  if (s.ensemble == 0 || s.ensemble > kMostMembers) {
    fail(ErrorCode::usage, "ensemble: {} networks: it takes 1 to {}", s.ensemble, kMostMembers);
  }
  if (s.batch_size == 0) fail(ErrorCode::usage, "batch-size: must be 1 or more");
  check_positive("lr", s.learning_rate);
  check_not_negative("momentum", s.optimizer.momentum);
  check_not_negative("weight-decay", s.optimizer.weight_decay);
  check_not_negative("l1", s.optimizer.l1);
  check_not_negative("l2", s.optimizer.l2);
  check_not_negative("clip-grad-norm", s.optimizer.clip_norm);
  if (!(s.average_decay >= 0 && s.average_decay < 1)) {
    fail(ErrorCode::usage, "model-ema-decay: {} is not 0 or more, below 1", s.average_decay);
  }
  if (!(s.optimizer.lookahead_alpha > 0 && s.optimizer.lookahead_alpha <= 1)) {
    fail(ErrorCode::usage, "lookahead-alpha: {} is not above 0, at most 1",
         s.optimizer.lookahead_alpha);
  }
  check_positive("adamw-lr", s.adamw_learning_rate);
}

void check_smoothing(const TrainSettings& s) {
  if (!(s.select > 0 && s.select <= 1)) {
    fail(ErrorCode::usage, "select: {} is not above 0, at most 1", s.select);
  }
  if (!(s.label_smoothing >= 0 && s.label_smoothing < 1)) {
    fail(ErrorCode::usage, "label-smoothing: {} is not 0 or more, below 1", s.label_smoothing);
  }
  if (s.label_smoothing > 0 && s.loss != LossKind::softmax_cross_entropy) {
    fail(ErrorCode::usage,
         "label-smoothing: it is for the loss softmax, but the loss is {}: leave one of them out",
         name_of(s.loss));
  }
}

// Rules that end a run look at the validation part.
void check_endings(const TrainSettings& s, std::size_t validation) {
  if (s.target && !(*s.target > 0 && *s.target <= 1)) {
    fail(ErrorCode::usage, "target: {} is no accuracy above 0, at most 1 (0.88 is 88 %)",
         *s.target);
  }
  if ((s.target || s.patience > 0) && validation == 0) {
    fail(ErrorCode::usage,
         "{}: needs a validation part, but nothing is held out: give --val-fraction, such as 0.1",
         s.target ? "target" : "patience");
  }
}

void check_network(const TrainSettings& s, const Dataset& data) {
  const Shape& all = data.train.images.shape();
  const Architecture<double> architecture(s.network, {all[1], all[2], all[3]},
                                          reference_kernels<double>());
  const std::size_t classes = data.class_names.size();
  if (architecture.output().elements() != classes) {
    fail(ErrorCode::usage,
         "network: \"{}\" has {} outputs, but the data has {} classes: end it with \"dense {}\"",
         s.network, architecture.output().text(), classes, classes);
  }
}

}  // namespace

LossKind parse_loss(const std::string& text) {
  return kLosses.parse(text);
}
const char* name_of(LossKind value) {
  return kLosses.name_of(value);
}

std::size_t validation_size(std::size_t pictures, const TrainSettings& settings) {
  const auto& fraction = settings.validation_fraction;
  if (!fraction) return pictures >= 50000 ? 5000 : pictures / 10;
  if (!(*fraction >= 0 && *fraction < 1)) {
    fail(ErrorCode::usage, "val-fraction: {} is not a fraction of 0 or more, below 1", *fraction);
  }
  const auto held_out =
      static_cast<std::size_t>(std::lround(*fraction * static_cast<double>(pictures)));
  if (held_out >= pictures) {
    fail(ErrorCode::usage, "val-fraction: {} of {} pictures leaves none to train on", *fraction,
         pictures);
  }
  return held_out;
}

void check_settings(const TrainSettings& settings, const Dataset& data) {
  const LabelledImages& train = data.train;
  if (train.size() < 2) {
    fail(ErrorCode::bad_input, "train: {} has {} pictures to train on: too few", data.source,
         train.size());
  }
  if (train.labels.size() != train.size()) {
    fail(ErrorCode::bad_input, "train: {} has {} pictures but {} labels: one each is needed",
         data.source, train.size(), train.labels.size());
  }
  if (data.class_names.size() < 2) {
    fail(ErrorCode::bad_input,
         "train: all pictures of {} are of one class: there is nothing to tell apart", data.source);
  }
  check_numbers(settings);
  check_smoothing(settings);
  const bool own = data.val.size() > 0 && !settings.validation_fraction;
  check_endings(settings, own ? data.val.size() : validation_size(train.size(), settings));
  check_network(settings, data);
  parse_views(settings.views);
}

namespace {

// What runs have had since before these settings were there is as it was: a checkpoint of theirs is
// still the same run's.
void add_optional(const TrainSettings& s, json& settings) {
  const OptimizerSettings& o = s.optimizer;
  if (o.kind == OptimizerKind::muon) {
    settings["adamw_lr"] = s.adamw_learning_rate;
    settings["ns_steps"] = o.newton_schulz_steps;
    if (o.normalise) settings["muon_normalize"] = true;
  }
  if (o.clip_norm > 0) settings["clip_grad_norm"] = o.clip_norm;
  if (o.lookahead > 0) {
    settings["lookahead"] = o.lookahead;
    settings["lookahead_alpha"] = o.lookahead_alpha;
  }
  if (s.average_decay > 0) settings["model_ema_decay"] = s.average_decay;
  if (s.select < 1) settings["select"] = s.select;
  if (s.label_smoothing > 0) settings["label_smoothing"] = s.label_smoothing;
  if (s.augmentation.any()) settings["augment"] = text_of(s.augmentation);
  if (s.ensemble > 1) settings["ensemble"] = s.ensemble;
  if (s.views != "none") settings["views"] = s.views;
}

}  // namespace

json as_json(const TrainSettings& s, Precision precision) {
  json settings{{"network", s.network},
                {"seed", s.seed},
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
                {"precision", name_of(precision)}};
  if (s.steps) {
    settings["steps"] = *s.steps;
  } else {
    settings["epochs"] = s.epochs;
  }
  if (s.start) settings["init_from"] = s.start->sha256;
  if (s.fixes) settings["fixes"] = s.fixes->sha256;
  add_optional(s, settings);
  if (!s.class_weights.empty()) settings["class_weights"] = s.class_weights;
  if (s.validation_fraction) settings["val_fraction"] = *s.validation_fraction;
  if (s.patience > 0) settings["patience"] = s.patience;
  if (s.target) settings["target"] = *s.target;
  return settings;
}

}  // namespace weft
