// Comparing arrays of numbers in tests. Not a number never passes.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <span>

namespace weft::testing {

// Passes when sizes agree, there is something to compare, and |got - expected| <= relative
// |expected| + absolute for every element.
template <class Got, class Expected>
::testing::AssertionResult all_close(const Got& got, const Expected& expected, double relative,
                                     double absolute) {
  if (std::size(got) != std::size(expected)) {
    return ::testing::AssertionFailure()
           << std::size(got) << " values, expected " << std::size(expected);
  }
  if (std::size(got) == 0) return ::testing::AssertionFailure() << "nothing to compare";
  for (std::size_t i = 0; i < std::size(got); ++i) {
    const double error = std::abs(got[i] - expected[i]);
    const double allowed = relative * std::abs(expected[i]) + absolute;
    if (!(error <= allowed)) {
      return ::testing::AssertionFailure() << "element " << i << " is " << got[i] << ", expected "
                                           << expected[i] << " within " << allowed;
    }
  }
  return ::testing::AssertionSuccess();
}

}  // namespace weft::testing
