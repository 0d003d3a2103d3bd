// weft train
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/threads.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/load.hpp"
#include "kernels/select.hpp"
#include "train/run_folder.hpp"
#include "train/train.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

// What was typed; a setting that was not is the preset's.
struct Options {
  std::string data = "fashion-mnist", preset, network, out;
  std::optional<std::size_t> epochs, batch_size, warmup_epochs;
  std::optional<double> lr, momentum, weight_decay, l1, l2, val_fraction;
  std::optional<std::string> optimizer, schedule, init, loss;
  bool nesterov = false, no_nesterov = false, force = false, json = false;
  std::uint64_t seed = 0;
  int threads = 0;
  std::string precision = "auto";
};

template <class To, class From>
void override_with(const std::optional<From>& typed, To& setting) {
  if (typed) setting = *typed;
}

// The preset that was asked for, if only by not asking for a network; else empty.
std::string preset_of(const Options& options) {
  return options.preset.empty() && options.network.empty() ? "mlp" : options.preset;
}

TrainSettings settings_of(const Options& options, std::size_t classes) {
  if (!options.preset.empty() && !options.network.empty()) {
    throw Error(ErrorCode::usage,
                "train: --preset and --network exclude each other: a preset has its network");
  }
  TrainSettings s;
  if (options.network.empty()) {
    s = preset(preset_of(options), classes);
  } else {
    s.network = options.network;
  }
  if (options.optimizer) set_optimizer(parse_optimizer(*options.optimizer), s);
  override_with(options.epochs, s.epochs);
  override_with(options.batch_size, s.batch_size);
  override_with(options.warmup_epochs, s.warmup_epochs);
  override_with(options.lr, s.learning_rate);
  override_with(options.momentum, s.optimizer.momentum);
  override_with(options.weight_decay, s.optimizer.weight_decay);
  override_with(options.l1, s.optimizer.l1);
  override_with(options.l2, s.optimizer.l2);
  if (options.nesterov) s.optimizer.nesterov = true;
  if (options.no_nesterov) s.optimizer.nesterov = false;
  if (options.schedule) s.schedule = parse_schedule(*options.schedule);
  if (options.init) s.initialisation = parse_initialisation(*options.init);
  if (options.loss) s.loss = parse_loss(*options.loss);
  s.validation_fraction = options.val_fraction;
  s.seed = options.seed;
  s.precision = parse_precision(options.precision);
  return s;
}

// runs/fashion-mnist-mlp, or the first of -2, -3, ... that is free.
std::filesystem::path free_run_folder(const Options& options, const std::string& dataset) {
  const std::string kind = options.network.empty() ? preset_of(options) : "network";
  const std::string base = fmt::format("runs/{}-{}", dataset, kind);
  std::filesystem::path folder = base;
  for (int i = 2; std::filesystem::exists(folder); ++i) folder = fmt::format("{}-{}", base, i);
  return folder;
}

class Progress final : public RunObserver {
 public:
  explicit Progress(std::size_t epochs) : epochs_(epochs) {}

  void on_batch(const BatchReport& report) override {
    if (!line_.due()) return;
    const double rows = static_cast<double>(report.rows_done);
    const double part =
        (static_cast<double>(report.epoch) + rows / static_cast<double>(report.rows)) /
        static_cast<double>(epochs_);
    const double seconds = seconds_since_start();
    const double rate = part * static_cast<double>(epochs_ * report.rows) / seconds;
    line_.show(fmt::format("epoch {}/{} {} loss {:.4f}  accuracy {}  {} images/s  {} left",
                           report.epoch + 1, epochs_, bar(part, 16), report.loss_so_far,
                           percent(static_cast<double>(report.correct_so_far) / rows),
                           thousands(rate), duration(seconds / part - seconds)));
  }

  void on_epoch(const HistoryRow& row) override {
    line_.clear();
    std::string text = fmt::format("epoch {}/{}  loss {:.4f}  accuracy {}", row.train.epoch + 1,
                                   epochs_, row.train.loss, percent(row.train.accuracy));
    if (!std::isnan(row.validation_accuracy)) {
      text += fmt::format("  val loss {:.4f}  {}", row.validation_loss,
                          percent(row.validation_accuracy));
    }
    say(fmt::format("{}  {} images/s", text, thousands(row.train.images_per_second)));
  }

