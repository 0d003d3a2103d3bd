#include "model/sets.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "base/error.hpp"
#include "weft/predictor.hpp"

namespace weft {
namespace {

constexpr std::size_t kSteps = 1000;  // of the whole range of coverages
constexpr std::size_t kFirst = 500;   // of them, what kLeastCoverage is

static_assert(static_cast<double>(kFirst) / kSteps == kLeastCoverage);
static_assert(static_cast<double>(kFirst + kSets - 1) / kSteps == kMostCoverage);

}  // namespace

std::vector<double> fit_sets(const Tensor& probabilities, std::span<const Label> labels) {
  const std::size_t n = labels.size();
  if (n == 0 || probabilities.shape().rank() != 2 || probabilities.rows() != n) {
    fail(ErrorCode::usage, "sets: probabilities of shape {} for {} labels: {{n, classes}}",
         probabilities.shape().text(), n);
  }
  const std::size_t classes = probabilities.row_elements();
  const auto values = probabilities.as<float>();
  std::vector<double> given;
  for (std::size_t i = 0; i < n; ++i) {
    if (labels[i] >= classes) {
      fail(ErrorCode::usage, "sets: the label of row {} is {}, but there are {} classes", i,
           labels[i], classes);
    }
    given.push_back(static_cast<double>(values[i * classes + labels[i]]));
  }
  std::ranges::sort(given, std::greater());
  std::vector<double> thresholds;
  for (std::size_t step = kFirst; step < kFirst + kSets; ++step) {
    const std::size_t k = ((n + 1) * step + kSteps - 1) / kSteps;
    thresholds.push_back(k > n ? 0 : std::floor(given[k - 1] * 1e7) / 1e7);
  }
  return thresholds;
}

void require_sets(std::span<const double> thresholds, double coverage) {
  if (!(coverage >= kLeastCoverage && coverage <= kMostCoverage)) {
    fail(ErrorCode::usage, "sets: a coverage of {}: {} to {} are possible", coverage,
         kLeastCoverage, kMostCoverage);
  }
  if (thresholds.empty()) {
    fail(ErrorCode::bad_input,
         "sets: the model has none for a coverage of {}: nothing was held out when it was trained, "
         "or an earlier version trained it: train it again, with a --val-fraction above 0",
         coverage);
  }
}

std::vector<std::size_t> set_of(std::span<const double> thresholds,
                                std::span<const float> probabilities, double coverage) {
  require_sets(thresholds, coverage);
  // A coverage is a decimal fraction: 0.57 * 1000 is a little more than 570.
  const auto step = static_cast<std::size_t>(std::ceil(coverage * kSteps - 1e-6));
  const double threshold = thresholds[step - kFirst];
  const auto before = [&](std::size_t a, std::size_t b) {
    return probabilities[a] > probabilities[b] || (probabilities[a] == probabilities[b] && a < b);
  };
  std::vector<std::size_t> set;
  for (std::size_t c = 0; c < probabilities.size(); ++c) {
    if (static_cast<double>(probabilities[c]) >= threshold) set.push_back(c);
  }
  std::ranges::sort(set, before);
  if (set.empty()) {
    set.push_back(
        static_cast<std::size_t>(std::ranges::max_element(probabilities) - probabilities.begin()));
  }
  return set;
}

}  // namespace weft
