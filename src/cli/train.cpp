// weft train
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/threads.hpp"
#include "base/version.hpp"
#include "cli/classes.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/console.hpp"
#include "cli/interrupt.hpp"
#include "cli/load.hpp"
#include "cli/report_page.hpp"
#include "cli/train_options.hpp"
#include "cli/train_progress.hpp"
#include "evaluate/metrics.hpp"
#include "kernels/select.hpp"
#include "train/run_folder.hpp"
#include "train/train.hpp"
#include "weft/error.hpp"
#include "weft/predictor.hpp"

namespace weft::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

// Options that say where and how, but not what is trained.
const std::vector<std::string> kNotInConfig{"config", "out", "resume", "force", "json"};

// Finished asking: what a run needs.
struct Job {
  TrainOptions options;
  std::string source;                     // of the pictures
  std::optional<std::size_t> image_size;  // that photos were made to
  TrainSettings settings;
  PreparedData data;
  int threads = 1;
};

// runs/fashion-mnist-mlp, or the first of -2, -3, ... that is free.
fs::path free_run_folder(const TrainOptions& options, const std::string& dataset) {
  const std::string kind = preset_of(options).empty() ? "network" : preset_of(options);
  const std::string base = fmt::format("runs/{}-{}", dataset, kind);
  fs::path folder = base;
  for (int i = 2; fs::exists(folder); ++i) folder = fmt::format("{}-{}", base, i);
  return folder;
}

// What repeats this run from any folder: paths become absolute, a time the steps it came to.
std::string config_text(const CLI::App& command, const Job& job) {
  ordered_json config = config_of(command, kNotInConfig);
  config["data"] = job.options.data;
  if (!preset_of(job.options).empty()) config["preset"] = preset_of(job.options);
  for (const char* key : {"data", "init-from", "class-weights", "fixes"}) {
    std::error_code ignored;
    if (!config.contains(key) || !config[key].is_string()) continue;
    const fs::path path = config[key].get<std::string>();
    if (fs::exists(path, ignored)) config[key] = fs::absolute(path).lexically_normal().string();
  }
  if (job.image_size) config["image-size"] = *job.image_size;
  if (job.options.time && job.settings.steps) {
    config.erase("time");
    config["steps"] = *job.settings.steps;
  }
  return config.dump(2);
}

std::string run_text(const Job& job) {
  ordered_json run;
  run["version"] = version();
  run["data"] = job.options.data;
  run["source"] = job.source;
  run["data_digest"] = job.data.digest;
  if (!preset_of(job.options).empty()) run["preset"] = preset_of(job.options);
  if (job.options.time) run["time"] = *job.options.time;
  run["threads"] = job.threads;
  run["settings"] = as_json(job.settings, resolve(job.settings.precision));
  run["machine"] = {{"instructions", instruction_set()}, {"bf16", has_bf16_instructions()}};
  return run.dump(2);
}

void say_what_starts(const Job& job) {
  const Precision precision = resolve(job.settings.precision);
  if (precision == Precision::bf16 && !has_bf16_instructions()) {
    say("note: this processor has no bfloat16 instructions; they are emulated, slower than "
        "--precision f32");
  }
  if (const Fixes* fixes = job.settings.fixes.get()) {
    const auto count = [](std::size_t n) { return thousands(static_cast<double>(n)); };
    say(fmt::format("{} pictures with another label, {} left out, by {}",
                    count(fixes->relabelled()), count(fixes->left_out()), job.options.fixes));
  }
  if (job.data.validation.size() == 0) {
    say("note: nothing is held out, so there is no validation accuracy, and nothing to choose a "
        "threshold or an end by");
  }
  const std::size_t classes = job.data.class_names.size();
  const std::set<Label> seen(job.data.train.labels.begin(), job.data.train.labels.end());
  if (seen.size() < classes) {
    say(fmt::format("note: {} of the {} classes have no pictures to learn from",
                    classes - seen.size(), classes));
  }
  const auto count = [](const LabelledImages& part) {
    return thousands(static_cast<double>(part.size()));
  };
  say(fmt::format("{} pictures from {}, {} more for validation\n\"{}\", {}, {} thread{}",
                  count(job.data.train), job.source, count(job.data.validation),
                  job.settings.network, name_of(precision), job.threads,
                  job.threads == 1 ? "" : "s"));
}

