#include "cli/train_options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <memory>

#include "base/digest.hpp"
#include "data/gzip.hpp"
#include "kernels/select.hpp"
#include "train/weights.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

template <class To, class From>
void override_with(const std::optional<From>& typed, To& setting) {
  if (typed) setting = *typed;
}

void refuse_both(bool first, const char* first_name, bool second, const char* second_name,
                 const char* why) {
  if (!first || !second) return;
  throw Error(ErrorCode::usage,
              fmt::format("train: {} and {} exclude each other: {}", first_name, second_name, why));
}

void check_together(const TrainOptions& o) {
  refuse_both(!o.preset.empty(), "--preset", !o.init_from.empty(), "--init-from",
              "the model has its network");
  const char* length = "each says how long to train";
  refuse_both(o.epochs.has_value(), "--epochs", o.steps.has_value(), "--steps", length);
  refuse_both(o.epochs.has_value(), "--epochs", o.time.has_value(), "--time", length);
  refuse_both(o.steps.has_value(), "--steps", o.time.has_value(), "--time", length);
  refuse_both(o.nesterov, "--nesterov", o.no_nesterov, "--no-nesterov", "choose one");
}

void need(bool given, const char* name, bool there, const char* what) {
  if (!given || there) return;
  throw Error(ErrorCode::usage, fmt::format("train: {} does nothing without {}", name, what));
}

void check_of_use(const TrainOptions& o, const TrainSettings& s) {
  const bool muon = s.optimizer.kind == OptimizerKind::muon;
  need(o.adamw_lr.has_value(), "--adamw-lr", muon, "--optimizer muon");
  need(o.ns_steps.has_value(), "--ns-steps", muon, "--optimizer muon");
  need(o.muon_normalize, "--muon-normalize", muon, "--optimizer muon");
  need(o.lookahead_alpha.has_value(), "--lookahead-alpha", s.optimizer.lookahead > 0,
       "--lookahead");
}

std::shared_ptr<const StartModel> load_start(const std::string& path) {
  auto start = std::make_shared<StartModel>();
  start->model = load_model(path);
  constexpr std::size_t kMostBytes = std::size_t{1} << 32;
  const FileBytes bytes = read_file(model_file(path), kMostBytes);
  start->sha256 = sha256(bytes.span().data(), bytes.size());
  return start;
}

// The network, and all that comes with it.
TrainSettings base_settings(const TrainOptions& options, const Dataset& data) {
  const std::size_t classes = data.class_names.size();
  TrainSettings s;
  if (!preset_of(options).empty()) {
    s = preset(preset_of(options), facts_of(data));
    if (!options.network.empty()) s.network = options.network;
    return s;
  }
  if (options.init_from.empty()) {
    s.network = options.network;
    return s;
  }
  s.start = load_start(options.init_from);
  s.network = options.network.empty() ? network_for(s.start->model, classes) : options.network;
  s.scaler = s.start->model.scaler.kind;
  return s;
}

void add_network_options(CLI::App& command, TrainOptions& options) {
  command.add_option("--preset", options.preset, "settings that are known to work")
      ->type_name("{quick,default,best,photos,mlp,mlp-large}");
  command.add_option("--network", options.network, "layers, as in \"dense 50, sigmoid, dense 10\"");
  command.add_option("--init", options.init, "first weights")->type_name("{uniform,xavier,he}");
  command
      .add_option("--init-from", options.init_from,
                  "begin with the weights of this model; its last layer anew where the classes "
                  "are others")
      ->type_name("PATH");
}

void add_length_options(CLI::App& command, TrainOptions& options) {
  // Signed bounds: "-1" would pass as a huge unsigned number.
  const CLI::Range count(std::int64_t{1}, std::int64_t{1} << 31);
  command.add_option("--epochs", options.epochs, "passes over the training pictures")->check(count);
  command
      .add_option("--time", options.time,
                  "as many steps as fit, as in 30s, 3m, 1h; config.json then says how many")
      ->type_name("TIME")
      ->check([](const std::string& text) {
        try {
          parse_time(text);
        } catch (const Error& error) {
          return std::string(error.what());
        }
        return std::string();
      });
  command.add_option("--steps", options.steps, "batches in all; the last epoch may be cut short")
      ->check(count);
  command.add_option("--target", options.target,
                     "stop after the epoch that brings validation to this accuracy, as in 0.88");
  command
      .add_option("--patience", options.patience,
                  "stop after so many epochs without a better validation accuracy")
      ->check(count);
}

