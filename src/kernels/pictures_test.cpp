// Batch normalisation's parts and poolings in blocks: the fast kernels against the reference.
#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "base/random.hpp"
#include "compare.hpp"
#include "kernels/kernels.hpp"

namespace weft {
namespace {

using testing::all_close;
using Values = std::vector<float>;

constexpr float kPoison = std::numeric_limits<float>::quiet_NaN();
constexpr Gate kGates[] = {Gate::identity, Gate::relu, Gate::leaky, Gate::gelu, Gate::silu};

Values random_values(std::size_t count, std::uint32_t index, double mean = 0) {
  RandomStream random(31, RandomPurpose::initialise, 0, index);
  Values values(count);
  for (float& value : values) value = static_cast<float>(mean + random.normal());
  return values;
}

std::vector<double> in_double(const Values& values) {
  return {values.begin(), values.end()};
}

std::vector<Planes> planes() {
  const std::size_t block = fast_kernels().picture_block;
  return {{1, 1, block},  {7, 3, block},   {8, 4, block}, {17, 49, block},
          {33, 6, block}, {16, 21, block}, {5, 9, 1},     {12, 1, 1}};
}

TEST(PlaneKernels, AgreeWithTheReference) {
  const auto& fast = fast_kernels();
  const auto& reference = reference_kernels<double>();
  constexpr std::size_t kRows = 3;
  for (const Planes& p : planes()) {
    const Values src = random_values(kRows * p.elements(), 1, 100);
    const Values scale = random_values(p.padded(), 2), mean = random_values(p.padded(), 3, 100);
    Values shift(p.padded());
    for (std::size_t c = 0; c < shift.size(); ++c) shift[c] = 0.5F - scale[c] * 100;
    const auto src64 = in_double(src), scale64 = in_double(scale), shift64 = in_double(shift);

    std::vector<double> sums(2 * p.padded()), expected_sums = sums;
    fast.channel_sums(kRows, p, src.data(), sums.data());
    reference.channel_sums(kRows, p, src64.data(), expected_sums.data());
    EXPECT_TRUE(all_close(sums, expected_sums, 1e-6, 0)) << p.channels;
    // What they are for survives a mean of a hundred deviations.
    const auto variances = [&](const std::vector<double>& of) {
      const double count = static_cast<double>(kRows * p.pixels);
      std::vector<double> all;
      for (std::size_t c = 0; c < p.padded(); ++c) {
        const double channel_mean = of[c] / count;
        all.push_back(of[p.padded() + c] / count - channel_mean * channel_mean);
      }
      return all;
    };
    EXPECT_TRUE(all_close(variances(sums), variances(expected_sums), 1e-4, 1e-8)) << p.channels;
    fast.channel_sums(kRows, p, src.data(), sums.data());
    for (double& value : expected_sums) value *= 2;
    EXPECT_TRUE(all_close(sums, expected_sums, 1e-6, 0)) << "accumulated";

    for (const Gate gate : kGates) {
      SCOPED_TRACE(static_cast<int>(gate));
      Values dst(src.size(), kPoison);
      std::vector<double> expected(src.size());
      fast.scale_shift(kRows, p, gate, 0.2F, src.data(), scale.data(), shift.data(), dst.data());
      reference.scale_shift(kRows, p, gate, 0.2, src64.data(), scale64.data(), shift64.data(),
                            expected.data());
      EXPECT_TRUE(all_close(dst, expected, 1e-5, 1e-4)) << "100 times a scale is rounded";
      Values in_place = src;
      fast.scale_shift(kRows, p, gate, 0.2F, in_place.data(), scale.data(), shift.data(),
                       in_place.data());
      EXPECT_EQ(in_place, dst);

      // The gates' kinks are where rounding decides: a source without large means.
      const Values x = random_values(src.size(), 4), zero(p.padded(), 0.25F);
      Values diff = random_values(src.size(), 5);
      auto expected_diff = in_double(diff);
      const auto x64 = in_double(x), mean64 = in_double(mean), zero64 = in_double(zero);
      std::ranges::fill(sums, 2.0);
      std::ranges::fill(expected_sums, 2.0);
      fast.scale_shift_sums(kRows, p, gate, 0.2F, x.data(), scale.data(), zero.data(), mean.data(),
                            diff.data(), sums.data());
      reference.scale_shift_sums(kRows, p, gate, 0.2, x64.data(), scale64.data(), zero64.data(),
                                 mean64.data(), expected_diff.data(), expected_sums.data());
      EXPECT_TRUE(all_close(diff, expected_diff, 1e-5, 1e-5));
      EXPECT_TRUE(all_close(sums, expected_sums, 1e-5, 1e-2));
      fast.combine(kRows, p, x.data(), scale.data(), zero.data(), mean.data(), diff.data());
      reference.combine(kRows, p, x64.data(), scale64.data(), zero64.data(), mean64.data(),
                        expected_diff.data());
      EXPECT_TRUE(all_close(diff, expected_diff, 1e-5, 1e-4));
    }
  }
}

TEST(PlaneKernels, BlocksAndBack) {
  const auto& fast = fast_kernels();
  for (const Planes& p : planes()) {
    const Values plain = random_values(2 * p.channels * p.pixels, 1);
    Values blocked(2 * p.elements(), kPoison), back(plain.size(), kPoison);
    fast.to_blocks(2, p, plain.data(), blocked.data());
    fast.from_blocks(2, p, blocked.data(), back.data());
    EXPECT_EQ(back, plain);
    EXPECT_EQ(blocked[(p.channels - 1) / p.block * p.pixels * p.block + (p.channels - 1) % p.block],
              plain[(p.channels - 1) * p.pixels]);
  }
}

TEST(PlaneKernels, Add) {
  for (const std::size_t count : {1, 7, 8, 33}) {
    const Values a = random_values(count, 1), b = random_values(count, 2);
    Values sum = a, expected(count);
    fast_kernels().add(count, sum.data(), b.data(), sum.data());
    reference_kernels<float>().add(count, a.data(), b.data(), expected.data());
    EXPECT_EQ(sum, expected);
  }
}

std::vector<Pooling> poolings() {
  const std::size_t block = fast_kernels().picture_block;
  std::vector<Pooling> all;
  for (const std::size_t channels : {1, 8, 17}) {
    for (const auto& [height, width] :
         {std::pair<std::size_t, std::size_t>{6, 8}, {7, 5}, {3, 3}}) {
      for (const auto& [kernel, stride, pad] : {std::array<std::size_t, 3>{2, 2, 0},
                                                {3, 3, 0},
                                                {3, 1, 1},
                                                {2, 3, 0},
                                                {3, 2, 0},
                                                {3, 2, 1}}) {
        all.push_back({channels, height, width, kernel, kernel, stride, pad, block});
      }
      all.push_back({channels, height, width, height, width, 1, 0, block});
    }
  }
  return all;
}

TEST(PoolingKernels, AgreeWithTheReference) {
  const auto& fast = fast_kernels();
  const auto& reference = reference_kernels<float>();
  constexpr std::size_t kRows = 2;
  for (const Pooling& p : poolings()) {
    SCOPED_TRACE(std::to_string(p.height) + " " + std::to_string(p.kernel_height) + " " +
                 std::to_string(p.stride) + " " + std::to_string(p.pad));
    Values src = random_values(kRows * p.src_elements(), 1);
    for (std::size_t i = 0; i < src.size(); i += 3) src[i] = 1;  // equals
    src[src.size() / 2] = kPoison;
    const Values diff = random_values(kRows * p.dst_elements(), 2);
    const auto same = [](const Values& a, const Values& b) {
      for (std::size_t i = 0; i < a.size(); ++i) {
        if (!(a[i] == b[i] || (a[i] != a[i] && b[i] != b[i]))) return false;
      }
      return true;
    };
    Values dst(diff.size(), 7), expected = dst, diff_src(src.size(), 7), expected_diff = diff_src;
    fast.maxpool_forward(kRows, p, src.data(), dst.data());
    reference.maxpool_forward(kRows, p, src.data(), expected.data());
    EXPECT_TRUE(same(dst, expected));
    fast.maxpool_backward(kRows, p, src.data(), diff.data(), diff_src.data());
    reference.maxpool_backward(kRows, p, src.data(), diff.data(), expected_diff.data());
    EXPECT_TRUE(same(diff_src, expected_diff));
    src[src.size() / 2] = 2;
    fast.avgpool_forward(kRows, p, src.data(), dst.data());
    reference.avgpool_forward(kRows, p, src.data(), expected.data());
    EXPECT_TRUE(all_close(dst, expected, 1e-6, 1e-6));
    fast.avgpool_backward(kRows, p, diff.data(), diff_src.data());
    reference.avgpool_backward(kRows, p, diff.data(), expected_diff.data());
    EXPECT_TRUE(all_close(diff_src, expected_diff, 1e-6, 1e-6));
  }
}

}  // namespace
}  // namespace weft