ordered_json summary(const Job& job, const fs::path& folder, const TrainOutcome& outcome,
                     double seconds, const std::string& digest) {
  const HistoryRow& last = outcome.history.back();
  const auto or_null = [](double value) {
    return std::isnan(value) ? ordered_json() : ordered_json(value);
  };
  return {{"run", folder.string()},
          {"model", (folder / "model.safetensors").string()},
          {"seed", job.settings.seed},
          {"epochs", outcome.history.size()},
          {"seconds", seconds},
          {"train_size", job.data.train.size()},
          {"val_size", job.data.validation.size()},
          {"train_loss", last.train.loss},
          {"train_accuracy", last.train.accuracy},
          {"val_loss", or_null(outcome.validation_loss)},
          {"val_accuracy", or_null(outcome.validation_accuracy)},
          {"images_per_second", last.train.images_per_second},
          {"precision", name_of(outcome.precision)},
          {"threads", job.threads},
          {"data_digest", job.data.digest},
          {"sha256", digest}};
}

// What the data's test part says of the model; nothing where there is none.
std::optional<Metrics> test_metrics(const Job& job, const Model& model) try {
  LoadOptions test = load_options(job.options);
  test.train = test.val = false;
  test.image_size.reset();
  test.like = model.input;
  const Dataset data = load(job.options.data, test, false);
  if (data.test.size() == 0) return std::nullopt;
  Predictor predictor(model, job.threads);
  return measure(predictor.probabilities(data.test.images).as<float>(), model.class_names.size(),
                 labels_for(model, data, data.test.labels));
} catch (const Error& error) {
  if (error.code() != ErrorCode::bad_input) throw;
  say(fmt::format("note: no test part was measured: {}", error.what()));
  return std::nullopt;
}

// Writes the run's page; the run is done, so that it could not be written is said and no more.
bool write_page(const RunFolder& folder, const Job& job, const Model& model) try {
  const PreparedData& data = job.data;
  const ReportedPart part{
      "val",
      data.own_validation ? "the data's own validation part" : "what was held out of training",
      data.validation, data.validation_rows};
  write_run_page(folder.report_file(), folder.path(),
                 {&model, data.validation.size() > 0 ? &part : nullptr, &data.train, job.threads});
  return true;
} catch (const std::exception& error) {
  say(fmt::format("note: the run is done, but its page could not be written: {}", error.what()));
  return false;
}

// How the run ended, where it was not simply by its length.
std::string ending(const Job& job, const TrainOutcome& outcome) {
  const TrainSettings& s = job.settings;
  const double reached = outcome.history.back().validation_accuracy;
  if (s.target && reached >= *s.target) {
    return fmt::format("validation has reached the target of {}\n", percent(*s.target));
  }
  if (s.patience > 0 && has_ended(outcome.history, s.patience, 0)) {
    return fmt::format("validation has not become better for {} epochs\n", s.patience);
  }
  if (!s.target) return "";
  return fmt::format("validation has not reached the target of {}, but {}\n", percent(*s.target),
                     percent(reached));
}

Job make_job(const TrainOptions& options) {
  Job job;
  job.options = options;
  LoadOptions train = load_options(options);
  train.test = false;
  Dataset dataset = load(options.data, train);
  job.source = dataset.source;
  if (dataset.format == "photos") job.image_size = dataset.train.images.shape()[2];
  job.settings = settings_of(options, dataset);
  job.threads = options.threads > 0 ? options.threads : default_threads();
  if (options.out.empty() && options.resume.empty()) {
    job.options.out = free_run_folder(options, dataset.name).string();
  }
  job.data = prepare(std::move(dataset), job.settings);
  return job;
}

RunFolder open_folder(const TrainOptions& options) {
  if (!options.resume.empty()) return RunFolder::open(options.resume);
  return RunFolder::create(options.out, options.force);
}

// Sizes a run that was asked for by time; what it comes to is written down before it begins.
void size_to_time(Job& job, std::chrono::steady_clock::time_point began) {
  if (!job.options.time) return;
  const std::chrono::duration<double> gone = std::chrono::steady_clock::now() - began;
  const double seconds = std::max(0.1, parse_time(*job.options.time) - gone.count());
  job.settings.steps = steps_within(job.data, job.settings, job.threads,
                                    seconds / static_cast<double>(job.settings.ensemble));
}

