#include "report/run_report.hpp"

#include <cmath>

#include "base/version.hpp"
#include "report/layer.hpp"

namespace weft {
namespace {

using nlohmann::ordered_json;

// One array a column; what is not a number is null.
ordered_json as_json(const std::vector<HistoryRow>& history) {
  ordered_json columns;
  const auto add = [&](const char* name, const auto& value_of) {
    ordered_json& column = columns[name] = ordered_json::array();
    for (const HistoryRow& row : history) {
      const double value = value_of(row);
      column.push_back(std::isfinite(value) ? ordered_json(value) : ordered_json());
    }
  };
  columns["epoch"] = ordered_json::array();
  for (const HistoryRow& row : history) columns["epoch"].push_back(row.train.epoch + 1);
  add("train_loss", [](const HistoryRow& row) { return row.train.loss; });
  add("train_accuracy", [](const HistoryRow& row) { return row.train.accuracy; });
  add("val_loss", [](const HistoryRow& row) { return row.validation_loss; });
  add("val_accuracy", [](const HistoryRow& row) { return row.validation_accuracy; });
  add("learning_rate", [](const HistoryRow& row) { return row.train.learning_rate; });
  return columns;
}

}  // namespace

ordered_json as_json(const RunReport& report, const Model* model) {
  ordered_json document{{"kind", "run"},
                        {"version", version()},
                        {"heading", report.heading},
                        {"title", report.title},
                        {"subtitle", report.subtitle}};
  if (!report.history.empty()) document["history"] = as_json(report.history);
  if (!report.results.is_null()) {
    document["results"] = report.results;
  } else {
    document["no_results"] = report.no_results;
  }
  if (model != nullptr) {
    document["classes"] = model->class_names;
    const ordered_json layer = first_layer(*model);
    if (!layer.is_null()) document["layer"] = layer;
  }
  if (!report.why.is_null()) document["why"] = report.why;
  if (!report.map.is_null()) document["map"] = report.map;
  document["record"] = report.record;
  if (!report.repeat.empty()) document["repeat"] = report.repeat;
  return document;
}

}  // namespace weft
