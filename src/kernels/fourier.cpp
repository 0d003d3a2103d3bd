#include "kernels/fourier.hpp"

#include <cmath>
#include <numbers>

#include "base/error.hpp"

namespace weft {
namespace {

// What is left of it without its twos and threes.
std::size_t other_factors(std::size_t length) {
  for (const std::size_t prime : {2, 3}) {
    while (length > 0 && length % prime == 0) length /= prime;
  }
  return length;
}

}  // namespace

FourierPlan::FourierPlan(std::size_t whole) : length(whole) {
  if (other_factors(whole) != 1) {
    fail(ErrorCode::usage, "fourier: a length of {}: it must be a product of twos and threes",
         whole);
  }
  std::size_t left = whole;
  for (const std::size_t radix : {4, 3, 2}) {
    for (; left % radix == 0; left /= radix) radices.push_back(radix);
  }
  for (std::size_t k = 0; k < whole; ++k) {
    const double angle =
        -2 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(whole);
    cosines.push_back(static_cast<float>(std::cos(angle)));
    sines.push_back(static_cast<float>(std::sin(angle)));
  }
}

std::size_t fourier_length(std::size_t least) {
  std::size_t length = (least + 3) / 4 * 4;
  while (other_factors(length) != 1) length += 4;
  return length;
}

}  // namespace weft
