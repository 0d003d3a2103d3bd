#include "evaluate/sets.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace weft {

SetMetrics measure_sets(std::span<const std::vector<std::size_t>> sets, std::size_t classes,
                        std::span<const Label> labels) {
  if (labels.empty() || sets.size() != labels.size()) {
    fail(ErrorCode::usage, "measure_sets: {} sets for {} labels: need one for each", sets.size(),
         labels.size());
  }
  std::vector<std::size_t> covered(classes), rows(classes);
  std::size_t all_covered = 0, alone = 0, members = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= classes) {
      fail(ErrorCode::usage, "measure_sets: the label of row {} is {}, but there are {} classes", i,
           labels[i], classes);
    }
    const std::size_t holds = std::ranges::count(sets[i], std::size_t{labels[i]}) > 0 ? 1 : 0;
    ++rows[labels[i]];
    covered[labels[i]] += holds;
    all_covered += holds;
    alone += sets[i].size() == 1 ? 1 : 0;
    members += sets[i].size();
  }
  const auto n = static_cast<double>(labels.size());
  SetMetrics metrics{.coverage = static_cast<double>(all_covered) / n,
                     .coverage_interval = wilson_interval(all_covered, labels.size()),
                     .mean_size = static_cast<double>(members) / n,
                     .alone = static_cast<double>(alone) / n,
                     .per_class = {}};
  for (std::size_t c = 0; c < classes; ++c) {
    metrics.per_class.push_back(static_cast<double>(covered[c]) /
                                static_cast<double>(std::max<std::size_t>(rows[c], 1)));
  }
  return metrics;
}

}  // namespace weft
