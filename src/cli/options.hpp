// Options that several commands have, with one meaning.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace weft::cli {

// A model and the data that it is put to.
struct ModelOnData {
  std::string model, data, split, label_column;
  int threads = 0;
};

void add_model_on_data(CLI::App& command, ModelOnData& options);

}  // namespace weft::cli
