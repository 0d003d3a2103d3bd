// The pages that commands write: of a run, and of a model and data.
#pragma once

#include <filesystem>
#include <string>

#include "report/results.hpp"
#include "weft/model.hpp"

namespace weft::cli {

// What a run's page shows beside what is in its folder.
struct RunResults {
  const Model* model = nullptr;           // null: the run is not done
  const ReportedPart* part = nullptr;     // its validation part; null: nothing was held out
  const LabelledImages* train = nullptr;  // what it learned from; null: not at hand
  int threads = 0;
};

// Writes the page of the run in this folder. Throws as read_run, results and write_file.
void write_run_page(const std::filesystem::path& file, const std::filesystem::path& run,
                    const RunResults& results);

// Writes the page of a model, named as it was given, on this part of `data`.
void write_evaluation_page(const std::filesystem::path& file, const std::string& name,
                           const Model& model, const std::string& data, const ReportedPart& part,
                           int threads);

}  // namespace weft::cli
