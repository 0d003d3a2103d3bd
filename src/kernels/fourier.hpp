// Lengths that the Fourier transform takes, and its roots of unity.
#pragma once

#include <cstddef>
#include <vector>

namespace weft {

constexpr std::size_t kSignals = 16;  // transformed at once

struct FourierPlan {
  // length: a product of twos and threes, else throws Error(usage).
  explicit FourierPlan(std::size_t length);

  std::size_t length;
  std::vector<std::size_t> radices;   // 4, 3 or 2; their product is the length
  std::vector<float> cosines, sines;  // of -2 pi k / length, for k below length
};

// The least length that is at least this and a multiple of 4.
std::size_t fourier_length(std::size_t least);

}  // namespace weft
