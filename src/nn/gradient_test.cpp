// Every layer and every loss against complex-step differentiation: with h = 1e-50 the derivative is
// Imag(f(x + ih)) / h, exact to rounding, so the written-out backward passes must agree to ten
// digits.
#include <gtest/gtest.h>

#include <complex>
#include <vector>

#include "base/random.hpp"
#include "compare.hpp"
#include "nn/network.hpp"

namespace weft {
namespace {

using Complex = std::complex<double>;
using testing::all_close;

constexpr double kStep = 1e-50;
constexpr std::size_t kRows = 5;

std::vector<double> random_values(std::size_t count, std::uint32_t index) {
  RandomStream random(23, RandomPurpose::initialise, 0, index);
  std::vector<double> values(count);
  for (double& value : values) value = random.normal();
  return values;
}

std::vector<Complex> in_complex(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

// Rows of one array of any number type.
template <class T>
class VectorRows final : public RowSource<T> {
 public:
  VectorRows(const std::vector<T>& values, std::size_t rows) : values_(values), rows_(rows) {}
  std::size_t rows() const override { return rows_; }
  std::size_t width() const override { return values_.size() / rows_; }
  const T* fetch(std::span<const std::uint32_t> positions, T*) const override {
    return values_.data() + positions.front() * width();
  }

 private:
  const std::vector<T>& values_;
  std::size_t rows_;
};

using LossMember = Sum<Complex> (*Kernels<Complex>::*)(std::size_t, std::size_t, const Complex*,
                                                       const Label*, Complex, Complex*);
using RealLossMember = double (*Kernels<double>::*)(std::size_t, std::size_t, const double*,
                                                    const Label*, double, double*);

struct GradientCase {
  const char* name;
  const char* network;
  LossMember complex_loss;
  RealLossMember real_loss;
  double smoothing = 0;  // above 0: the smoothed softmax loss in place of those

  // NOLINTNEXTLINE(readability-identifier-naming): GoogleTest calls it
  friend void PrintTo(const GradientCase& c, std::ostream* out) { *out << c.network; }
};

template <class T, class Member>
Loss<T> loss_of(const GradientCase& c, Member member) {
  const Kernels<T>& kernels = reference_kernels<T>();
  if (c.smoothing == 0) return kernels.*member;
  return [&kernels, smoothing = T(c.smoothing)](std::size_t n, std::size_t classes, const T* logits,
                                                const Label* labels, T scale, T* diff) {
    return kernels.smoothed_cross_entropy(n, classes, logits, labels, smoothing, scale, diff);
  };
}

class Gradients : public ::testing::TestWithParam<GradientCase> {};

TEST_P(Gradients, AgreeWithComplexStep) {
  const GradientCase& c = GetParam();
  const Shape input{2, 3, 4};
  const std::vector<Label> labels{0, 2, 1, 3, 2};
  const std::vector<std::uint32_t> positions{0, 1, 2, 3, 4};

  Network<double> network(c.network, input, reference_kernels<double>(), 1);
  const std::vector<double> weights = random_values(network.parameters().size(), 1);
  const std::vector<double> x = random_values(kRows * input.elements(), 2);
  std::ranges::copy(weights, network.parameters().begin());
  network.parameters_changed();
  const Loss<double> loss = loss_of<double>(c, c.real_loss);
  const BatchResult<double> result =
      network.gradient(VectorRows(x, kRows), positions, labels.data(), loss, 0.5);

  Network<Complex> twin(c.network, input, reference_kernels<Complex>(), 1);
  const Loss<Complex> twin_loss = loss_of<Complex>(c, c.complex_loss);
  const std::vector<Complex> twin_x = in_complex(x);
  std::ranges::copy(in_complex(weights), twin.parameters().begin());
  std::vector<bool> trained(weights.size());
  for (const Parameter& parameter : network.architecture().parameters()) {
    std::fill_n(trained.begin() + static_cast<std::ptrdiff_t>(parameter.offset),
                parameter.shape.elements(), parameter.trained);
  }
  std::vector<double> expected;
  for (Complex& parameter : twin.parameters()) {
    if (!trained[expected.size()]) {
      expected.push_back(0);
      continue;
    }
    parameter += Complex(0, kStep);
    twin.parameters_changed();
    const auto step =
        twin.gradient(VectorRows(twin_x, kRows), positions, labels.data(), twin_loss, Complex(1));
    expected.push_back(0.5 * step.loss.imag() / kStep);
    ASSERT_NEAR(step.loss.real(), result.loss, 1e-12 * std::abs(result.loss));
    parameter = parameter.real();
  }
  EXPECT_TRUE(all_close(network.gradients(), expected, 1e-10, 1e-13));
  double largest = 0;
  for (const double value : expected) largest = std::max(largest, std::abs(value));
  EXPECT_GT(largest, 1e-3) << "a gradient of zero proves nothing";
}

constexpr auto kSoftmax = &Kernels<Complex>::softmax_cross_entropy;
constexpr auto kSoftmaxReal = &Kernels<double>::softmax_cross_entropy;

INSTANTIATE_TEST_SUITE_P(
    All, Gradients,
    ::testing::Values(
        GradientCase{"softmax_loss", "dense 4", kSoftmax, kSoftmaxReal},
        GradientCase{"smoothed_softmax_loss", "dense 4", kSoftmax, kSoftmaxReal, 0.2},
        GradientCase{"sigmoid_loss", "dense 4", &Kernels<Complex>::sigmoid_cross_entropy,
                     &Kernels<double>::sigmoid_cross_entropy},
        GradientCase{"squared_error_loss", "dense 4", &Kernels<Complex>::mean_squared_error,
                     &Kernels<double>::mean_squared_error},
        GradientCase{"dense_nobias", "dense 7 nobias, dense 4 nobias", kSoftmax, kSoftmaxReal},
        GradientCase{"sigmoid", "dense 7, sigmoid, dense 4", kSoftmax, kSoftmaxReal},
        GradientCase{"tanh", "dense 7, tanh, dense 4", kSoftmax, kSoftmaxReal},
        GradientCase{"relu", "dense 7, relu, dense 4", kSoftmax, kSoftmaxReal},
        GradientCase{"activation_first", "tanh, dense 4", kSoftmax, kSoftmaxReal},
        GradientCase{"conv", "conv 3 3x3, tanh, dense 4", kSoftmax, kSoftmaxReal},
        GradientCase{"conv_of_conv",
                     "conv 4 2x3 stride 2, gelu, conv 2 1x1 groups 2 nobias, dense 4", kSoftmax,
                     kSoftmaxReal},
        GradientCase{"depthwise", "conv 2 3x3 groups all, silu, conv 4 3x4 pad 0, flatten",
                     kSoftmax, kSoftmaxReal},
        GradientCase{"maxpool", "conv 3 3x3, maxpool 2 stride 1, leaky 0.1, dense 4", kSoftmax,
                     kSoftmaxReal},
        GradientCase{"avgpool", "conv 3 3x3, avgpool 2 pad 1, scale 2.5, dense 4", kSoftmax,
                     kSoftmaxReal},
        GradientCase{"globals", "conv 4 3x3, gelu, globalmaxpool", kSoftmax, kSoftmaxReal},
        GradientCase{"global_mean", "conv 4 3x3, gelu, globalavgpool", kSoftmax, kSoftmaxReal},
        GradientCase{"batchnorm", "conv 3 3x3, batchnorm, tanh, dense 4", kSoftmax, kSoftmaxReal},
        GradientCase{"batchnorm_with_activation",
                     "conv 3 3x3, batchnorm, gelu, maxpool 2 stride 1, batchnorm noscale, leaky "
                     "0.1, conv 2 1x1, avgpool 2, batchnorm noshift eps 0.1, silu, dense 4",
                     kSoftmax, kSoftmaxReal},
        GradientCase{"batchnorm_of_vectors", "batchnorm, dense 6, batchnorm, relu, dense 4",
                     kSoftmax, kSoftmaxReal},
        GradientCase{"dropout", "dense 20, dropout 0.5, tanh, dropout 0.25, dense 4", kSoftmax,
                     kSoftmaxReal},
        GradientCase{"whiten", "whiten 4 2x2, gelu, conv 3 3x3, dense 4", kSoftmax, kSoftmaxReal},
        GradientCase{"residual", "conv 3 3x3, residual { conv 3 3x3, tanh }, relu, dense 4",
                     kSoftmax, kSoftmaxReal},
        GradientCase{"residual_first", "residual { conv 2 3x3, gelu }, dense 4", kSoftmax,
                     kSoftmaxReal},
        GradientCase{"residual_in_place", "conv 3 2x2, residual { tanh, scale 2 }, dense 4",
                     kSoftmax, kSoftmaxReal},
        GradientCase{"residual_projected",
                     "conv 3 3x3, residual { conv 5 3x3 stride 2, batchnorm, relu, conv 5 3x3, "
                     "batchnorm }, relu, dense 4",
                     kSoftmax, kSoftmaxReal},
        GradientCase{"residuals_nested",
                     "dense 6, residual { dense 6, tanh, residual { dense 5, tanh }, residual { "
                     "batchnorm, relu } }, dense 4",
                     kSoftmax, kSoftmaxReal},
        GradientCase{"deep", "dense 9, tanh, dense 8 nobias, sigmoid, dense 6, relu, dense 4",
                     kSoftmax, kSoftmaxReal}),
    [](const auto& instance) { return std::string(instance.param.name); });

// Layers are asked for the gradient at their input too: a first layer's is not part of the
// parameters' gradient.
TEST(LayerGradients, AtTheInputAgreeWithComplexStep) {
  const Shape input{2, 3, 4};
  const std::size_t n = 3, width = input.elements();
  for (const char* words :
       {"dense 4", "dense 4 nobias", "sigmoid", "tanh", "relu", "leaky 0.2", "gelu", "silu",
        "flatten", "scale -3", "conv 4 3x3", "conv 2 2x2 pad 0 stride 2 groups all nobias",
        "maxpool 2", "avgpool 3 stride 1 pad 1", "globalmaxpool", "globalavgpool"}) {
    SCOPED_TRACE(words);
    const LayerText text = parse_network(words).front();
    const auto layer = make_layer<double>(text, {input}, reference_kernels<double>());
    const auto twin = make_layer<Complex>(text, {input}, reference_kernels<Complex>());
    const std::size_t outputs = layer->output().elements();
    const std::vector<double> weights = random_values(128, 3), x = random_values(n * width, 4);
    const std::vector<double> upstream = random_values(n * outputs, 5);

    std::vector<double> dst(n * outputs), diff_src(n * width, 7.0), diff_weights(128);
    layer->forward({.n = n,
                    .src = x.data(),
                    .dst = dst.data(),
                    .parameters = weights.data(),
                    .packed = nullptr});
    layer->backward({.n = n,
                     .src = x.data(),
                     .dst = dst.data(),
                     .diff_dst = upstream.data(),
                     .diff_src = diff_src.data(),
                     .parameters = weights.data(),
                     .packed = nullptr,
                     .diff_parameters = diff_weights.data(),
                     .accumulate = false});

    const std::vector<Complex> twin_weights = in_complex(weights);
    std::vector<double> expected;
    for (std::size_t i = 0; i < x.size(); ++i) {
      std::vector<Complex> twin_x = in_complex(x), twin_dst(n * outputs);
      twin_x[i] += Complex(0, kStep);
      twin->forward({.n = n,
                     .src = twin_x.data(),
                     .dst = twin_dst.data(),
                     .parameters = twin_weights.data(),
                     .packed = nullptr});
      double sum = 0;
      for (std::size_t j = 0; j < twin_dst.size(); ++j)
        sum += upstream[j] * twin_dst[j].imag() / kStep;
      expected.push_back(sum);
    }
    EXPECT_TRUE(all_close(diff_src, expected, 1e-10, 1e-14));
  }
}

}  // namespace
}  // namespace weft
