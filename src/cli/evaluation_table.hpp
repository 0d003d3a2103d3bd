// What `weft evaluate` found, for people.
#pragma once

#include <string>
#include <vector>

#include "evaluate/metrics.hpp"
#include "evaluate/sets.hpp"

namespace weft::cli {

// The scores, a line a class, and the confusion matrix; where that would be wider than `columns`,
// the most frequent confusions instead.
void print_evaluation(const Metrics& metrics, const std::vector<std::string>& names,
                      std::size_t columns);

// What sets of this coverage hold.
void print_sets(const SetMetrics& metrics, double asked, const std::vector<std::string>& names,
                std::size_t columns);

}  // namespace weft::cli
