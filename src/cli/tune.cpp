// weft tune
#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/atomic_file.hpp"
#include "base/threads.hpp"
#include "cli/commands.hpp"
#include "cli/config.hpp"
#include "cli/console.hpp"
#include "cli/interrupt.hpp"
#include "cli/load.hpp"
#include "cli/text.hpp"
#include "cli/train_options.hpp"
#include "data/gzip.hpp"
#include "train/run_folder.hpp"
#include "train/tune.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

struct Options {
  TrainOptions train;
  std::string time = "10m";
};

const std::vector<std::string> kNotInConfig{"out", "resume", "force", "json"};

fs::path search_file(const RunFolder& folder) {
  return folder.path() / "tune.json";
}

// What trains a candidate in full.
std::string command_for(const Options& options, const TrainSettings& base,
                        const Candidate& candidate) {
  const TrainSettings s = with(candidate, base);
  const std::string preset = preset_of(options.train);
  std::string command = fmt::format("weft train --data {}", shell_word(options.train.data));
  if (options.train.image_size) {
    command += fmt::format(" --image-size {}", *options.train.image_size);
  }
  if (!preset.empty()) command += " --preset " + preset;
  if (preset.empty() || s.network != base.network || !options.train.network.empty()) {
    command += " --network " + shell_word(s.network);
  }
  command += fmt::format(" --lr {:g}", s.learning_rate);
  if (s.optimizer.kind == OptimizerKind::muon) {
    command += fmt::format(" --adamw-lr {:g}", s.adamw_learning_rate);
  }
  command +=
      fmt::format(" --weight-decay {:g} --label-smoothing {:g} --augment {}",
                  s.optimizer.weight_decay, s.label_smoothing, shell_word(text_of(s.augmentation)));
  return command;
}

class Progress final : public SearchObserver {
 public:
  Progress(const RunFolder& folder, const TrainSettings& settings)
      : folder_(folder), settings_(settings) {}

  void on_trial(const Search& search, const Trial& next) override {
    trial_ = next;
    all_ = trials_of_all(search);
    done_ = search.trials.size();
    step_ = 0;
  }
  void on_batch(const BatchReport& /*report*/) override {
    ++step_;
    if (!line_.due()) return;
    const double part = static_cast<double>(step_) / static_cast<double>(trial_.steps);
    line_.show({fmt::format("trial {}/{}", done_ + 1, all_), bar(std::min(1.0, part), 12),
                fmt::format("{} steps", thousands(static_cast<double>(trial_.steps)))});
  }
  void on_result(const Search& search) override {
    write_file(search_file(folder_), as_json(search).dump());
    const Trial& trial = search.trials.back();
    const Candidate& c = search.candidates[trial.candidate];
    line_.leave({fmt::format("trial {}/{}", search.trials.size(), all_),
                 percent(trial.validation_accuracy),
                 fmt::format("{} steps", thousands(static_cast<double>(trial.steps))),
                 fmt::format("lr {:.3g}", settings_.learning_rate * c.rate),
                 fmt::format("decay {:.3g}", c.weight_decay), fmt::format("width {:g}", c.width),
                 fmt::format("smoothing {:g}", c.label_smoothing), c.augment});
  }
  bool wants_stop() override {
    if (Interrupt::signal() == 0) return false;
    line_.clear();
    return true;
  }

 private:
  const RunFolder& folder_;
  const TrainSettings& settings_;
  ProgressLine line_;
  Trial trial_;
  std::size_t all_ = 0, done_ = 0, step_ = 0;
};

void print_table(const Search& search, const TrainSettings& base) {
  fmt::print("{:>8}{:>12}{:>10}{:>8}{:>10}{:>11}  {}\n", "steps", "validation", "lr", "width",
             "decay", "smoothing", "augment");
  for (const Trial& trial : ranking(search)) {
    const Candidate& c = search.candidates[trial.candidate];
    fmt::print("{:>8}{:>12}{:>10.3g}{:>8g}{:>10.3g}{:>11g}  {}\n", trial.steps,
               percent(trial.validation_accuracy), base.learning_rate * c.rate, c.width,
               c.weight_decay, c.label_smoothing, c.augment);
  }
}

