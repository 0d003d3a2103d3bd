#include "cli/report_page.hpp"

#include <fmt/format.h>

#include <vector>

#include "base/atomic_file.hpp"
#include "cli/console.hpp"
#include "cli/text.hpp"
#include "evaluate/metrics.hpp"
#include "model/json.hpp"
#include "model/views.hpp"
#include "report/page.hpp"
#include "report/page_map.hpp"
#include "report/run_report.hpp"
#include "report/why.hpp"
#include "train/run_folder.hpp"
#include "weft/predictor.hpp"

namespace weft::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

std::string name_of(const fs::path& path) {
  const fs::path whole = fs::absolute(path).lexically_normal();
  return (whole.has_filename() ? whole.filename() : whole.parent_path().filename()).string();
}

ordered_json parsed(const std::string& text) {
  ordered_json value = ordered_json::parse(text, nullptr, false);
  return value.is_object() ? value : ordered_json::object();
}

// The options of a config.json as they are typed.
std::string command_of(const ordered_json& config) {
  std::string command = "weft train";
  for (const auto& [name, value] : config.items()) {
    if (value.is_boolean()) {
      if (value.get<bool>()) command += fmt::format(" --{}", name);
      continue;
    }
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    command += fmt::format(" --{} {}", name, shell_word(text));
  }
  return command;
}

// What the page holds of the model's answers: the figures, why the surest mistakes were made, and a
// map of how the network sees the pictures.
void add_answers(RunReport& report, const Model& model, const ReportedPart& part,
                 const LabelledImages* train, int threads) {
  Predictor predictor(model, threads);
  const PartAnswers answers = answers_of(predictor, model, part.rows.images);
  report.results = results(model, part, answers);
  const auto probabilities = answers.calibrated.as<float>();
  const std::vector<Label> labels = most_probable(probabilities, model.class_names.size());
  const auto mistakes = surest_mistakes(part.rows.labels, labels, probabilities);
  report.why = why(model, part.rows, mistakes, labels, train, threads);
  const auto features = [&](const Tensor& images) { return features_of(model, images, threads); };
  report.map = page_map(part.rows, part.index, labels, features, kMapOfRun, threads);
}

}  // namespace

void write_run_page(const fs::path& file, const fs::path& run, const RunResults& results) {
  const RunRecord record = read_run(run);
  const ordered_json config = parsed(record.config);
  RunReport report;
  report.heading = "Training run";
  report.title = name_of(run);
  report.history = record.history;
  report.record = parsed(record.run);
  report.repeat = command_of(config);
  const auto data = config.find("data");
  if (data != config.end() && data->is_string()) {
    report.subtitle = fmt::format("Trained on {}.", data->get<std::string>());
  }
  if (results.model == nullptr) {
    report.no_results =
        "This run is not done: there is no model yet. weft train --resume goes on with it.";
  } else if (results.part == nullptr) {
    report.no_results =
        "Nothing was held out of training, so there is nothing to measure the model on: weft "
        "evaluate --report makes such a page of other data.";
  } else {
    add_answers(report, *results.model, *results.part, results.train, results.threads);
    report.subtitle += fmt::format(
        " Measured on {} that training did not see: its validation part. The test part is left for "
        "weft evaluate --report.",
        pictures(results.part->rows.size()));
  }
  write_file(file, page(report.title + " - weft", as_json(report, results.model)));
}

void write_evaluation_page(const fs::path& file, const std::string& name, const Model& model,
                           const std::string& data, const ReportedPart& part, int threads) {
  RunReport report;
  report.heading = "Evaluation";
  report.title = name_of(name);
  report.subtitle =
      fmt::format("Measured on {} of {}: {}.", pictures(part.rows.size()), data, part.why);
  add_answers(report, model, part, nullptr, threads);
  report.record = {{"network", model.network},         {"input", model.input.text()},
                   {"networks", model.members},        {"views", texts_of(model.views)},
                   {"temperature", model.temperature}, {"training", parsed(model.training)}};
  write_file(file, page(report.title + " - weft", as_json(report, &model)));
}

}  // namespace weft::cli
