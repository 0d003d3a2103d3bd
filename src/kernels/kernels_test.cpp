// Every fast kernel against its reference over awkward sizes, with poisoned outputs, assigned and
// accumulated.
#include "kernels/kernels.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <limits>
#include <vector>

#include "base/random.hpp"
#include "compare.hpp"
#include "tensor/aligned.hpp"

namespace weft {
namespace {

using testing::all_close;
using Values = std::vector<float>;

constexpr float kPoison = std::numeric_limits<float>::quiet_NaN();

Values random_values(std::size_t count, std::uint32_t index, double scale = 1) {
  RandomStream random(11, RandomPurpose::initialise, 0, index);
  Values values(count);
  for (float& value : values) value = static_cast<float>(scale * random.normal());
  return values;
}

float to_bf16(float value) {
  std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
  bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000;
  return std::bit_cast<float>(bits);
}

Values rounded(Values values) {
  for (float& value : values) value = to_bf16(value);
  return values;
}

struct DenseCase {
  std::size_t n, in, out;
};

const std::vector<DenseCase> kDenseCases = [] {
  std::vector<DenseCase> cases{{1, 1, 1},    {96, 784, 50}, {97, 300, 33},
                               {200, 17, 7}, {5, 1030, 10}, {240, 64, 129}};
  for (const std::size_t n : {1, 3, 7, 16}) {
    for (const std::size_t in : {1, 3, 8, 17, 257}) {
      for (const std::size_t out : {1, 2, 7, 15, 16, 17, 31, 50}) cases.push_back({n, in, out});
    }
  }
  return cases;
}();

std::string name_of(const DenseCase& c) {
  return "n " + std::to_string(c.n) + ", in " + std::to_string(c.in) + ", out " +
         std::to_string(c.out);
}

// What the fast kernels compute, against the reference in double precision on the same (perhaps
// rounded) factors.
class DenseKernels : public ::testing::TestWithParam<bool> {
 protected:
  const Kernels<float>& fast() const { return GetParam() ? bf16_kernels() : fast_kernels(); }
  Values factors(std::size_t count, std::uint32_t index) const {
    return GetParam() ? rounded(random_values(count, index)) : random_values(count, index);
  }
};

std::vector<double> in_double(const Values& values) {
  return {values.begin(), values.end()};
}

// Rounding errors of a sum of k products of normal numbers.
double tolerance(std::size_t k) {
  return 4e-7 * static_cast<double>(k) + 1e-6;
}

TEST_P(DenseKernels, ForwardWithAndWithoutBias) {
  for (const DenseCase& c : kDenseCases) {
    SCOPED_TRACE(name_of(c));
    const Values src = factors(c.n * c.in, 1), weights = factors(c.out * c.in, 2),
                 bias = random_values(c.out, 3);
    AlignedVector<std::byte> packed(fast().dense_packed_bytes(c.in, c.out), std::byte{0xff});
    fast().dense_pack(c.in, c.out, weights.data(), packed.data());
    for (const bool with_bias : {false, true}) {
      Values dst(c.n * c.out, kPoison);
      fast().dense_forward(c.n, c.in, c.out, src.data(), weights.data(), packed.data(),
                           with_bias ? bias.data() : nullptr, dst.data());
      const auto src64 = in_double(src), weights64 = in_double(weights), bias64 = in_double(bias);
      std::vector<double> expected(c.n * c.out);
      reference_kernels<double>().dense_forward(c.n, c.in, c.out, src64.data(), weights64.data(),
                                                nullptr, with_bias ? bias64.data() : nullptr,
                                                expected.data());
      ASSERT_TRUE(all_close(dst, expected, 1e-6, tolerance(c.in)));
    }
  }
}

TEST_P(DenseKernels, BackwardData) {
  for (const DenseCase& c : kDenseCases) {
    SCOPED_TRACE(name_of(c));
    const Values diff_dst = factors(c.n * c.out, 4), weights = factors(c.out * c.in, 5);
    Values diff_src(c.n * c.in, kPoison);
    fast().dense_backward_data(c.n, c.in, c.out, diff_dst.data(), weights.data(), diff_src.data());
    const auto diff64 = in_double(diff_dst), weights64 = in_double(weights);
    std::vector<double> expected(c.n * c.in);
    reference_kernels<double>().dense_backward_data(c.n, c.in, c.out, diff64.data(),
                                                    weights64.data(), expected.data());
    ASSERT_TRUE(all_close(diff_src, expected, 1e-6, tolerance(c.out)));
  }
}

TEST_P(DenseKernels, BackwardWeightsAssignedAndAccumulated) {
  for (const DenseCase& c : kDenseCases) {
    SCOPED_TRACE(name_of(c));
    const Values src = factors(c.n * c.in, 6), diff_dst = factors(c.n * c.out, 7);
    const auto src64 = in_double(src), diff64 = in_double(diff_dst);
    for (const bool accumulate : {false, true}) {
      Values weights(c.out * c.in, accumulate ? 2.5F : kPoison),
          bias(c.out, accumulate ? -1.5F : kPoison);
      std::vector<double> expected(c.out * c.in, 2.5), expected_bias(c.out, -1.5);
      fast().dense_backward_weights(c.n, c.in, c.out, src.data(), diff_dst.data(), accumulate,
                                    weights.data(), bias.data());
      reference_kernels<double>().dense_backward_weights(c.n, c.in, c.out, src64.data(),
                                                         diff64.data(), accumulate, expected.data(),
                                                         expected_bias.data());
      ASSERT_TRUE(all_close(weights, expected, 1e-6, tolerance(c.n)));
      ASSERT_TRUE(all_close(bias, expected_bias, 1e-6, tolerance(c.n)));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Precisions, DenseKernels, ::testing::Bool(),
                         [](const auto& instance) { return instance.param ? "bf16" : "f32"; });

TEST(Bf16Kernels, RoundTheirFactors) {
  // 1 + 2^-9 is halfway between two bfloat16 numbers' neighbours and rounds to 1; 1 + 3 * 2^-8
  // rounds up to even.
  const Values src{1 + 0x1p-9F, 1 + 0x3p-8F}, weights{1, 1};
  Values dst(1);
  AlignedVector<std::byte> packed(bf16_kernels().dense_packed_bytes(2, 1));
  bf16_kernels().dense_pack(2, 1, weights.data(), packed.data());
  bf16_kernels().dense_forward(1, 2, 1, src.data(), weights.data(), packed.data(), nullptr,
                               dst.data());
  EXPECT_EQ(dst[0], 1 + (1 + 0x1p-6F));
}

// Lengths around the vectors'.
const std::vector<std::size_t> kCounts{1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 1000};

template <class Kernel, class Reference>
void compare_elementwise(Kernel fast_kernel, Reference reference_kernel, double scale) {
  for (const std::size_t count : kCounts) {
    SCOPED_TRACE(count);
    const Values src = random_values(count, 8, scale);
    Values dst(count, kPoison), expected(count, kPoison);
    fast_kernel(count, src.data(), dst.data());
    reference_kernel(count, src.data(), expected.data());
    ASSERT_TRUE(all_close(dst, expected, 2e-6, 1e-7));
    Values in_place = src;
    fast_kernel(count, in_place.data(), in_place.data());
    EXPECT_EQ(in_place, dst);
  }
}

template <class Kernel, class Reference>
void compare_slope(Kernel fast_kernel, Reference reference_kernel, const Values& results) {
  for (const std::size_t count : kCounts) {
    SCOPED_TRACE(count);
    const Values diff_dst = random_values(count, 9);
    Values diff_src(count, kPoison), expected(count, kPoison);
    fast_kernel(count, results.data(), diff_dst.data(), diff_src.data());
    reference_kernel(count, results.data(), diff_dst.data(), expected.data());
    ASSERT_TRUE(all_close(diff_src, expected, 2e-6, 1e-7));
  }
}

TEST(Activations, FastEqualsReference) {
  const Kernels<float>& fast = fast_kernels();
  const Kernels<float>& reference = reference_kernels<float>();
  for (const double scale : {1.0, 30.0, 300.0}) {
    compare_elementwise(fast.sigmoid_forward, reference.sigmoid_forward, scale);
    compare_elementwise(fast.tanh_forward, reference.tanh_forward, scale);
    compare_elementwise(fast.relu_forward, reference.relu_forward, scale);
  }
  Values results = random_values(1000, 10);
  compare_slope(fast.relu_backward, reference.relu_backward, results);
  fast.tanh_forward(results.size(), results.data(), results.data());
  compare_slope(fast.tanh_backward, reference.tanh_backward, results);
  fast.sigmoid_forward(results.size(), results.data(), results.data());
  compare_slope(fast.sigmoid_backward, reference.sigmoid_backward, results);
}

TEST(Activations, KeepNaN) {
  for (const auto* kernels : {&fast_kernels(), &reference_kernels<float>()}) {
    for (const auto forward :
         {kernels->sigmoid_forward, kernels->tanh_forward, kernels->relu_forward}) {
      Values values(9, 0.5F);
      values[2] = kPoison;
      forward(values.size(), values.data(), values.data());
      EXPECT_TRUE(std::isnan(values[2])) << kernels->name;
    }
  }
}

TEST(Losses, FastEqualsReference) {
  const Kernels<float>& fast = fast_kernels();
  const Kernels<double>& reference = reference_kernels<double>();
  using Pair =
      std::pair<decltype(fast.softmax_cross_entropy), decltype(reference.softmax_cross_entropy)>;
  for (const auto& [fast_loss, reference_loss] :
       {Pair{fast.softmax_cross_entropy, reference.softmax_cross_entropy},
        Pair{fast.sigmoid_cross_entropy, reference.sigmoid_cross_entropy},
        Pair{fast.mean_squared_error, reference.mean_squared_error}}) {
    for (const std::size_t n : {1, 2, 7, 33}) {
      for (const std::size_t classes : {2, 3, 10, 17}) {
        for (const double size : {1.0, 40.0}) {
          SCOPED_TRACE(::testing::Message()
                       << n << " x " << classes << ", logits of size " << size);
          const Values logits = random_values(n * classes, 12, size);
          const auto logits64 = in_double(logits);
          std::vector<Label> labels(n);
          for (std::size_t i = 0; i < n; ++i) labels[i] = static_cast<Label>((i * 7) % classes);
          Values diff(n * classes, kPoison);
          std::vector<double> expected(n * classes);
          const double loss =
              fast_loss(n, classes, logits.data(), labels.data(), 0.25F, diff.data());
          const double expected_loss =
              reference_loss(n, classes, logits64.data(), labels.data(), 0.25, expected.data());
          ASSERT_TRUE(all_close(std::vector{loss}, std::vector{expected_loss}, 2e-6, 1e-5));
          ASSERT_TRUE(all_close(diff, expected, 2e-6, 3e-7));
        }
      }
    }
  }
}

TEST(Losses, SmoothedFastEqualsReference) {
  for (const float smoothing : {0.0F, 0.1F, 0.75F}) {
    for (const std::size_t n : {1, 7, 33}) {
      for (const std::size_t classes : {2, 10, 17}) {
        SCOPED_TRACE(::testing::Message() << n << " x " << classes << " by " << smoothing);
        const Values logits = random_values(n * classes, 12, 10);
        const auto logits64 = in_double(logits);
        std::vector<Label> labels(n);
        for (std::size_t i = 0; i < n; ++i) labels[i] = static_cast<Label>((i * 7) % classes);
        Values diff(n * classes, kPoison);
        std::vector<double> expected(n * classes);
        const double loss = fast_kernels().smoothed_cross_entropy(
            n, classes, logits.data(), labels.data(), smoothing, 0.25F, diff.data());
        const double expected_loss = reference_kernels<double>().smoothed_cross_entropy(
            n, classes, logits64.data(), labels.data(), static_cast<double>(smoothing), 0.25,
            expected.data());
        ASSERT_TRUE(all_close(std::vector{loss}, std::vector{expected_loss}, 2e-6, 1e-5));
        ASSERT_TRUE(all_close(diff, expected, 2e-6, 3e-7));
      }
    }
  }
}

// By the definition: the cross-entropy of (1 - e) y + e / classes with the softmax.
TEST(Losses, SmoothingIsTheCrossEntropyOfSmoothedTargets) {
  const std::vector<double> logits{0.5, -1, 2, 0};
  const Label label = 2;
  std::vector<double> p(4), diff(4), expected(4);
  const Kernels<double>& kernels = reference_kernels<double>();
  kernels.softmax(1, 4, logits.data(), p.data());
  double sum = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    const double target = 0.8 * (c == label ? 1 : 0) + 0.2 / 4;
    sum -= target * std::log(p[c]);
    expected[c] = 3 * (p[c] - target);
  }
  const double loss =
      kernels.smoothed_cross_entropy(1, 4, logits.data(), &label, 0.2, 3, diff.data());
  EXPECT_NEAR(loss, sum, 1e-14);
  EXPECT_TRUE(all_close(diff, expected, 1e-14, 1e-15));
}

TEST(Losses, WithoutSmoothingItIsThePlainOne) {
  const Values logits{0.5F, -1, 2, -std::numeric_limits<float>::infinity(), 0.25F, 1};
  const std::vector<Label> labels{2, 1};
  for (const auto* kernels : {&fast_kernels(), &reference_kernels<float>()}) {
    Values diff(6, kPoison), plain(6, kPoison);
    const double loss =
        kernels->smoothed_cross_entropy(2, 3, logits.data(), labels.data(), 0, 0.5F, diff.data());
    EXPECT_EQ(loss, kernels->softmax_cross_entropy(2, 3, logits.data(), labels.data(), 0.5F,
                                                   plain.data()));
    EXPECT_TRUE(std::isfinite(loss));
    EXPECT_EQ(diff, plain);
  }
}

TEST(Losses, AreNotFiniteWhereALogitIsNot) {
  for (const auto* kernels : {&fast_kernels(), &reference_kernels<float>()}) {
    for (const auto loss : {kernels->softmax_cross_entropy, kernels->sigmoid_cross_entropy,
                            kernels->mean_squared_error}) {
      for (const std::size_t place : {0, 1, 2}) {
        Values logits{0.5F, -1, 2}, diff(3);
        logits[place] = kPoison;
        const Label label = 1;
        EXPECT_FALSE(std::isfinite(loss(1, 3, logits.data(), &label, 1, diff.data())))
            << kernels->name << place;
      }
    }
  }
}

TEST(Losses, SoftmaxRowsSumToOneForHugeLogits) {
  for (const auto* kernels : {&fast_kernels(), &reference_kernels<float>()}) {
    Values values{1e30F, -1e30F, 1e30F, 0, 5, -5};
    kernels->softmax(2, 3, values.data(), values.data());
    EXPECT_TRUE(
        all_close(Values(values.begin(), values.begin() + 3), Values{0.5F, 0, 0.5F}, 1e-6, 1e-30));
    EXPECT_NEAR(values[3] + values[4] + values[5], 1, 1e-6);
  }
}

TEST(Steps, FastEqualsReference) {
  const Kernels<float>& fast = fast_kernels();
  const Kernels<float>& reference = reference_kernels<float>();
  for (const std::size_t count : kCounts) {
    SCOPED_TRACE(count);
    const Values gradients = random_values(count, 13), start = random_values(count, 14);
    for (const bool nesterov : {false, true}) {
      for (const float momentum : {0.0F, 0.9F}) {
        Values w = start, w_expected = start, v(count, 0.5F), v_expected(count, 0.5F);
        float* velocity = momentum == 0 ? nullptr : v.data();
        float* velocity_expected = momentum == 0 ? nullptr : v_expected.data();
        fast.sgd_step(count, 0.1F, momentum, nesterov, 0.01F, gradients.data(), w.data(), velocity);
        reference.sgd_step(count, 0.1F, momentum, nesterov, 0.01F, gradients.data(),
                           w_expected.data(), velocity_expected);
        ASSERT_TRUE(all_close(w, w_expected, 1e-6, 1e-6));
        ASSERT_TRUE(all_close(v, v_expected, 1e-6, 1e-6));
        ASSERT_NE(w, start);
      }
    }
    Values w = start, w_expected = start, m(count, 0.1F), m_expected = m, v(count, 0.2F),
           v_expected = v;
    const Kernels<float>::AdamW step{.rate = 0.01F,
                                     .beta1 = 0.9F,
                                     .beta2 = 0.999F,
                                     .epsilon = 1e-8F,
                                     .decay = 0.1F,
                                     .correction1 = 0.19F,
                                     .correction2 = 0.002F};
    fast.adamw_step(count, step, gradients.data(), w.data(), m.data(), v.data());
    reference.adamw_step(count, step, gradients.data(), w_expected.data(), m_expected.data(),
                         v_expected.data());
    ASSERT_TRUE(all_close(w, w_expected, 1e-5, 1e-6));
    ASSERT_TRUE(all_close(m, m_expected, 1e-5, 1e-6));
    ASSERT_TRUE(all_close(v, v_expected, 1e-5, 1e-6));

    const Values blocks = random_values(3 * 1024, 15);
    Values sum(count, kPoison), sum_expected(count, kPoison);
    fast.sum_blocks(count, 3, 1024, blocks.data(), sum.data());
    reference.sum_blocks(count, 3, 1024, blocks.data(), sum_expected.data());
    EXPECT_EQ(sum, sum_expected);
  }
}

}  // namespace
}  // namespace weft