int run_tune(CLI::App& command, Options& options) {
  const auto began = std::chrono::steady_clock::now();
  const Interrupt interrupt;
  TrainOptions& train = options.train;
  const bool resumes = !train.resume.empty();
  if (resumes) {
    apply_config_file(command, RunFolder::open(train.resume).config_file().string(), kNotInConfig);
  }
  LoadOptions load_train = load_options(train);
  load_train.test = false;
  Dataset dataset = load(train.data, load_train);
  const bool photos = dataset.format == "photos";
  const std::size_t side = photos ? dataset.train.images.shape()[2] : 0;
  if (train.out.empty()) train.out = fmt::format("runs/{}-tune", dataset.name);
  TrainSettings base = settings_of(train, dataset);
  base.target.reset();
  base.patience = 0;
  base.ensemble = 1;  // what suits one network suits several
  const int threads = train.threads > 0 ? train.threads : default_threads();
  const PreparedData data = prepare(std::move(dataset), base);
  if (data.validation.size() == 0) {
    throw Error(ErrorCode::usage,
                "tune: it chooses by the validation part, but nothing is held out: give "
                "--val-fraction, such as 0.1");
  }
  const RunFolder folder =
      resumes ? RunFolder::open(train.resume) : RunFolder::create(train.out, train.force);
  Search search;
  const fs::path file = search_file(folder);
  if (resumes && fs::exists(file)) {
    constexpr std::size_t kMostBytes = std::size_t{1} << 24;
    const FileBytes bytes = read_file(file, kMostBytes);
    search = parse_search({bytes.span().begin(), bytes.span().end()}, file.string());
  } else {
    const std::chrono::duration<double> gone = std::chrono::steady_clock::now() - began;
    const double seconds = std::max(0.1, parse_time(options.time) - gone.count());
    search = plan_search(data, base, steps_within(data, base, threads, seconds));
    ordered_json config = config_of(command, kNotInConfig);
    std::error_code ignored;
    const bool is_path = fs::exists(train.data, ignored);
    if (photos) config["image-size"] = side;
    config["data"] = is_path ? fs::absolute(train.data).lexically_normal().string() : train.data;
    write_file(file,
               as_json(search).dump());  // first: where there is a configuration, this is its own
    folder.write_config(config.dump(2));
  }
  say(fmt::format("{} candidates, the first with the settings as they are; {} trials done",
                  search.candidates.size(), search.trials.size()));

  Progress progress(folder, base);
  Checkpoints checkpoints;
  checkpoints.from = folder.read_checkpoint();
  checkpoints.save = [&](const Checkpoint& checkpoint) { folder.write(checkpoint); };
  if (!run_search(data, base, threads, progress, std::move(checkpoints), search)) {
    say(fmt::format("stopped; nothing is lost. Go on with: weft tune --resume {}",
                    folder.path().string()));
    return Interrupt::exit_code();
  }
  const Trial best = ranking(search).front();
  const std::string train_command = command_for(options, base, search.candidates[best.candidate]);
  if (train.json) {
    ordered_json answer = as_json(search);
    answer["run"] = folder.path().string();
    answer["best"] = best.candidate;
    answer["val_accuracy"] = best.validation_accuracy;
    answer["command"] = train_command;
    fmt::print("{}\n", answer.dump());
    return 0;
  }
  print_table(search, base);
  fmt::print("\nthe best, in full:\n{}\n", train_command);
  return 0;
}

}  // namespace

void add_tune(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "tune", "Search for settings, for a given time, by successive halving");
  TrainOptions& train = options->train;
  command->add_option("--data", train.data, "\"fashion-mnist\", or a data set's folder or file")
      ->type_name("DATA")
      ->capture_default_str();
  command->add_option("--label-column", train.label_column,
                      "of CSV: the labels' column by name, \"first\" or \"last\"");
  add_photo_options(*command, train.image_size, train.strict);
  command->add_option("--preset", train.preset, "what to begin with, \"default\" unless given");
  command->add_option("--network", train.network, "layers in place of the preset's");
  command->add_option("--time", options->time, "how long to search, as in 30s, 3m, 1h")
      ->type_name("TIME")
      ->capture_default_str();
  command->add_option("--val-fraction", train.val_fraction, "share held out to choose by");
  command->add_option("--seed", train.seed, "of everything random")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--threads", train.threads, "0: all processors")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--precision", train.precision, "of the arithmetic")
      ->type_name("{auto,f32,bf16,f64}")
      ->capture_default_str();
  command->add_option("--out", train.out, "folder of the search; unless given one under runs/")
      ->type_name("PATH");
  command->add_option("--resume", train.resume, "go on with the search in this folder")
      ->type_name("PATH");
  command->add_flag("--force", train.force, "replace what is in --out already");
  command->add_flag("--json", train.json, "one JSON document on standard output");
  command->footer(
      "Many settings (learning rate, weight decay, width, label smoothing, augmentation) are "
      "tried\n"
      "for a short run each, the best third for one three times as long, and so on, by the\n"
      "accuracy on the validation part. The test part is not looked at.\n\n"
      "Examples:\n"
      "  weft tune --data fashion-mnist --preset quick --time 20m\n"
      "  weft tune --data shoes.csv --time 1h --out runs/shoes-tune\n"
      "  weft tune --resume runs/shoes-tune");
  command->callback([command, options] {
    const int code = run_tune(*command, *options);
    if (code != 0) throw CLI::RuntimeError(code);
  });
}

}  // namespace weft::cli
