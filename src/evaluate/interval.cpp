#include "evaluate/interval.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace weft {

Interval wilson_interval(std::size_t successes, std::size_t n) {
  if (successes > n) {
    fail(ErrorCode::usage, "wilson_interval: {} successes in {} trials", successes, n);
  }
  if (n == 0) return {};
  constexpr double kDeviations = 1.959963984540054;  // normal quantile of 0.975
  constexpr double kSquare = kDeviations * kDeviations;
  const double trials = static_cast<double>(n);
  const double fraction = static_cast<double>(successes) / trials;
  const double centre = (fraction + kSquare / (2 * trials)) / (1 + kSquare / trials);
  const double spread = fraction * (1 - fraction) / trials + kSquare / (4 * trials * trials);
  const double half = kDeviations * std::sqrt(spread) / (1 + kSquare / trials);
  // At the ends the exact values are 0 and 1; rounding must not move them.
  return {successes == 0 ? 0 : std::max(0.0, centre - half),
          successes == n ? 1 : std::min(1.0, centre + half)};
}

}  // namespace weft
