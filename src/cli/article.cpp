// weft article: its experiments one by one, with what to expect and what came out.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "article/expected.hpp"
#include "article/experiment.hpp"
#include "article/xor.hpp"
#include "base/atomic_file.hpp"
#include "cli/article_story.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/interrupt.hpp"
#include "cli/load.hpp"
#include "cli/map_progress.hpp"
#include "kernels/select.hpp"
#include "report/article_report.hpp"
#include "report/page.hpp"
#include "report/page_map.hpp"
#include "weft/error.hpp"

namespace weft::cli {
namespace {

struct Options {
  std::string data = "fashion-mnist", pixels = "scaled", precision = "auto", report;
  std::size_t epochs = 300, accuracy_every = 0;
  int threads = 0;
  bool json = false;
};

nlohmann::ordered_json as_json(const ClassifierResult& result) {
  return {{"train_size", result.train_size},
          {"test_size", result.test_size},
          {"first_train_labels", result.first_train_labels},
          {"first_test_labels", result.first_test_labels},
          {"error_by_epoch", result.error_by_epoch},
          {"train_accuracy", result.train_accuracy},
          {"test_accuracy", result.test_accuracy},
          {"accuracy_by_epoch", result.accuracy_by_epoch},
          {"seconds", result.seconds},
          {"precision", name_of(result.precision)}};
}

void run_softmax(bool json) {
  const std::vector<double> values = softmax(kSoftmaxInput);
  if (json) {
    fmt::print("{}\n", nlohmann::ordered_json{{"softmax", values}}.dump());
  } else {
    tell_softmax();
  }
}

void run_xor(bool json) {
  if (!json) {
    tell_xor();
    return;
  }
  const XorResult result = learn_xor();
  fmt::print("{}\n", nlohmann::ordered_json{{"error_sums", result.error_sums},
                                            {"prediction", result.predictions[1]}}
                         .dump());
}

void run_one_classifier(const Options& options) {
  const Dataset data = load(options.data, {.val = false, .test = false});
  const ClassifierExperiment experiment{.scaled = options.pixels == "scaled",
                                        .precision = parse_precision(options.precision),
                                        .epochs = options.epochs,
                                        .accuracy_every = options.accuracy_every,
                                        .threads = options.threads};
  if (options.json) {
    const ClassifierResult result =
        run_classifier(data.train, experiment, show_epochs(options.epochs));
    fmt::print("{}\n", as_json(result).dump());
  } else {
    tell_classifier(data, experiment);
  }
}

void run_story(const Options& options) {
  const Dataset data = load(options.data, {.val = false, .test = false});
  tell_data(data);
  tell_softmax();
  tell_sigmoid();
  const XorResult learned_xor = tell_xor();
  const Precision precision = parse_precision(options.precision);
  std::vector<ArticleRun> runs;
  for (const bool scaled : {false, true}) {
    runs.push_back({scaled, tell_classifier(data, {.scaled = scaled,
                                                   .precision = precision,
                                                   .epochs = options.epochs,
                                                   .threads = options.threads})});
  }
  if (options.report.empty()) return;
  const Split split = article_split(data.train.size());
  const LabelledImages held_out = gather(data.train, split.held_out);
  const Interrupt interrupt;
  auto map = with_map_progress([&](const MapProgress& progress) {
    return page_map(held_out, split.held_out, {}, pixels_of,
                    {held_out.size(), MapSettings().iterations}, options.threads, progress);
  });
  const auto document = article_report(data, learned_xor, runs, std::move(map));
  write_file(options.report, page("The article - weft", document));
  say(fmt::format("{} holds the page", options.report));
}

void add_run_options(CLI::App& command, const std::shared_ptr<Options>& options) {
  command.add_option("--data", options->data, "\"fashion-mnist\", or its folder")
      ->capture_default_str();
  command.add_option("--epochs", options->epochs, "passes over the 48,000 pictures")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1000000}))
      ->capture_default_str();
  command.add_option("--precision", options->precision, "auto, f32, bf16, or f64 (slow)")
      ->capture_default_str();
  command.add_option("--threads", options->threads, "0: all processors")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
}

}  // namespace

void add_article(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand(
      "article", "The article that weft grew from: every experiment, expected and measured");
  command->require_subcommand(0, 1);
  add_run_options(*command, options);
  command
      ->add_option("--report", options->report,
                   "of the whole story: write a page with its figures to this file")
      ->type_name("FILE");
  command->footer(
      "Examples:\n"
      "  weft article                  the whole story\n"
      "  weft article --epochs 30      the same, shorter\n"
      "  weft article --report article.html\n"
      "  weft article xor --json\n"
      "  weft article classifier --pixels scaled --precision f64 --epochs 3 --json");

  CLI::App* softmax_command = command->add_subcommand("softmax", "Softmax of 2, 4, 6, 8");
  softmax_command->add_flag("--json", options->json, "one JSON document on standard output");
  softmax_command->callback([options] { run_softmax(options->json); });

  CLI::App* xor_command =
      command->add_subcommand("xor", "A network of three hidden units learns exclusive or");
  xor_command->add_flag("--json", options->json, "one JSON document on standard output");
  xor_command->callback([options] { run_xor(options->json); });

  CLI::App* classifier =
      command->add_subcommand("classifier", "The classifier on raw or scaled pixels");
  add_run_options(*classifier, options);
  classifier->add_option("--pixels", options->pixels, "raw (0..255), or scaled by column")
      ->check(CLI::IsMember({"raw", "scaled"}))
      ->capture_default_str();
  classifier
      ->add_option("--accuracy-every", options->accuracy_every,
                   "measure both accuracies every so many epochs; 0: only at the end")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  classifier->add_flag("--json", options->json, "one JSON document on standard output");
  classifier->callback([options] { run_one_classifier(*options); });

  command->final_callback([command, options] {
    if (command->get_subcommands().empty()) {
      run_story(*options);
    } else if (!options->report.empty()) {
      throw Error(ErrorCode::usage,
                  "article: --report is of the whole story: leave out the experiment");
    }
  });
}

}  // namespace weft::cli
