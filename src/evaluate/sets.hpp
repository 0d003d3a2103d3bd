// How good sets of classes are, measured against true labels.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "evaluate/interval.hpp"
#include "weft/data.hpp"

namespace weft {

struct SetMetrics {
  double coverage = 0;         // the share of rows whose label is in their set
  Interval coverage_interval;  // Wilson, 95 %
  double mean_size = 0;        // classes in a set
  double alone = 0;            // the share of sets of one class
  // Of the rows of each class alone, the same share; 0 where there are none.
  std::vector<double> per_class;
};

// sets: of each row, classes below `classes`, each once; labels: likewise, as many. Throws
// Error(usage) when the sizes disagree, a label is out of range or there are no rows.
SetMetrics measure_sets(std::span<const std::vector<std::size_t>> sets, std::size_t classes,
                        std::span<const Label> labels);

}  // namespace weft
