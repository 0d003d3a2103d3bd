// The article's first network: 2 inputs, 3 sigmoid units, 1 linear output, no biases, learns
// exclusive or.
#pragma once

#include <vector>

namespace weft {

struct XorResult {
  std::vector<double>
      error_sums;  // the sum of y - output over the four rows, every 5,000 steps from step 0
  std::vector<double> predictions;  // of [0,0], [0,1], [1,0], [1,1] after the last step
};

// 50,000 full-batch steps in double precision from NumPy's seed 42; two quirks of the article are
// kept.
XorResult learn_xor();

}  // namespace weft
