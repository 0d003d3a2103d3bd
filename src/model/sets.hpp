// Sets of classes that hold the right one with a chosen probability: split conformal prediction.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "weft/data.hpp"
#include "weft/model.hpp"

namespace weft {

// Of each coverage that can be asked for, kLeastCoverage and on in thousandths: the probability
// that a class of a set has at least. With the k-th largest of n held-out pictures' probabilities
// of their given class, k = ceil((n + 1) coverage), a new picture's given class is in the set with
// at least this probability, whatever the network is worth, as long as new pictures are of the
// same kind (Vovk, Gammerman, Shafer: Algorithmic learning in a random world, 2005; this score:
// Sadinle, Lei, Wasserman: Least ambiguous set-valued classifiers with bounded error levels, 2019).
// 0, which every class has, where k > n. Rounded down to seven decimals, which a file's text keeps
// exactly. probabilities: f32 {n, classes}; labels: n. Throws Error(usage) when the sizes disagree
// or there is none.
std::vector<double> fit_sets(const Tensor& probabilities, std::span<const Label> labels);

// Throws Error(usage) for a coverage outside kLeastCoverage to kMostCoverage, Error(bad_input)
// where there are no thresholds.
void require_sets(std::span<const double> thresholds, double coverage);

// The classes of at least the threshold of this coverage, or of the next thousandth above it; the
// most probable one always. Most probable first; ties go to the lower class. Throws what
// require_sets does.
std::vector<std::size_t> set_of(std::span<const double> thresholds,
                                std::span<const float> probabilities, double coverage);

}  // namespace weft
