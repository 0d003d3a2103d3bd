// weft audit
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "base/atomic_file.hpp"
#include "base/threads.hpp"
#include "cli/audit_findings.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/interrupt.hpp"
#include "cli/load.hpp"
#include "cli/text.hpp"
#include "cli/train_options.hpp"
#include "evaluate/metrics.hpp"
#include "train/cross_validate.hpp"
#include "weft/error.hpp"
#include "weft/predictor.hpp"

namespace weft::cli {
namespace {

using nlohmann::ordered_json;

struct Options {
  TrainOptions train;
  std::size_t folds = 5;
  std::string csv, fixes, report, probabilities;
};

constexpr std::size_t kUndecided = 60;  // that are told

class Progress final : public FoldObserver {
 public:
  explicit Progress(std::size_t folds) : folds_(folds) {}

  void on_fold(std::size_t fold, const RunLength& length) override {
    fold_ = fold;
    steps_ = length.steps;
  }
  void on_batch(const BatchReport& report) override {
    if (!line_.due()) return;
    const double part = (static_cast<double>(fold_) +
                         static_cast<double>(report.step + 1) / static_cast<double>(steps_)) /
                        static_cast<double>(folds_);
    const std::chrono::duration<double> gone = std::chrono::steady_clock::now() - start_;
    line_.show({fmt::format("fold {}/{}", fold_ + 1, folds_), bar(std::min(1.0, part), 20),
                fmt::format("{} left", duration(gone.count() / part * (1 - part)))});
  }
  void on_epoch(const HistoryRow& /*row*/) override {}
  bool wants_stop() override {
    if (Interrupt::signal() == 0) return false;
    line_.clear();
    return true;
  }

