// Options that several commands have, with one meaning.
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>

#include "weft/model.hpp"

namespace weft::cli {

// A model and the data that it is put to.
struct ModelOnData {
  std::string model, data, split, label_column;
  std::optional<std::string> views;
  int threads = 0;
  bool strict = false;  // of photos
};

// What is about the data alone needs it, where it need not be given.
void add_model_on_data(CLI::App& command, ModelOnData& options, bool needs_data = true);
// --coverage: of sets of classes. require_coverage throws where it is asked for in vain.
void add_coverage(CLI::App& command, std::optional<double>& coverage, const char* words);
void require_coverage(const Model& model, std::optional<double> coverage);
// The model, with the views that were asked for in place of its own.
Model load_model(const ModelOnData& options);

}  // namespace weft::cli
