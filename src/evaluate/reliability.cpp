#include "evaluate/reliability.hpp"

#include <algorithm>
#include <cmath>

namespace weft {

Reliability reliability(std::span<const float> probabilities, std::size_t classes,
                        std::span<const Label> labels) {
  Reliability bins;
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const auto given = probabilities.subspan(row * classes, classes);
    const auto top = std::ranges::max_element(given);
    // Which bin owns its edges does not matter: no float but 0 and 1 is a multiple of 1 / 15.
    const auto place =
        static_cast<std::size_t>(static_cast<double>(*top) * static_cast<double>(bins.size()));
    ReliabilityBin& bin = bins[std::min(place, bins.size() - 1)];
    ++bin.count;
    bin.right += top - given.begin() == labels[row] ? 1 : 0;
    bin.confidence_sum += static_cast<double>(*top);
  }
  return bins;
}

double calibration_error(const Reliability& bins) {
  double sum = 0;
  std::size_t n = 0;
  for (const ReliabilityBin& bin : bins) {
    // |accuracy - mean confidence| of a bin, times its rows.
    sum += std::abs(static_cast<double>(bin.right) - bin.confidence_sum);
    n += bin.count;
  }
  return n == 0 ? 0 : sum / static_cast<double>(n);
}

}  // namespace weft
