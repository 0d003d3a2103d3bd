// The page of a training run, or of a model and the data that it was measured on.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "report/results.hpp"
#include "train/history.hpp"
#include "weft/model.hpp"

namespace weft {

struct RunReport {
  std::string heading;                   // what the page is: "Training run"
  std::string title, subtitle;           // the run's name; what it was trained or measured on
  std::vector<HistoryRow> history;       // none: no curves
  nlohmann::ordered_json results;        // results(); null where there are none ...
  std::string no_results;                // ... and why
  nlohmann::ordered_json why = nullptr;  // why(): of the results' mistakes, in their order; or null
  nlohmann::ordered_json map = nullptr;  // as_json(MapPoints), or null
  nlohmann::ordered_json record;         // settings by name, which may hold objects
  std::string repeat;                    // the command that repeats it; empty: none is known
};

// As a page draws it; docs/reports.md lists what it holds. `model`: null for a run that is not
// done.
nlohmann::ordered_json as_json(const RunReport& report, const Model* model);

}  // namespace weft