  double seconds_since_start() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::size_t epochs_;
  ProgressLine line_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

nlohmann::ordered_json summary(const Options& options, const std::filesystem::path& folder,
                               const TrainOutcome& outcome, double seconds, int threads,
                               const std::string& digest) {
  const HistoryRow& last = outcome.history.back();
  using Json = nlohmann::ordered_json;
  const auto or_null = [](double value) { return std::isnan(value) ? Json() : Json(value); };
  return {{"run", folder.string()},
          {"model", (folder / "model.safetensors").string()},
          {"seed", options.seed},
          {"epochs", outcome.history.size()},
          {"seconds", seconds},
          {"train_size", outcome.train_size},
          {"val_size", outcome.validation_size},
          {"train_loss", last.train.loss},
          {"train_accuracy", last.train.accuracy},
          {"val_loss", or_null(last.validation_loss)},
          {"val_accuracy", or_null(last.validation_accuracy)},
          {"images_per_second", last.train.images_per_second},
          {"precision", name_of(outcome.precision)},
          {"threads", threads},
          {"data_digest", outcome.data_digest},
          {"sha256", digest}};
}

void run_train(const Options& options) {
  const Dataset data = load(options.data, true, false);
  const TrainSettings settings = settings_of(options, data.class_names.size());
  check_settings(settings, data.train, data.class_names.size());
  const std::filesystem::path folder = options.out.empty() ? free_run_folder(options, data.name)
                                                           : std::filesystem::path(options.out);
  create_run_folder(folder, options.force);
  const int threads = options.threads > 0 ? options.threads : default_threads();
  const Precision precision = resolve(settings.precision);
  if (precision == Precision::bf16 && !has_bf16_instructions()) {
    say("note: this processor has no bfloat16 instructions; they are emulated, slower than "
        "--precision f32");
  }
  say(fmt::format("{} pictures from {}\n\"{}\", {}, {} thread{}",
                  thousands(static_cast<double>(data.train.size())), data.source, settings.network,
                  name_of(precision), threads, threads == 1 ? "" : "s"));

  Progress progress(settings.epochs);
  const TrainOutcome outcome =
      train_model(data.train, data.class_names, settings, threads, progress);
  const double seconds = progress.seconds_since_start();
  const RunRequest request{
      .data = options.data, .preset = preset_of(options), .settings = settings, .threads = threads};
  const std::string digest = write_run(folder, request, outcome);
  if (options.json) {
    fmt::print("{}\n", summary(options, folder, outcome, seconds, threads, digest).dump());
    return;
  }
  fmt::print("trained in {}; the model is {}\n", duration(seconds),
             (folder / "model.safetensors").string());
  fmt::print("next: weft evaluate {} --data {}\n", folder.string(), options.data);
}

}  // namespace

void add_train(CLI::App& program) {
  auto options = std::make_shared<Options>();
  // Signed bounds: "-1" would pass as a huge unsigned number.
  const CLI::Range kCount(std::int64_t{1}, std::int64_t{1} << 31);
  CLI::App* command = program.add_subcommand("train", "Train a network on labelled pictures");
  command->add_option("--data", options->data, "\"fashion-mnist\", or a folder of IDX files")
      ->capture_default_str();
  command->add_option("--preset", options->preset,
                      "settings that are known to work: mlp (the default)");
  command->add_option("--network", options->network,
                      "layers, as in \"dense 50, sigmoid, dense 10\"");
  command->add_option("--epochs", options->epochs, "passes over the training pictures")
      ->check(kCount);
  command->add_option("--batch-size", options->batch_size, "pictures a step")->check(kCount);
  command->add_option("--lr", options->lr, "learning rate, at its highest");
  command->add_option("--optimizer", options->optimizer,
                      "sgd or adamw; brings a rate, momentum and decay that suit it");
  command->add_option("--momentum", options->momentum, "of sgd");
  command->add_flag("--nesterov", options->nesterov, "Nesterov's momentum, as sgd takes by itself");
  command->add_flag("--no-nesterov", options->no_nesterov, "plain momentum")
      ->excludes("--nesterov");
  command->add_option("--weight-decay", options->weight_decay,
                      "pull of weights towards zero, a step times the rate");
  command->add_option("--l1", options->l1, "penalty on the sum of |w|");
  command->add_option("--l2", options->l2, "penalty on half the sum of w^2");
  command->add_option("--schedule", options->schedule, "constant, step, cosine or one-cycle");
  command
      ->add_option("--warmup-epochs", options->warmup_epochs,
                   "epochs over which the rate rises from 0")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--init", options->init, "first weights: uniform, xavier or he");
  command->add_option("--loss", options->loss, "softmax or sigmoid (cross-entropies), or mse");
  command->add_option(
      "--val-fraction", options->val_fraction,
      "share held out for validation; unless given 5,000 pictures of 50,000 or more, else a tenth");
  command->add_option("--seed", options->seed, "of everything random")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("--threads", options->threads,
                   "0: all processors; the model does not depend on it")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--precision", options->precision, "auto, f32, bf16, or f64 (slow)")
      ->capture_default_str();
  command->add_option("--out", options->out, "run folder; unless given a new one under runs/");
  command->add_flag("--force", options->force, "replace a run that is in --out already");
  command->add_flag("--json", options->json, "one JSON document on standard output");
  command->footer(
      "Examples:\n"
      "  weft train --data fashion-mnist\n"
      "  weft train --data fashion-mnist --preset mlp --seed 1 --out runs/seed-1\n"
      "  weft train --data fashion-mnist --network \"dense 50, sigmoid, dense 10\" --optimizer sgd "
      "\\\n"
      "             --lr 0.1 --momentum 0.9 --epochs 10");
  command->callback([options] { run_train(*options); });
}

}  // namespace weft::cli
