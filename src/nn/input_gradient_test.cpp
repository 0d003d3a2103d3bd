// The gradient at the input, against complex-step differentiation (gradient_test.cpp says how) and
// the network itself.
#include "nn/input_gradient.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <vector>

#include "base/random.hpp"
#include "compare.hpp"
#include "kernels/select.hpp"
#include "nn/network.hpp"

namespace weft {
namespace {

using Complex = std::complex<double>;
using testing::all_close;

constexpr double kStep = 1e-50;
constexpr std::size_t kRows = 3;

template <class T>
std::vector<T> random_values(std::size_t count, std::uint32_t index) {
  RandomStream random(29, RandomPurpose::initialise, 0, index);
  std::vector<T> values(count);
  for (T& value : values) value = static_cast<T>(random.normal());
  return values;
}

// Random, but variances above 0, and none of what batchnorm begins with.
template <class T>
void set_parameters(const Architecture<T>& architecture, std::span<T> parameters) {
  const std::vector<double> values = random_values<double>(parameters.size(), 1);
  for (const Parameter& parameter : architecture.parameters()) {
    for (std::size_t i = 0; i < parameter.shape.elements(); ++i) {
      const std::size_t at = parameter.offset + i;
      const double fan = std::sqrt(static_cast<double>(parameter.fan_in));
      const bool variance = parameter.name.ends_with("running_var");
      parameters[at] = static_cast<T>(variance ? 0.5 + std::abs(values[at]) : values[at] / fan);
    }
  }
}

class InputGradients : public ::testing::TestWithParam<const char*> {
 protected:
  Shape input_{2, 5, 4};
  std::vector<double> x_ = random_values<double>(kRows * input_.elements(), 2);
};

TEST_P(InputGradients, AgreeWithComplexStep) {
  InputGradient<double> network(GetParam(), input_, reference_kernels<double>());
  set_parameters(network.architecture(), network.parameters());
  network.parameters_changed();
  const std::size_t outputs = network.architecture().output().elements();
  const std::vector<double> upstream = random_values<double>(kRows * outputs, 3);
  std::vector<double> logits(kRows * outputs), diff(x_.size(), 7.0);
  InputGradient<double>::Space space;
  for (int again = 0; again < 2; ++again) {  // the space has been used: nothing may be left of that
    network.gradient(
        kRows, x_.data(),
        [&](std::size_t n, const double* got, double* diff_logits) {
          ASSERT_EQ(n, kRows);
          std::copy_n(got, logits.size(), logits.data());
          std::copy_n(upstream.data(), upstream.size(), diff_logits);
        },
        diff.data(), space);
  }

  Tensor rows(DataType::f64, {kRows, input_[0], input_[1], input_[2]});
  std::ranges::copy(x_, rows.as<double>().begin());
  Network<double> same(GetParam(), input_, reference_kernels<double>(), 1);
  set_parameters(same.architecture(), same.parameters());
  same.parameters_changed();
  std::vector<double> in_use(logits.size());
  same.forward(TensorRows<double>(rows), in_use.data());
  EXPECT_TRUE(all_close(logits, in_use, 1e-12, 1e-13));

  InputGradient<Complex> twin(GetParam(), input_, reference_kernels<Complex>());
  set_parameters(twin.architecture(), twin.parameters());
  twin.parameters_changed();
  InputGradient<Complex>::Space twin_space;
  std::vector<Complex> twin_x(x_.begin(), x_.end()), unused(x_.size());
  std::vector<double> expected;
  double largest = 0;
  for (Complex& value : twin_x) {
    value += Complex(0, kStep);
    double sum = 0;
    twin.gradient(
        kRows, twin_x.data(),
        [&](std::size_t, const Complex* got, Complex* diff_logits) {
          for (std::size_t i = 0; i < upstream.size(); ++i) {
            sum += upstream[i] * got[i].imag() / kStep;
          }
          std::fill_n(diff_logits, upstream.size(), Complex(0));
        },
        unused.data(), twin_space);
    expected.push_back(sum);
    largest = std::max(largest, std::abs(sum));
    value = value.real();
  }
  EXPECT_TRUE(all_close(diff, expected, 1e-10, 1e-13));
  EXPECT_GT(largest, 1e-3) << "a gradient of zero proves nothing";
}

// Completeness (Sundararajan, Taly, Yan, 2017, proposition 1): along a straight line, what each
// value changes adds up to what the output changes.
TEST_P(InputGradients, AddUpAlongALine) {
  InputGradient<double> network(GetParam(), input_, reference_kernels<double>());
  set_parameters(network.architecture(), network.parameters());
  network.parameters_changed();
  const std::size_t width = input_.elements(), points = 400;
  const std::size_t outputs = network.architecture().output().elements();
  std::vector<double> rows, diff((points + 2) * width);
  for (std::size_t i = 0; i < points + 2; ++i) {
    const double to = i < points ? (static_cast<double>(i) + 0.5) / static_cast<double>(points)
                                 : static_cast<double>(i - points);
    for (std::size_t at = 0; at < width; ++at) rows.push_back(to * x_[at]);
  }
  double change = 0, sum = 0;
  InputGradient<double>::Space space;
  network.gradient(
      points + 2, rows.data(),
      [&](std::size_t n, const double* logits, double* diff_logits) {
        change = logits[(points + 1) * outputs] - logits[points * outputs];
        for (std::size_t i = 0; i < n * outputs; ++i) diff_logits[i] = i % outputs == 0 ? 1 : 0;
      },
      diff.data(), space);
  for (std::size_t i = 0; i < points; ++i) {
    for (std::size_t at = 0; at < width; ++at) sum += x_[at] * diff[i * width + at];
  }
  EXPECT_NEAR(sum / static_cast<double>(points), change, 0.02 * std::abs(change) + 0.002);
  EXPECT_GT(std::abs(change), 0.01) << "nothing to add up to";
}

TEST_P(InputGradients, AreTheFastKernelsToo) {
  InputGradient<float> slow(GetParam(), input_, reference_kernels<float>());
  InputGradient<float> fast(GetParam(), input_, fast_kernels());
  const std::size_t outputs = slow.architecture().output().elements();
  const std::vector<float> x(x_.begin(), x_.end());
  const std::vector<float> upstream = random_values<float>(kRows * outputs, 3);
  std::vector<float> by_slow(x.size()), by_fast(x.size(), 7.0F);
  for (const auto& [network, diff] : {std::pair{&slow, &by_slow}, {&fast, &by_fast}}) {
    set_parameters(network->architecture(), network->parameters());
    network->parameters_changed();
    InputGradient<float>::Space space;
    network->gradient(
        kRows, x.data(),
        [&](std::size_t, const float*, float* diff_logits) {
          std::copy_n(upstream.data(), upstream.size(), diff_logits);
        },
        diff->data(), space);
  }
  EXPECT_TRUE(all_close(by_fast, by_slow, 1e-4, 1e-4));
}

INSTANTIATE_TEST_SUITE_P(
    All, InputGradients,
    ::testing::Values(
        "dense 4", "dense 7 nobias, sigmoid, dense 4", "tanh, dense 5, relu, dense 4",
        "leaky 0.2, flatten, dense 6, gelu, dropout 0.5, dense 3",
        "conv 3 3x3, silu, scale -2, dense 4",
        "conv 4 2x3 stride 2, gelu, conv 2 1x1 groups 2, dense 4",
        "conv 2 3x3 groups all nobias, dense 4",
        "conv 3 3x3, maxpool 2 stride 1, leaky 0.1, dense 4",
        "conv 3 3x3, avgpool 2 pad 1, tanh, dense 4", "maxpool 2, dense 4",
        "avgpool 2, conv 5 2x2, globalmaxpool", "conv 4 3x3, gelu, globalavgpool",
        "batchnorm, conv 3 3x3, batchnorm, tanh, dense 4",
        "conv 3 3x3, batchnorm, gelu, maxpool 2 stride 1, batchnorm noscale, leaky 0.1, conv 2 "
        "1x1, "
        "avgpool 2, batchnorm noshift eps 0.1, silu, dense 4",
        "dense 6, batchnorm, relu, dense 4, batchnorm", "whiten 4 2x2, gelu, conv 3 3x3, dense 4",
        "whiten 8 3x3, batchnorm, relu, dense 4",
        "conv 3 3x3, residual { conv 3 3x3, tanh }, relu, dense 4",
        "residual { conv 2 3x3, gelu }, dense 4", "conv 3 2x2, residual { tanh, scale 2 }, dense 4",
        "conv 3 3x3, batchnorm, relu, residual { conv 5 3x3 stride 2, batchnorm, relu, conv 5 3x3, "
        "batchnorm }, relu, dense 4",
        "dense 6, residual { dense 6, tanh, residual { dense 5, tanh }, residual { batchnorm, relu "
        "} }, "
        "dense 4"));

}  // namespace
}  // namespace weft
