// The length of a vector, with the same bits on every processor.
#pragma once

#include <array>
#include <cstddef>

namespace weft {

// sum_i v_i^2 in eight chains, so that the processor need not wait for each addition, in an order
// that depends on the count alone.
template <class T>
double sum_of_squares(std::size_t count, const T* values) {
  constexpr std::size_t kChains = 8;
  std::array<double, kChains> sums{};
  const auto add = [&](std::size_t chain, std::size_t i) {
    const auto value = static_cast<double>(values[i]);
    sums[chain] += value * value;
  };
  const std::size_t whole = count - count % kChains;
  for (std::size_t i = 0; i < whole; i += kChains) {
    for (std::size_t j = 0; j < kChains; ++j) add(j, i + j);
  }
  for (std::size_t i = whole; i < count; ++i) add(i - whole, i);
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

}  // namespace weft