void add_step_options(CLI::App& command, TrainOptions& options) {
  const CLI::Range count(std::int64_t{1}, std::int64_t{1} << 31);
  command.add_option("--batch-size", options.batch_size, "pictures a step")->check(count);
  command.add_option("--select", options.select,
                     "share of the pictures that an epoch after the first goes through: seven "
                     "tenths of it are the hardest, the rest any others; 1: all");
  command.add_option("--lr", options.lr, "learning rate, at its highest");
  command.add_option("--schedule", options.schedule, "of the learning rate")
      ->type_name("{constant,step,cosine,one-cycle}");
  command
      .add_option("--warmup-epochs", options.warmup_epochs,
                  "epochs over which the rate rises from 0")
      ->check(CLI::NonNegativeNumber);
  command
      .add_option("--optimizer", options.optimizer,
                  "brings a rate, momentum and decay that suit it")
      ->type_name("{sgd,adamw,muon}");
  command.add_option("--momentum", options.momentum, "of sgd and muon");
  command.add_flag("--nesterov", options.nesterov,
                   "Nesterov's momentum, as sgd and muon take by themselves");
  command.add_flag("--no-nesterov", options.no_nesterov, "plain momentum");
  command.add_option("--adamw-lr", options.adamw_lr,
                     "learning rate of what muon leaves to adamw: biases and the last layer");
  command
      .add_option("--ns-steps", options.ns_steps,
                  "Newton-Schulz iterations of muon, 5 unless given")
      ->check(CLI::Range(1, 100));
  command.add_flag("--muon-normalize", options.muon_normalize,
                   "muon keeps filters at one length: where batch norms follow them");
  command.add_option("--weight-decay", options.weight_decay,
                     "pull of weights towards zero, a step times the rate");
  command.add_option("--l1", options.l1, "penalty on the sum of |w|");
  command.add_option("--l2", options.l2, "penalty on half the sum of w^2");
  command.add_option("--loss", options.loss, "cross-entropies, or the mean squared error")
      ->type_name("{softmax,sigmoid,mse}");
  command.add_option("--label-smoothing", options.label_smoothing,
                     "of the softmax loss: share of a label that is spread over all classes");
  command
      .add_option("--class-weights", options.class_weights,
                  "balanced, sqrt (half-way to it), none, or a JSON file as {\"Shirt\": 2.5}")
      ->type_name("PATH");
}

void add_averaging_options(CLI::App& command, TrainOptions& options) {
  command.add_option("--clip-grad-norm", options.clip_grad_norm,
                     "shorten gradients that are longer than this");
  command.add_option("--model-ema-decay", options.model_ema_decay,
                     "measure and keep the moving average of the weights, as in 0.999");
  command
      .add_option("--lookahead", options.lookahead,
                  "every so many steps, as in 5, keep a part of the way since the last time")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 31));
  command
      .add_option("--ensemble", options.ensemble,
                  "train so many networks, with the seeds from --seed on, into one model that "
                  "averages their answers")
      ->check(CLI::Range(1, 100));
  command.add_option("--lookahead-alpha", options.lookahead_alpha, "that part, 0.5 unless given");
}

void add_data_options(CLI::App& command, TrainOptions& options) {
  command
      .add_option(
          "--data", options.data,
          "\"fashion-mnist\", a folder of photos, or a folder or a file: IDX, CSV, NPZ, CIFAR")
      ->type_name("DATA")
      ->capture_default_str();
  command
      .add_option("--label-column", options.label_column,
                  "of CSV: its name, first or last; found out unless given")
      ->type_name("NAME");
  add_photo_options(command, options.image_size, options.strict);
  command
      .add_option("--fixes", options.fixes,
                  "CSV of index,label: training pictures with another label, or left out where it "
                  "is empty; weft audit writes one")
      ->type_name("FILE");
  command
      .add_option("--scaler", options.scaler,
                  "bytes as they are, 0 to 1, or standardised by pixel or by channel (the "
                  "default)")
      ->type_name("{none,unit,standard,channel}");
  command
      .add_option("--augment", options.augment,
                  "what is done to training pictures, as in \"mirror, shift 2, cutout 8\"; none")
      ->type_name("TEXT");
  command
      .add_option("--mirror", options.mirror,
                  "left and right in training: none, at random, or every other epoch")
      ->type_name("{none,random,alternate}");
  command
      .add_option(
          "--views", options.views,
          "the model averages its answers to a picture mirrored, moved, lighter and darker, "
          "as in \"mirror, shift 1, gamma 2\"; none")
      ->type_name("TEXT");
  command.add_option("--val-fraction", options.val_fraction,
                     "share held out for validation; unless given the data's own val part, else "
                     "5,000 pictures of 50,000 or more, else a tenth");
}