// Returns the program's exit code.
int train_in(const RunFolder& folder, const Job& job) {
  const RunLength length = length_of(job.data, job.settings);
  Checkpoints checkpoints;
  checkpoints.from = folder.read_checkpoint();
  checkpoints.save = [&](const Checkpoint& checkpoint) { folder.write(checkpoint); };
  if (!job.options.resume.empty()) {
    const TrainingPosition at = checkpoints.from ? checkpoints.from->position : TrainingPosition{};
    const std::size_t finished = checkpoints.from ? checkpoints.from->finished : 0;
    say(folder.is_complete()
            ? "the run is complete already"
            : fmt::format("going on after {} of {} steps",
                          at.step + finished * (length.steps / job.settings.ensemble),
                          length.steps));
  }

  TrainProgress progress(length.epochs, length.steps);
  const TrainOutcome outcome =
      train_model(job.data, job.settings, job.threads, progress, checkpoints);
  if (!outcome.complete) {
    say(fmt::format("stopped; nothing is lost. Go on with: weft train --resume {}",
                    folder.path().string()));
    return Interrupt::exit_code();
  }
  const std::string digest = folder.write(outcome.model);
  const double seconds = progress.seconds_since_start();
  const bool has_page = write_page(folder, job, outcome.model);
  // Whoever asks for an accuracy wants to know of pictures that decided nothing.
  const auto test = job.settings.target ? test_metrics(job, outcome.model) : std::nullopt;
  if (job.options.json) {
    ordered_json answer = summary(job, folder.path(), outcome, seconds, digest);
    if (has_page) answer["report"] = folder.report_file().string();
    if (test) {
      answer["test_accuracy"] = test->accuracy;
      answer["test_accuracy_interval"] = {test->accuracy_interval.low,
                                          test->accuracy_interval.high};
    }
    fmt::print("{}\n", answer.dump());
    return 0;
  }
  fmt::print("{}", ending(job, outcome));
  if (test) {
    fmt::print("on the {} test pictures: {}, 95 % interval {:.2f} to {:.2f} %\n",
               thousands(static_cast<double>(test->n)), percent(test->accuracy),
               100 * test->accuracy_interval.low, 100 * test->accuracy_interval.high);
  }
  fmt::print("trained in {}; the model is {}\n", duration(seconds), folder.model_file().string());
  if (has_page) fmt::print("what it learned, in pictures: {}\n", folder.report_file().string());
  fmt::print("next: weft evaluate {} --data {}\n", folder.path().string(), job.options.data);
  return 0;
}

int run_train(CLI::App& command, TrainOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  const Interrupt interrupt;
  if (!options.resume.empty()) {
    const ordered_json also = config_of(command, {"resume", "threads", "json"});
    if (!also.empty()) {
      throw Error(ErrorCode::usage,
                  fmt::format("train: --resume goes by the run's own options: leave out --{}",
                              also.begin().key()));
    }
    apply_config_file(command, RunFolder::open(options.resume).config_file().string(),
                      kNotInConfig);
  }
  if (!options.config.empty()) apply_config_file(command, options.config, kNotInConfig);
  Job job = make_job(options);
  const RunFolder folder = open_folder(job.options);
  folder.write_config(config_text(command, job));
  size_to_time(job, began);
  if (job.options.time) folder.write_config(config_text(command, job));
  folder.write_run(run_text(job));
  say_what_starts(job);
  return train_in(folder, job);
}

}  // namespace

void add_train(CLI::App& program) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* command = program.add_subcommand("train", "Train a network on labelled pictures");
  add_options(*command, *options);
  command->footer(
      "Examples:\n"
      "  weft train --data fashion-mnist\n"
      "  weft train --data fashion-mnist --time 30s --out runs/half-a-minute\n"
      "  weft train --data photos --image-size 64     a folder a class, in train, val, test or "
      "without\n"
      "  weft train --data shoes.csv --target 0.95 --patience 5 --epochs 100\n"
      "  weft train --resume runs/half-a-minute\n"
      "  weft train --config runs/half-a-minute/config.json --seed 1\n"
      "  weft train --data fashion-mnist --epochs 3 --network \\\n"
      "    \"conv 32 3x3, batchnorm, relu, maxpool 2, conv 64 3x3, batchnorm, relu, globalmaxpool, "
      "dense 10\"\n"
      "  weft train --data fashion-mnist --network \"dense 50, sigmoid, dense 10\" --optimizer sgd "
      "\\\n"
      "             --lr 0.1 --momentum 0.9 --epochs 10");
  command->callback([command, options] {
    const int code = run_train(*command, *options);
    if (code != 0) throw CLI::RuntimeError(code);
  });
}

}  // namespace weft::cli
