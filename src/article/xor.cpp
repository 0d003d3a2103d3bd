#include "article/xor.hpp"

#include <algorithm>
#include <array>

#include "base/random.hpp"
#include "kernels/kernels.hpp"

namespace weft {
namespace {

constexpr std::size_t kRows = 4, kInputs = 2, kHidden = 3;
constexpr int kSteps = 50000, kReportEvery = 5000;
constexpr double kLearningRate = 0.1;
constexpr std::array<double, kRows * kInputs> kX{0, 0, 0, 1, 1, 0, 1, 1};
constexpr std::array<double, kRows> kY{0, 1, 1, 0};

struct Weights {
  std::array<double, kHidden * kInputs> hidden{};  // {out, in}
  std::array<double, kHidden> output{};            // {1, in}
};

// NumPy draws the hidden weights as {in, out}.
Weights draw_weights() {
  NumpyRandom random(42);
  Weights weights;
  for (std::size_t i = 0; i < kInputs; ++i) {
    for (std::size_t h = 0; h < kHidden; ++h) weights.hidden[h * kInputs + i] = random.uniform();
  }
  std::ranges::generate(weights.output, [&] { return random.uniform(); });
  return weights;
}

}  // namespace

XorResult learn_xor() {
  const Kernels<double>& k = reference_kernels<double>();
  Weights weights = draw_weights();
  std::array<double, kRows * kHidden> act{}, slope{}, diff_act{};
  std::array<double, kRows> output{};
  const auto forward = [&] {
    k.dense_forward(kRows, kInputs, kHidden, kX.data(), weights.hidden.data(), nullptr, nullptr,
                    act.data());
    k.sigmoid_forward(act.size(), act.data(), act.data());
    k.dense_forward(kRows, kHidden, 1, act.data(), weights.output.data(), nullptr, nullptr,
                    output.data());
  };

  XorResult result;
  for (int step = 0; step < kSteps; ++step) {
    forward();
    std::array<double, kRows> move{};  // learning rate times the error
    double error_sum = 0;
    for (std::size_t s = 0; s < kRows; ++s) {
      error_sum += kY[s] - output[s];
      move[s] = kLearningRate * (kY[s] - output[s]);
    }
    if (step % kReportEvery == 0) result.error_sums.push_back(error_sum);
    // The article moves the output weights first, and carries the error back through the moved ones
    // ...
    k.dense_backward_weights(kRows, kHidden, 1, act.data(), move.data(), true,
                             weights.output.data(), nullptr);
    k.dense_backward_data(kRows, kHidden, 1, move.data(), weights.output.data(), diff_act.data());
    // ... and takes the sigmoid's slope at its result instead of at what went into it.
    k.sigmoid_forward(act.size(), act.data(), slope.data());
    k.sigmoid_backward(act.size(), slope.data(), diff_act.data(), diff_act.data());
    k.dense_backward_weights(kRows, kInputs, kHidden, kX.data(), diff_act.data(), true,
                             weights.hidden.data(), nullptr);
  }
  forward();
  result.predictions.assign(output.begin(), output.end());
  return result;
}

}  // namespace weft
