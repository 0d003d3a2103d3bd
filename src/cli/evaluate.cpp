// weft evaluate
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/load.hpp"
#include "evaluate/metrics.hpp"
#include "weft/error.hpp"
#include "weft/model.hpp"
#include "weft/predictor.hpp"

namespace weft::cli {
namespace {

struct Options {
  std::string model, data;
  int threads = 0;
  bool json = false;
};

// The model's classes are bound by name: data that orders or names them otherwise is refused, never
// mis-scored.
void check_classes(const Model& model, const Dataset& data) {
  if (model.class_names != data.class_names) {
    throw Error(ErrorCode::bad_input,
                fmt::format("evaluate: the model knows the classes {}, but {} has {}",
                            fmt::join(model.class_names, ", "), data.source,
                            fmt::join(data.class_names, ", ")));
  }
}

nlohmann::ordered_json as_json(const ClassMetrics& m) {
  return {{"precision", m.precision}, {"recall", m.recall}, {"f1", m.f1}, {"support", m.support}};
}

nlohmann::ordered_json as_json(const Metrics& m, const std::vector<std::string>& names,
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
          {"log_loss", m.log_loss},
          {"brier_score", m.brier_score},
          {"calibration_error", m.calibration_error},
          {"per_class", classes},
          {"macro_average", as_json(m.macro_average)},
          {"weighted_average", as_json(m.weighted_average)},
          {"confusion_matrix", m.confusion_matrix},
          {"views", {"plain"}},
          {"seconds", seconds}};
}

void print_row(const std::string& name, const ClassMetrics& m, std::size_t width) {
  fmt::print("{:<{}}  {:9.4f} {:7.4f} {:7.4f} {:8}\n", name, width, m.precision, m.recall, m.f1,
             m.support);
}

void print(const Metrics& m, const std::vector<std::string>& names) {
  const Colours colour = output_colours();
  fmt::print("accuracy {}{}{} of {} pictures, 95 % interval {:.2f} to {:.2f} %\n", colour.bold,
             percent(m.accuracy), colour.reset, thousands(static_cast<double>(m.n)),
             100 * m.accuracy_interval.low, 100 * m.accuracy_interval.high);
  fmt::print("the right class is among the first three for {}\n", percent(m.top3_accuracy));
  fmt::print("log loss {:.4f}   Brier score {:.4f}   calibration error {}\n\n", m.log_loss,
             m.brier_score, percent(m.calibration_error));
  std::size_t width = 16;
  for (const std::string& name : names) width = std::max(width, name.size());
  fmt::print("{:<{}}  {:>9} {:>7} {:>7} {:>8}\n", "", width, "precision", "recall", "f1",
             "support");
  for (std::size_t c = 0; c < names.size(); ++c) print_row(names[c], m.per_class[c], width);
  print_row("macro average", m.macro_average, width);
  print_row("weighted average", m.weighted_average, width);
  if (names.size() > 20) return;  // too wide to read; --json has it
  fmt::print("\nconfusion matrix (rows: true class, columns: answer)\n");
  for (std::size_t c = 0; c < names.size(); ++c) {
    fmt::print("{:<{}} ", names[c], width);
    for (const std::size_t count : m.confusion_matrix[c]) fmt::print("{:6}", count);
    fmt::print("\n");
  }
}

void run_evaluate(const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  const Model model = load_model(options.model);
  const Dataset data = load(options.data, {.train = false, .val = false});
  check_classes(model, data);
  Predictor predictor(model, options.threads);
  const Tensor probabilities = predictor.probabilities(data.test.images);
  const Metrics metrics =
      measure(probabilities.as<float>(), model.class_names.size(), data.test.labels);
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (options.json) {
    fmt::print("{}\n", as_json(metrics, model.class_names, seconds).dump());
  } else {
    print(metrics, model.class_names);
  }
}

}  // namespace

void add_evaluate(CLI::App& program) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      program.add_subcommand("evaluate", "Measure a model on the test part of a data set");
  command->add_option("model", options->model, "a model file, or a run folder")->required();
  command->add_option("--data", options->data, "\"fashion-mnist\", or a folder of IDX files")
      ->required();
  command->add_option("--threads", options->threads, "0: all processors")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_flag("--json", options->json, "one JSON document on standard output");
  command->footer(
      "Examples:\n"
      "  weft evaluate runs/first --data fashion-mnist\n"
      "  weft evaluate model.safetensors --data fashion-mnist --json");
  command->callback([options] { run_evaluate(*options); });
}

}  // namespace weft::cli