 private:
  std::size_t folds_, fold_ = 0, steps_ = 1;
  ProgressLine line_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// A preset's settings, for labels that may be wrong: pictures that the network finds hard are not
// gone through more often than others, as many of them are those with a wrong label. As many
// pictures are gone through as before.
TrainSettings audit_settings(const TrainOptions& options, const Dataset& data) {
  TrainSettings settings = settings_of(options, data);
  if (settings.select < 1 && !options.epochs) {
    const double passes = 1 + static_cast<double>(settings.epochs - 1) * settings.select;
    settings.epochs = static_cast<std::size_t>(std::max(1L, std::lround(passes)));
  }
  settings.select = 1;
  return settings;
}

// The least decided `most`, the least first.
std::vector<std::uint32_t> least_decided(const Tensor& probabilities, std::size_t most) {
  const std::size_t n = probabilities.rows(), classes = probabilities.row_elements();
  std::vector<double> spread(n);
  for (std::size_t i = 0; i < n; ++i) {
    spread[i] = spread_of(probabilities.as<float>().subspan(i * classes, classes));
  }
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return spread[i]; });
  order.resize(std::min(most, n));
  return order;
}

double agreement_of(const Tensor& probabilities, std::span<const Label> given) {
  const std::vector<Label> answers =
      most_probable(probabilities.as<float>(), probabilities.row_elements());
  std::size_t right = 0;
  for (std::size_t i = 0; i < given.size(); ++i) right += answers[i] == given[i] ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(given.size());
}

// Nothing where it was stopped.
std::optional<Findings> audit(const Options& options, const Dataset& data,
                              const TrainSettings& settings, int threads) {
  Findings found{.data = data, .folds = options.folds};
  Progress progress(options.folds);
  auto probabilities = out_of_fold_probabilities(data, settings, options.folds, threads, progress);
  if (!probabilities) return std::nullopt;
  found.probabilities = std::move(*probabilities);
  found.labels = find_label_errors(found.probabilities.as<float>(), data.class_names.size(),
                                   data.train.labels);
  found.agreement = agreement_of(found.probabilities, data.train.labels);
  found.undecided = least_decided(found.probabilities, kUndecided);
  const PictureRows pictures({&data.train.images, &data.val.images, &data.test.images});
  found.copies = find_copies(pictures, threads);
  found.defects = find_defects(pictures, threads);
  found.far = far_out(strangeness(pictures, threads));
  return found;
}

// Copies with both in the training part, or neither: of one part; else of two.
struct CopyCounts {
  std::size_t equal = 0, near = 0, across = 0;
};
CopyCounts counts_of(const Findings& found) {
  CopyCounts counts;
  for (const Copy& copy : found.copies) {
    ++(copy.exact ? counts.equal : counts.near);
    if (std::string_view(place_of(found.data, copy.first).part) !=
        place_of(found.data, copy.second).part) {
      ++counts.across;
    }
  }
  return counts;
}

ordered_json place_json(const Findings& found, std::uint32_t picture) {
  const PlaceInData place = place_of(found.data, picture);
  ordered_json json{{"part", place.part}, {"index", place.index}};
  if (!place.rows.files.empty()) json["file"] = place.rows.files[place.index];
  return json;
}

ordered_json as_json(const Findings& found, std::size_t fixes, double seconds) {
  ordered_json copies = ordered_json::array(), defects = copies, far = copies, undecided = copies,
               thresholds = copies;
  for (const Copy& copy : found.copies) {
    copies.push_back({{"first", place_json(found, copy.first)},
                      {"second", place_json(found, copy.second)},
                      {"equal", copy.exact},
                      {"likeness", copy.likeness}});
  }
  for (std::uint32_t i = 0; i < found.defects.size(); ++i) {
    if (found.defects[i] == Defect::none) continue;
    defects.push_back(place_json(found, i));
    defects.back()["defect"] = name_of(found.defects[i]);
  }
  for (const std::uint32_t i : found.far) far.push_back(place_json(found, i));
  for (const std::uint32_t i : found.undecided) undecided.push_back(place_json(found, i));
  for (const double threshold : found.labels.thresholds) {
    thresholds.push_back(std::isnan(threshold) ? ordered_json() : ordered_json(threshold));
  }
  const CopyCounts counts = counts_of(found);
  return {{"n", found.train_size()},
          {"data_digest", digest(found.data.train)},
          {"labels", found.data.class_names},
          {"folds", found.folds},
          {"agreement", found.agreement},
          {"suspects", found.labels.suspects()},
          {"estimated_noise", found.labels.noise},
          {"thresholds", thresholds},
          {"confident_joint", found.labels.joint},
          {"copies", copies},
          {"copies_equal", counts.equal},
          {"copies_across_parts", counts.across},
          {"defects", defects},
          {"far", far},
          {"undecided", undecided},
          {"proposed_fixes", fixes},
          {"seconds", seconds}};
}

void print_suspects(const Findings& found) {
  constexpr std::size_t kShown = 10;
  const LabelledImages& train = found.data.train;
  const std::size_t name = std::max<std::size_t>(widest(found.data.class_names, 24), 10);
  fmt::print("\n{:>8}  {}  {}  score\n", "index", fit("given", name), fit("looks like", name));
  for (std::size_t i = 0, shown = 0; i < train.size() && shown < kShown; ++i) {
    const std::uint32_t row = found.labels.order[i];
    if (!found.labels.suspect[row]) continue;
    ++shown;
    const std::string file = train.files.empty() ? "" : "  " + printable(train.files[row]);
    fmt::print("{:>8}  {}  {}  {:.3f}{}\n", row, fit(found.class_of(train.labels[row]), name),
               fit(found.class_of(found.labels.suggested[row]), name), found.labels.score[row],
               file);
  }
}

void print_findings(const Findings& found, double seconds) {
  const auto defects = found.defects.size() -
                       static_cast<std::size_t>(std::ranges::count(found.defects, Defect::none));
  const CopyCounts counts = counts_of(found);
  fmt::print("labels that look wrong: {} of {}; about {} of all may be\n",
             count_of(found.labels.suspects()), count_of(found.train_size()),
             percent(found.labels.noise));
  fmt::print("pictures that are there twice: {} equal, {} nearly so; {} of these in two parts\n",
             count_of(counts.equal), count_of(counts.near), count_of(counts.across));
  fmt::print("blank or cut off: {}\nunlike all others: {}\n", count_of(defects),
             count_of(found.far.size()));
  if (found.labels.suspects() > 0) print_suspects(found);
  fmt::print("\nlooked through in {}\n", duration(seconds));
}

void write_files(const Options& options, const Findings& found,
                 const std::vector<Proposal>& proposals) {
  if (!options.csv.empty()) write_suspects(options.csv, found);
  if (!options.probabilities.empty()) write_probabilities(options.probabilities, found);
  if (!options.fixes.empty()) {
    write_fixes(options.fixes, found, proposals);
    say(fmt::format("{} holds {} fixes: look them over, then weft train --data {} --fixes {}",
                    options.fixes, count_of(proposals.size()), shell_word(options.train.data),
                    shell_word(options.fixes)));
  }
  if (!options.report.empty()) {
    write_file(options.report, audit_page(found));
    say(fmt::format("{} shows the pictures", options.report));
  }
}

int run_audit(const Options& options) {
  const auto began = std::chrono::steady_clock::now();
  if (options.train.json &&
      (options.csv == "-" || options.probabilities == "-" || options.fixes == "-")) {
    throw Error(ErrorCode::usage,
                "audit: --json takes standard output, and so does a file named -: give it another "
                "name");
  }
  const Interrupt interrupt;
  const Dataset data = load(options.train.data, load_options(options.train));
  const TrainSettings settings = audit_settings(options.train, data);
  const int threads = options.train.threads > 0 ? options.train.threads : default_threads();
  say(fmt::format("{} pictures from {}, {} folds\n\"{}\", {} epochs", count_of(data.train.size()),
                  data.source, options.folds, settings.network, settings.epochs));
  const std::optional<Findings> found = audit(options, data, settings, threads);
  if (!found) {
    say("stopped; nothing has been written");
    return Interrupt::exit_code();
  }
  const std::vector<Proposal> proposals = propose_fixes(*found);
  write_files(options, *found, proposals);
  const std::chrono::duration<double> gone = std::chrono::steady_clock::now() - began;
  if (options.train.json) {
    fmt::print("{}\n", as_json(*found, proposals.size(), gone.count())
                           .dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  } else if (options.csv != "-" && options.probabilities != "-" && options.fixes != "-") {
    print_findings(*found, gone.count());
  }
  return 0;
}

void add_audit_options(CLI::App& command, Options& options) {
  TrainOptions& train = options.train;
  train.preset = "quick";
  command.add_option("--data", train.data, "\"fashion-mnist\", or a data set's folder or file")
      ->type_name("DATA")
      ->capture_default_str();
  command
      .add_option("--label-column", train.label_column,
                  "of CSV: the labels' column by name, \"first\" or \"last\"")
      ->type_name("NAME");
  add_photo_options(command, train.image_size, train.strict);
  command
      .add_option("--csv", options.csv,
                  "write every training picture, the most suspect first: index, given, suggested, "
                  "score; - is standard output")
      ->type_name("FILE");
  command
      .add_option("--fixes", options.fixes,
                  "write what might be done about it, as weft train --fixes takes it")
      ->type_name("FILE");
  command.add_option("--report", options.report, "write a page with the pictures")
      ->type_name("FILE");
  command
      .add_option("--probabilities", options.probabilities,
                  "write what the networks said of the pictures they had not seen")
      ->type_name("FILE");
  command.add_option("--folds", options.folds, "networks, each for the pictures it has not seen")
      ->check(CLI::Range(2, 20))
      ->capture_default_str();
  command.add_option("--preset", train.preset, "their settings")->capture_default_str();
  command.add_option("--network", train.network, "layers in place of the preset's");
  command.add_option("--epochs", train.epochs, "passes over what each is trained on")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 31));
  command.add_option("--seed", train.seed, "of everything random")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command.add_option("--threads", train.threads, "0: all processors; nothing depends on it")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command.add_option("--precision", train.precision, "of the arithmetic")
      ->type_name("{auto,f32,bf16,f64}")
      ->capture_default_str();
  command.add_flag("--json", train.json, "one JSON document on standard output");
}

}  // namespace

void add_audit(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "audit", "Find wrong labels, pictures that are there twice, and odd ones");
  add_audit_options(*command, *options);
  command->footer(
      "Nothing of the data is changed. Labels are judged by networks that have not seen the\n"
      "picture (confident learning); the test part is looked at for copies alone.\n\n"
      "Examples:\n"
      "  weft audit --data photos --report audit.html\n"
      "  weft audit --data shoes.csv --csv suspects.csv --fixes fixes.csv\n"
      "  weft train --data shoes.csv --fixes fixes.csv");
  command->callback([options] {
    const int code = run_audit(*options);
    if (code != 0) throw CLI::RuntimeError(code);
  });
}

}  // namespace weft::cli
