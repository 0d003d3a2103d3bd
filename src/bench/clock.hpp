// Measuring times.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace weft::bench {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

template <class Body>
double seconds_of(const Body& body) {
  const auto start = Clock::now();
  body();
  return seconds_since(start);
}

// The value that this part of them does not exceed: 0.5 for the median. values: not empty.
inline double quantile(std::vector<double> values, double part) {
  std::ranges::sort(values);
  const auto at = static_cast<std::size_t>(part * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)];
}

}  // namespace weft::bench