void add_run_options(CLI::App& command, TrainOptions& options) {
  command.add_option("--seed", options.seed, "of everything random")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      .add_option("--threads", options.threads,
                  "0: all processors; the model does not depend on it")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command
      .add_option("--precision", options.precision,
                  "of the arithmetic; f64 is slow, auto takes bf16 where the processor has it")
      ->type_name("{auto,f32,bf16,f64}")
      ->capture_default_str();
  command
      .add_option("--config", options.config,
                  "JSON file of options, as a run's config.json; what is typed goes first")
      ->type_name("PATH");
  command.add_option("--out", options.out, "run folder; unless given a new one under runs/")
      ->type_name("PATH");
  command
      .add_option("--resume", options.resume,
                  "go on with the run in this folder, by its own options")
      ->type_name("PATH");
  command.add_flag("--force", options.force, "replace a run that is in --out already");
  command.add_flag("--json", options.json, "one JSON document on standard output");
}

}  // namespace

LoadOptions load_options(const TrainOptions& options) {
  LoadOptions load;
  load.label_column = options.label_column;
  load.image_size = options.image_size;
  load.strict = options.strict;
  if (!options.init_from.empty()) load.like = load_model(options.init_from).input;
  return load;
}

void add_photo_options(CLI::App& command, std::optional<std::size_t>& image_size, bool& strict) {
  command
      .add_option("--image-size", image_size,
                  "of photos: the side, in pixels, of the square that they are fitted into; 64 "
                  "unless given")
      ->check(CLI::Range(8, 224));
  command.add_flag("--strict", strict, "of photos: one that cannot be read is an error");
}

void add_options(CLI::App& command, TrainOptions& options) {
  add_data_options(command, options);
  add_network_options(command, options);
  add_length_options(command, options);
  add_step_options(command, options);
  add_averaging_options(command, options);
  add_run_options(command, options);
}

std::string preset_of(const TrainOptions& options) {
  const bool none = options.preset.empty() && options.network.empty() && options.init_from.empty();
  return none ? "default" : options.preset;
}

TrainSettings settings_of(const TrainOptions& options, const Dataset& data) {
  check_together(options);
  TrainSettings s = base_settings(options, data);
  if (options.optimizer) set_optimizer(parse_optimizer(*options.optimizer), s);
  override_with(options.epochs, s.epochs);
  s.steps = options.steps;
  override_with(options.batch_size, s.batch_size);
  override_with(options.warmup_epochs, s.warmup_epochs);
  override_with(options.lr, s.learning_rate);
  override_with(options.momentum, s.optimizer.momentum);
  override_with(options.weight_decay, s.optimizer.weight_decay);
  override_with(options.l1, s.optimizer.l1);
  override_with(options.l2, s.optimizer.l2);
  override_with(options.patience, s.patience);
  s.target = options.target;
  if (options.nesterov) s.optimizer.nesterov = true;
  if (options.no_nesterov) s.optimizer.nesterov = false;
  if (options.schedule) s.schedule = parse_schedule(*options.schedule);
  if (options.scaler) s.scaler = parse_scaler(*options.scaler);
  if (options.init) s.initialisation = parse_initialisation(*options.init);
  if (options.loss) s.loss = parse_loss(*options.loss);
  if (options.augment) s.augmentation = parse_augmentation(*options.augment);
  override_with(options.views, s.views);
  override_with(options.ensemble, s.ensemble);
  if (options.mirror) s.augmentation.mirror = parse_mirror(*options.mirror);
  override_with(options.select, s.select);
  override_with(options.label_smoothing, s.label_smoothing);
  override_with(options.adamw_lr, s.adamw_learning_rate);
  override_with(options.ns_steps, s.optimizer.newton_schulz_steps);
  if (options.muon_normalize) s.optimizer.normalise = true;
  override_with(options.clip_grad_norm, s.optimizer.clip_norm);
  override_with(options.model_ema_decay, s.average_decay);
  override_with(options.lookahead, s.optimizer.lookahead);
  override_with(options.lookahead_alpha, s.optimizer.lookahead_alpha);
  check_of_use(options, s);
  if (options.class_weights) s.class_weights = class_weights(*options.class_weights, data);
  if (!options.fixes.empty()) {
    s.fixes = std::make_shared<Fixes>(read_fixes(options.fixes, data.train, data.class_names));
  }
  s.validation_fraction = options.val_fraction;
  s.seed = options.seed;
  s.precision = parse_precision(options.precision);
  return s;
}

double parse_time(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string unit(end, text.data() + text.size());
  const double factor = unit == "h" ? 3600 : unit == "m" ? 60 : unit.empty() || unit == "s" ? 1 : 0;
  const double seconds = value * factor;
  if (error != std::errc() || !(seconds > 0) || seconds > 1e7) {
    throw Error(ErrorCode::usage,
                fmt::format("time: \"{}\" is no time above 0, as in 30s, 3m or 1h", text));
  }
  return seconds;
}

}  // namespace weft::cli
