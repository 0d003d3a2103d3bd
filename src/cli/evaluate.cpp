// weft evaluate
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/answers.hpp"
#include "cli/classes.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/evaluation_table.hpp"
#include "cli/options.hpp"
#include "cli/parts.hpp"
#include "cli/report_page.hpp"
#include "evaluate/metrics.hpp"
#include "evaluate/sets.hpp"
#include "model/views.hpp"
#include "weft/error.hpp"
#include "weft/model.hpp"
#include "weft/predictor.hpp"

namespace weft::cli {
namespace {

struct Options {
  ModelOnData on;
  std::string csv, report;
  std::optional<double> coverage;
  bool json = false;
};

nlohmann::ordered_json as_json(const ClassMetrics& m) {
  return {{"precision", m.precision}, {"recall", m.recall}, {"f1", m.f1}, {"support", m.support}};
}

nlohmann::ordered_json as_json(const Metrics& m, const std::vector<std::string>& names,
                               const std::vector<View>& views, const std::string& split,
                               double seconds) {
  nlohmann::ordered_json classes = nlohmann::ordered_json::array();
  for (std::size_t c = 0; c < names.size(); ++c) {
    nlohmann::ordered_json entry{{"label", names[c]}};
    entry.update(as_json(m.per_class[c]));
    classes.push_back(entry);
  }
  return {{"accuracy", m.accuracy},
          {"accuracy_interval", {m.accuracy_interval.low, m.accuracy_interval.high}},
          {"top3_accuracy", m.top3_accuracy},
          {"n", m.n},
          {"split", split},
          {"log_loss", m.log_loss},
          {"brier_score", m.brier_score},
          {"calibration_error", m.calibration_error},
          {"per_class", classes},
          {"macro_average", as_json(m.macro_average)},
          {"weighted_average", as_json(m.weighted_average)},
          {"confusion_matrix", m.confusion_matrix},
          {"views", texts_of(views)},
          {"seconds", seconds}};
}

nlohmann::ordered_json as_json(const SetMetrics& m, double asked,
                               const std::vector<std::string>& names) {
  nlohmann::ordered_json classes = nlohmann::ordered_json::array();
  for (std::size_t c = 0; c < names.size(); ++c) {
    classes.push_back({{"label", names[c]}, {"coverage", m.per_class[c]}});
  }
  return {{"asked", asked},
          {"coverage", m.coverage},
          {"coverage_interval", {m.coverage_interval.low, m.coverage_interval.high}},
          {"mean_size", m.mean_size},
          {"alone", m.alone},
          {"per_class", classes}};
}

// The share of the pictures that the model takes for none of its classes.
double share_of_none(const Answers& answers, const Predictor& predictor) {
  const auto count = std::ranges::count_if(answers.predictions.evidence, [&](float evidence) {
    return predictor.is_none_of_these(evidence);
  });
  return static_cast<double>(count) / static_cast<double>(answers.size());
}

void run_evaluate(const Options& options) {
  if (options.csv == "-" && options.json) {
    throw Error(ErrorCode::usage,
                "evaluate: --csv - and --json both take standard output: give --csv a file");
  }
  const auto start = std::chrono::steady_clock::now();
  const Model model = load_model(options.on);
  require_coverage(model, options.coverage);
  Predictor predictor(model, options.on.threads);
  LoadOptions load_options;
  load_options.label_column = options.on.label_column;
  load_options.strict = options.on.strict;
  LoadedPart loaded = load_part(options.on.data, options.on.split, load_options, model);
  Part& part = loaded.part;
  if (part.rows.labels.size() != part.rows.size()) {
    throw Error(ErrorCode::bad_input,
                fmt::format("evaluate: {} has {} pictures but {} labels: measuring needs one each",
                            loaded.data.source, part.rows.size(), part.rows.labels.size()));
  }
  const std::vector<Label> labels = labels_for(model, loaded.data, part.rows.labels);
  Answers answers{model.class_names, part.index, predictor.predict(part.rows.images)};
  const Metrics metrics =
      measure(answers.predictions.probabilities.as<float>(), model.class_names.size(), labels);
  std::optional<SetMetrics> sets;
  if (options.coverage) {
    answers.add_sets(predictor, *options.coverage);
    sets = measure_sets(answers.sets, model.class_names.size(), labels);
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!options.csv.empty()) {
    for (const Label label : labels) answers.given.push_back(model.class_names[label]);
    write_csv(options.csv, answers, true);
    if (options.csv != "-") say(fmt::format("{} holds the answers", options.csv));
  }
  if (!options.report.empty()) {
    part.rows.labels = labels;
    write_evaluation_page(options.report, options.on.model, model, loaded.data.name,
                          {part.name, part.why, part.rows, part.index}, options.on.threads);
    say(fmt::format("{} holds the page", options.report));
  }
  if (options.json) {
    auto document = as_json(metrics, model.class_names, model.views, part.name, seconds);
    if (!model.evidence.empty()) document["none_of_these"] = share_of_none(answers, predictor);
    if (sets) document["sets"] = as_json(*sets, *options.coverage, model.class_names);
    fmt::print("{}\n", document.dump());
  } else if (options.csv != "-") {
    if (model.views.size() > 1 || model.members > 1) {
      fmt::print("each answer is the mean over {} network{} and {} view{} of the picture\n",
                 model.members, model.members == 1 ? "" : "s", model.views.size(),
                 model.views.size() == 1 ? "" : "s");
    }
    print_evaluation(metrics, model.class_names, output_columns());
    if (sets) print_sets(*sets, *options.coverage, model.class_names, output_columns());
  }
}

}  // namespace

void add_evaluate(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command = program.add_subcommand("evaluate", "Measure a model on a data set");
  add_model_on_data(*command, options->on);
  command
      ->add_option("--csv", options->csv,
                   "write every answer to this file: index, given, label, probability, and a "
                   "column a class; \"-\" is standard output")
      ->type_name("FILE");
  add_coverage(*command, options->coverage,
               "measure sets of classes that are to hold the right one this often, 0.95 for one");
  command
      ->add_option("--report", options->report,
                   "write a page of its own to this file: the same in pictures")
      ->type_name("FILE");
  command->add_flag("--json", options->json, "one JSON document on standard output");
  command->footer(
      "Examples:\n"
      "  weft evaluate runs/first --data fashion-mnist\n"
      "  weft evaluate runs/first --data fashion-mnist --split val\n"
      "  weft evaluate runs/shoes --data photos/of/shoes\n"
      "  weft evaluate runs/first --data fashion-mnist --coverage 0.95\n"
      "  weft evaluate model.safetensors --data fashion-mnist --csv answers.csv --json\n"
      "  weft evaluate runs/first --data fashion-mnist --report first.html");
  command->callback([options] { run_evaluate(*options); });
}

}  // namespace weft::cli
