// What each epoch of a run came to.
#pragma once

#include <string>
#include <vector>

#include "train/trainer.hpp"

namespace weft {

// One line of history.csv; validation values are NaN without a validation part.
struct HistoryRow {
  EpochReport train;
  double validation_loss, validation_accuracy;
};

// With the header line; values that are NaN are left out.
std::string history_csv(const std::vector<HistoryRow>& history);

// Has the validation accuracy of the last epoch reached `target`, or have `patience` epochs gone by
// without a better one than the best before them? 0: no such rule.
bool has_ended(const std::vector<HistoryRow>& history, std::size_t patience, double target);

}  // namespace weft
