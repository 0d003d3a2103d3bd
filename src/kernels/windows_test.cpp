// Convolution and pooling, as plain loops: small cases by hand, gradients by complex step.
#include <gmock/gmock.h>

#include <cmath>
#include <complex>
#include <limits>
#include <vector>

#include "base/random.hpp"
#include "compare.hpp"
#include "kernels/kernels.hpp"

namespace weft {
namespace {

using Complex = std::complex<double>;
using testing::all_close;
using ::testing::ElementsAre;

constexpr double kStep = 1e-50;

std::vector<double> random_values(std::size_t count, std::uint32_t index) {
  RandomStream random(29, RandomPurpose::initialise, 0, index);
  std::vector<double> values(count);
  for (double& value : values) value = random.normal();
  return values;
}

// The gradient of f at x: f takes complex numbers and returns one.
template <class Function>
std::vector<double> complex_step(const std::vector<double>& x, const Function& f) {
  std::vector<Complex> z(x.begin(), x.end());
  std::vector<double> gradient;
  for (Complex& value : z) {
    value += Complex(0, kStep);
    gradient.push_back(f(z).imag() / kStep);
    value = value.real();
  }
  return gradient;
}

Complex dot(const std::vector<double>& a, const std::vector<Complex>& b) {
  Complex sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::vector<double> convolved(std::size_t n, const Convolution& c, const std::vector<double>& src,
                              const std::vector<double>& weights,
                              const std::vector<double>& bias = {}) {
  std::vector<double> dst(n * c.dst_elements(), 99);
  const auto kernel = reference_kernels<double>().make_convolution(c);
  kernel->forward(n, src.data(), weights.data(), nullptr,
                  {.bias = bias.empty() ? nullptr : bias.data()}, dst.data(), nullptr);
  return dst;
}

// 1 2 3 / 4 5 6 / 7 8 9, and the taps 1 0 / 0 -1: x[y][x] - x[y + 1][x + 1].
TEST(Convolutions, ByHand) {
  const std::vector<double> picture{1, 2, 3, 4, 5, 6, 7, 8, 9}, taps{1, 0, 0, -1};
  Convolution c{.in_channels = 1,
                .out_channels = 1,
                .height = 3,
                .width = 3,
                .kernel_height = 2,
                .kernel_width = 2};
  EXPECT_THAT(convolved(1, c, picture, taps), ElementsAre(-4, -4, -4, -4));
  EXPECT_THAT(convolved(1, c, picture, taps, {10}), ElementsAre(6, 6, 6, 6));
  c.stride = 2;
  EXPECT_THAT(convolved(1, c, picture, taps), ElementsAre(-4));
  c.pad_height = c.pad_width = 1;
  EXPECT_THAT(convolved(1, c, picture, taps), ElementsAre(-1, -3, -7, -4));
  c = {.in_channels = 1,
       .out_channels = 1,
       .height = 3,
       .width = 3,
       .kernel_height = 2,
       .kernel_width = 2,
       .dilation = 2};
  EXPECT_THAT(convolved(1, c, picture, taps), ElementsAre(1 - 9));
  // Two groups: each output channel sees its own input channel, doubled or negated.
  const Convolution groups{.in_channels = 2,
                           .out_channels = 2,
                           .height = 1,
                           .width = 2,
                           .kernel_height = 1,
                           .kernel_width = 1,
                           .groups = 2};
  EXPECT_THAT(convolved(1, groups, {1, 2, 3, 4}, {2, -1}), ElementsAre(2, 4, -3, -4));
  // Two input channels add up.
  const Convolution sum{.in_channels = 2,
                        .out_channels = 1,
                        .height = 1,
                        .width = 2,
                        .kernel_height = 1,
                        .kernel_width = 1};
  EXPECT_THAT(convolved(1, sum, {1, 2, 3, 4}, {2, -1}), ElementsAre(-1, 0));
}

const std::vector<Convolution> kConvolutions{
    {.in_channels = 1,
     .out_channels = 1,
     .height = 1,
     .width = 1,
     .kernel_height = 1,
     .kernel_width = 1},
    {.in_channels = 3,
     .out_channels = 2,
     .height = 5,
     .width = 4,
     .kernel_height = 3,
     .kernel_width = 3,
     .pad_height = 1,
     .pad_width = 1},
    {.in_channels = 2,
     .out_channels = 4,
     .height = 6,
     .width = 7,
     .kernel_height = 3,
     .kernel_width = 2,
     .pad_height = 2,
     .pad_width = 0,
     .stride = 2},
    {.in_channels = 4,
     .out_channels = 6,
     .height = 7,
     .width = 5,
     .kernel_height = 2,
     .kernel_width = 3,
     .pad_height = 1,
     .pad_width = 2,
     .stride = 3,
     .dilation = 2,
     .groups = 2},
    {.in_channels = 3,
     .out_channels = 3,
     .height = 4,
     .width = 4,
     .kernel_height = 5,
     .kernel_width = 5,
     .pad_height = 2,
     .pad_width = 2,
     .groups = 3},
    {.in_channels = 3,
     .out_channels = 5,
     .height = 4,
     .width = 3,
     .kernel_height = 3,
     .kernel_width = 3,
     .pad_height = 1,
     .pad_width = 1,
     .src_block = 2,
     .dst_block = 4},
};

TEST(Convolutions, GradientsAgreeWithComplexStep) {
  const auto& kernels = reference_kernels<double>();
  const auto& twin = reference_kernels<Complex>();
  constexpr std::size_t kRows = 2;
  for (const Convolution& c : kConvolutions) {
    SCOPED_TRACE(&c - kConvolutions.data());
    const auto kernel = kernels.make_convolution(c);
    const auto twin_kernel = twin.make_convolution(c);
    const std::size_t out = kRows * c.dst_elements();
    const auto src = random_values(kRows * c.src_elements(), 1);
    const auto weights = random_values(c.weights(), 2), bias = random_values(c.out_channels, 3);
    const auto upstream = random_values(out, 4);
    const auto loss = [&](const auto& x, const auto& w, const auto& b) {
      std::vector<Complex> dst(out, Complex(99));
      const std::vector<Complex> zx(x.begin(), x.end()), zw(w.begin(), w.end()),
          zb(b.begin(), b.end());
      twin_kernel->forward(kRows, zx.data(), zw.data(), nullptr, {.bias = zb.data()}, dst.data(),
                           nullptr);
      return dot(upstream, dst);
    };

    std::vector<double> diff_src(src.size(), 99);
    kernel->backward_data(kRows, upstream.data(), weights.data(), nullptr, diff_src.data(),
                          nullptr);
    EXPECT_TRUE(all_close(diff_src,
                          complex_step(src, [&](const auto& z) { return loss(z, weights, bias); }),
                          1e-10, 1e-14));

    std::vector<double> diff_weights(weights.size(), 99), diff_bias(bias.size(), 99);
    kernel->backward_weights(kRows, src.data(), upstream.data(), false, diff_weights.data(),
                             diff_bias.data(), nullptr);
    const auto by_weights =
        complex_step(weights, [&](const auto& z) { return loss(src, z, bias); });
    EXPECT_TRUE(all_close(diff_weights, by_weights, 1e-10, 1e-14));
    EXPECT_TRUE(all_close(diff_bias,
                          complex_step(bias, [&](const auto& z) { return loss(src, weights, z); }),
                          1e-10, 1e-14));
    kernel->backward_weights(kRows, src.data(), upstream.data(), true, diff_weights.data(),
                             diff_bias.data(), nullptr);
    std::vector<double> twice = by_weights;
    for (double& value : twice) value *= 2;
    EXPECT_TRUE(all_close(diff_weights, twice, 1e-10, 1e-14)) << "accumulated";
  }
}

TEST(Poolings, ByHand) {
  const auto& kernels = reference_kernels<double>();
  const std::vector<double> picture{1, 2, 3, 4, 9, 6, 7, 8, 5};
  const auto pooled = [&](const Pooling& p, auto kernel) {
    std::vector<double> dst(p.out_height() * p.out_width(), 99);
    kernel(1, p, picture.data(), dst.data());
    return dst;
  };
  const Pooling two{
      .channels = 1, .height = 3, .width = 3, .kernel_height = 2, .kernel_width = 2, .stride = 1};
  EXPECT_THAT(pooled(two, kernels.maxpool_forward), ElementsAre(9, 9, 9, 9));
  EXPECT_THAT(pooled(two, kernels.avgpool_forward), ElementsAre(4, 5, 7, 7));
  const Pooling padded{.channels = 1,
                       .height = 3,
                       .width = 3,
                       .kernel_height = 2,
                       .kernel_width = 2,
                       .stride = 2,
                       .pad = 1};
  EXPECT_THAT(pooled(padded, kernels.maxpool_forward), ElementsAre(1, 3, 7, 9));
  EXPECT_THAT(pooled(padded, kernels.avgpool_forward), ElementsAre(0.25, 1.25, 2.75, 7));
  const Pooling whole{
      .channels = 1, .height = 3, .width = 3, .kernel_height = 3, .kernel_width = 3, .stride = 1};
  EXPECT_THAT(pooled(whole, kernels.maxpool_forward), ElementsAre(9));
  EXPECT_THAT(pooled(whole, kernels.avgpool_forward), ElementsAre(5));
}

TEST(Poolings, ANanIsPassedOn) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const std::vector<double>& picture :
       {std::vector<double>{nan, 1, 2, 3}, {1, nan, 2, 3}, {1, 2, 3, nan}}) {
    const Pooling p{
        .channels = 1, .height = 2, .width = 2, .kernel_height = 2, .kernel_width = 2, .stride = 2};
    double dst = 0;
    reference_kernels<double>().maxpool_forward(1, p, picture.data(), &dst);
    EXPECT_TRUE(std::isnan(dst));
  }
}

TEST(Poolings, GradientsAgreeWithComplexStep) {
  const auto& kernels = reference_kernels<double>();
  const auto& twin = reference_kernels<Complex>();
  constexpr std::size_t kRows = 2;
  for (const Pooling& p : {Pooling{.channels = 3,
                          .height = 4,
                          .width = 6,
                          .kernel_height = 2,
                          .kernel_width = 2,
                          .stride = 2},
                           Pooling{.channels = 2,
                           .height = 5,
                           .width = 7,
                           .kernel_height = 3,
                           .kernel_width = 3,
                           .stride = 2,
                           .pad = 1},
                           Pooling{.channels = 1,
                           .height = 5,
                           .width = 4,
                           .kernel_height = 5,
                           .kernel_width = 4,
                           .stride = 1},
                           Pooling{.channels = 3,
                           .height = 4,
                           .width = 3,
                           .kernel_height = 2,
                           .kernel_width = 2,
                           .stride = 1,
                           .block = 2}}) {
    const std::size_t out = kRows * p.dst_elements();
    const auto src = random_values(kRows * p.src_elements(), 1);
    const auto upstream = random_values(out, 2);
    const auto gradient = [&](auto kernel) {
      return complex_step(src, [&](const std::vector<Complex>& z) {
        std::vector<Complex> dst(out);
        kernel(kRows, p, z.data(), dst.data());
        return dot(upstream, dst);
      });
    };
    std::vector<double> diff_src(src.size(), 99);
    kernels.maxpool_backward(kRows, p, src.data(), upstream.data(), diff_src.data());
    EXPECT_TRUE(all_close(diff_src, gradient(twin.maxpool_forward), 1e-10, 1e-14));
    kernels.avgpool_backward(kRows, p, upstream.data(), diff_src.data());
    EXPECT_TRUE(all_close(diff_src, gradient(twin.avgpool_forward), 1e-10, 1e-14));
  }
}

TEST(Activations, GradientsAgreeWithComplexStep) {
  const auto& kernels = reference_kernels<double>();
  const auto& twin = reference_kernels<Complex>();
  const auto src = random_values(50, 1), upstream = random_values(50, 2);
  std::vector<double> dst(50), diff_src(50, 99);
  const auto gradient = [&](const auto& forward) {
    return complex_step(src, [&](const std::vector<Complex>& z) {
      std::vector<Complex> y(50);
      forward(z.data(), y.data());
      return dot(upstream, y);
    });
  };
  kernels.leaky_forward(50, 0.1, src.data(), dst.data());
  kernels.leaky_backward(50, 0.1, dst.data(), upstream.data(), diff_src.data());
  EXPECT_TRUE(all_close(diff_src,
                        gradient([&](auto* x, auto* y) { twin.leaky_forward(50, 0.1, x, y); }),
                        1e-10, 1e-14));
  kernels.gelu_backward(50, src.data(), upstream.data(), diff_src.data());
  EXPECT_TRUE(all_close(diff_src, gradient([&](auto* x, auto* y) { twin.gelu_forward(50, x, y); }),
                        1e-10, 1e-14));
  kernels.silu_backward(50, src.data(), upstream.data(), diff_src.data());
  EXPECT_TRUE(all_close(diff_src, gradient([&](auto* x, auto* y) { twin.silu_forward(50, x, y); }),
                        1e-10, 1e-14));
}

// x Phi(x) and x / (1 + e^-x), from the C library's erfc and exp in double precision.
TEST(Activations, AreTheKnownFunctions) {
  const auto& kernels = reference_kernels<double>();
  const std::vector<double> x{-3, -1, 0, 0.5, 2};
  std::vector<double> y(5);
  kernels.gelu_forward(5, x.data(), y.data());
  EXPECT_TRUE(all_close(y, std::vector<double>{-0.00404969, -0.15865525, 0, 0.34573123, 1.95449974},
                        0, 5e-9));
  kernels.silu_forward(5, x.data(), y.data());
  EXPECT_TRUE(all_close(y, std::vector<double>{-0.14227762, -0.26894142, 0, 0.31122967, 1.76159416},
                        0, 5e-9));
  kernels.leaky_forward(5, 0.01, x.data(), y.data());
  EXPECT_THAT(y, ElementsAre(-0.03, -0.01, 0, 0.5, 2));
}

}  // namespace
}  // namespace weft
