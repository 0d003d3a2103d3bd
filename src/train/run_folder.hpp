// The folder that a training run leaves: run.json, history.csv, model.safetensors.
#pragma once

#include <filesystem>
#include <string>

#include "train/train.hpp"

namespace weft {

// What was asked for, for run.json.
struct RunRequest {
  std::string data;    // as given: "fashion-mnist", or a folder
  std::string preset;  // empty when the network was given as text
  TrainSettings settings;
  int threads = 1;
};

// Makes the folder, with its parents. One that holds a run already is refused, unless `force`;
// other files in it are left alone. Throws Error(usage) or Error(failed).
void create_run_folder(const std::filesystem::path& folder, bool force);

// Writes the three files; returns the SHA-256 of model.safetensors.
std::string write_run(const std::filesystem::path& folder, const RunRequest& request,
                      const TrainOutcome& outcome);

}  // namespace weft
