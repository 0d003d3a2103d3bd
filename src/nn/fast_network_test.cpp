// Whole networks on the fast kernels against the same on the reference loops.
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "compare.hpp"
#include "nn/initialise.hpp"
#include "nn/network.hpp"
#include "nn/whiten.hpp"

namespace weft {
namespace {

using testing::all_close;

Tensor random_pictures(std::size_t n, const Shape& shape) {
  Tensor rows(DataType::f32, {n, shape[0], shape[1], shape[2]});
  RandomStream random(41, RandomPurpose::initialise);
  for (float& value : rows.as<float>()) value = static_cast<float>(random.normal());
  return rows;
}

struct Case {
  const char* text;
  Shape input;
};

const std::vector<Case> kCases{
    {"conv 32 3x3, batchnorm, relu, conv 64 3x3, batchnorm, relu, maxpool 2, conv 16 3x3, "
     "batchnorm, relu, globalmaxpool, dense 10",
     {1, 12, 12}},
    {"whiten 7 2x2, gelu, conv 9 3x3, maxpool 2, batchnorm noscale, silu, conv 17 3x3 groups 1, "
     "batchnorm noshift, leaky 0.1, avgpool 2, flatten, dense 6 nobias",
     {2, 9, 13}},
    {"conv 16 5x5 stride 2, relu, residual { conv 24 3x3 stride 2, batchnorm, relu, conv 24 3x3, "
     "batchnorm }, relu, conv 24 3x3 groups all, conv 20 1x1, tanh, globalavgpool, dense 5",
     {3, 17, 15}},
    {"avgpool 2, residual { conv 6 3x3, sigmoid }, conv 10 3x3 dilation 2, globalmaxpool",
     {6, 11, 10}},
    {"conv 8 1x1, maxpool 3 stride 2 pad 1, conv 8 3x3, avgpool 3 stride 1 pad 1, dropout 0.3, "
     "residual { flatten, dense 7 }, dense 4",
     {1, 8, 9}},
};

template <class T>
std::vector<double> gradients_of(const Case& c, const Kernels<T>& kernels, int threads,
                                 std::vector<double>& logits, double& loss_value) {
  constexpr std::size_t kRows = 70;
  const Tensor rows = random_pictures(kRows, c.input);
  const TensorRows<T> source(rows);
  Network<T> network(c.text, c.input, kernels, threads);
  initialise<T>(Initialisation::he, 1, network.architecture().parameters(), network.parameters());
  find_whitening(source, 1, network);
  network.parameters_changed();
  const std::size_t classes = network.architecture().output().elements();
  std::vector<Label> labels;
  std::vector<std::uint32_t> positions;
  for (std::uint32_t i = 0; i < kRows; ++i) {
    labels.push_back(static_cast<Label>(i * 7 % classes));
    positions.push_back(kRows - 1 - i);
  }
  const Loss<T> loss = kernels.softmax_cross_entropy;
  loss_value = network.gradient(source, positions, labels.data(), loss, T(1)).loss;
  std::vector<T> values(kRows * classes);
  network.forward(source, values.data());
  logits.assign(values.begin(), values.end());
  std::vector<double> gradients(network.gradients().begin(), network.gradients().end());
  gradients.insert(gradients.end(), network.parameters().begin(), network.parameters().end());
  return gradients;
}

TEST(FastNetworks, AgreeWithTheReference) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.text);
    std::vector<double> expected_logits, logits;
    double expected_loss = 0, loss = 0;
    const auto expected =
        gradients_of(c, reference_kernels<double>(), 1, expected_logits, expected_loss);
    const auto gradients = gradients_of(c, fast_kernels(), 2, logits, loss);
    EXPECT_NEAR(loss, expected_loss, 1e-5 * expected_loss);
    EXPECT_TRUE(all_close(logits, expected_logits, 1e-4, 2e-4));
    EXPECT_TRUE(all_close(gradients, expected, 1e-3, 2e-3));
  }
}

TEST(FastNetworks, BfloatFactorsStayNear) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.text);
    std::vector<double> expected_logits, logits;
    double expected_loss = 0, loss = 0;
    gradients_of(c, fast_kernels(), 1, expected_logits, expected_loss);
    gradients_of(c, bf16_kernels(), 2, logits, loss);
    EXPECT_NEAR(loss, expected_loss, 0.02 * expected_loss);
    EXPECT_NE(loss, expected_loss);
  }
}

TEST(FastNetworks, ARowAloneGivesTheSameBytesAsAmongOthers) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.text);
    const Tensor rows = random_pictures(40, c.input);
    const TensorRows<float> source(rows);
    Network<float> network(c.text, c.input, fast_kernels(), 3);
    initialise<float>(Initialisation::he, 1, network.architecture().parameters(),
                      network.parameters());
    const std::size_t classes = network.architecture().output().elements();
    std::vector<float> all(40 * classes), one(classes);
    network.forward(source, all.data());
    for (const std::uint32_t row : {0U, 17U, 39U}) {
      network.forward(source, std::span(&row, 1), one.data());
      for (std::size_t i = 0; i < classes; ++i) EXPECT_EQ(one[i], all[row * classes + i]);
    }
  }
}

TEST(FastNetworks, SameBytesForAnyNumberOfThreads) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.text);
    std::vector<double> first_logits, logits;
    double first_loss = 0, loss = 0;
    const auto first = gradients_of(c, fast_kernels(), 1, first_logits, first_loss);
    for (const int threads : {2, 3}) {
      EXPECT_EQ(gradients_of(c, fast_kernels(), threads, logits, loss), first);
      EXPECT_EQ(logits, first_logits);
    }
  }
}

}  // namespace
}  // namespace weft
