// The uncertainty of a fraction.
#pragma once

#include <cstddef>

namespace weft {

struct Interval {
  double low = 0;
  double high = 1;
};

// The 95 % score interval of successes / n, both ends in [0, 1]; [0, 1] when n is 0.
// E. B. Wilson: Probable inference, the law of succession, and statistical inference; JASA 22,
// 1927. Throws Error(usage) when successes > n.
Interval wilson_interval(std::size_t successes, std::size_t n);

}  // namespace weft
