// A run as it stands, in a file: all that the steps to come depend on.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "train/history.hpp"
#include "train/trainer.hpp"
#include "weft/tensor.hpp"

namespace weft {

struct Checkpoint {
  std::string run;  // what the run is, as text: a checkpoint of another run is refused
  TrainingPosition position;
  std::vector<HistoryRow> history;
  // Of an ensemble: the members that are done, their weights one after the other, and their epochs.
  std::size_t finished = 0;
  std::optional<Tensor> finished_weights = {};
  std::vector<HistoryRow> finished_history = {};
  Tensor parameters, first_moment, second_moment;  // f32 or f64, {n}; moments may be {0}
  // Lookahead's and the average's; in the file where there are any.
  std::optional<Tensor> slow_weights, average;
  // Of the training pictures, where an epoch selects some of them: see Difficulty.
  std::vector<float> difficulty_at_start = {}, difficulty = {};
};

// Of all members.
std::vector<HistoryRow> whole_history(const Checkpoint& checkpoint);

// Writes the file whole or not at all. Throws Error(failed).
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

// Nothing when there is no such file. Throws Error(bad_input) when it is damaged.
std::optional<Checkpoint> load_checkpoint(const std::filesystem::path& path);

}  // namespace weft
