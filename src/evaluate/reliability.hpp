// Whether probabilities are what they say: how often answers are right, by how sure they are.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "weft/data.hpp"

namespace weft {

constexpr std::size_t kReliabilityBins = 15;

// Answers whose top probability lies in one fifteenth of 0 .. 1.
struct ReliabilityBin {
  std::size_t count = 0, right = 0;
  double confidence_sum = 0;  // of the top probabilities
};
using Reliability = std::array<ReliabilityBin, kReliabilityBins>;

// probabilities: {n, classes}, row-major, in 0 .. 1; labels: n, below `classes`. Ties go to the
// lower class.
Reliability reliability(std::span<const float> probabilities, std::size_t classes,
                        std::span<const Label> labels);

// Sum over bins of (rows in bin / n) |accuracy - mean confidence|, as Metrics has it; 0 for no
// rows.
double calibration_error(const Reliability& bins);

}  // namespace weft
