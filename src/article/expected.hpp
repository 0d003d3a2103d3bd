// What the article printed, and what NumPy gives for the same in float64: to stand beside what
// comes out here.
#pragma once

#include <array>

namespace weft {

inline constexpr std::array kSoftmaxInput{2.0, 4.0, 6.0, 8.0};
inline constexpr std::array kExpectedSoftmax{0.00214401, 0.0158422, 0.11705891, 0.86495488};

// Of the errors of XOR, every 5,000 steps; later ones are rounding noise.
inline constexpr std::array kExpectedXor{-1.77496016, 0.00586565,  0.00525699,
                                         0.0003625,   -0.00064657, 0.00189532};

// Accuracies of the classifier after 300 epochs, as fractions.
struct ExpectedAccuracy {
  double article_train, article_test, numpy_train, numpy_test;
};
constexpr ExpectedAccuracy expected_accuracy(bool scaled) {
  return scaled ? ExpectedAccuracy{.9213, .8703, .9344, .8796}
                : ExpectedAccuracy{.5013, .4983, .6717, .6673};
}

}  // namespace weft
