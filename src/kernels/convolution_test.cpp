// The fast convolutions against the reference in double: awkward shapes, outputs and scratch
// poisoned, junk in the places past the last channel, canaries behind the scratch.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "compare.hpp"
#include "kernels/fast/onednn.hpp"
#include "kernels/fast/stem.hpp"
#include "kernels/fast/vector_block.hpp"
#include "kernels/fast/winograd.hpp"
#include "kernels/kernels.hpp"
#include "kernels/reference/activations.hpp"
#include "tensor/aligned.hpp"

namespace weft {
namespace {

using testing::all_close;
using Values = AlignedVector<float>;
using Doubles = std::vector<double>;
using Kernel = ConvolutionKernel<float>;

constexpr float kPoison = std::numeric_limits<float>::quiet_NaN();
constexpr std::byte kCanary{0x5a};

// Of F(4x4, 3x3), as a part of the largest sum of |products|: what a tile has in one place is
// rounded into all others.
constexpr double kWinogradError = 1e-5;

enum class Numbers { normal, integers };

Values random_values(std::size_t count, std::uint32_t index, Numbers numbers) {
  RandomStream random(23, RandomPurpose::initialise, 0, index);
  Values values(count);
  for (float& value : values) {
    value = static_cast<float>(numbers == Numbers::normal ? random.normal()
                                                          : std::round(2 * random.normal()));
  }
  return values;
}

Doubles in_double(const Values& values, bool absolute) {
  Doubles result(values.begin(), values.end());
  if (absolute) {
    for (double& value : result) value = std::abs(value);
  }
  return result;
}

// Pictures {n, channels, plane} in blocks.
struct Layout {
  std::size_t n, channels, plane, block;

  std::size_t size() const { return n * padded_channels(channels, block) * plane; }
  bool is_junk(std::size_t at) const {
    const std::size_t blocks = padded_channels(channels, block) / block;
    return at / (block * plane) % blocks * block + at % block >= channels;
  }
};

Layout src_of(const Convolution& c, std::size_t n) {
  return {n, c.in_channels, c.height * c.width, c.src_block};
}
Layout dst_of(const Convolution& c, std::size_t n) {
  return {n, c.out_channels, c.out_height() * c.out_width(), c.dst_block};
}

Values random_pictures(const Layout& layout, std::uint32_t index, Numbers numbers) {
  Values values = random_values(layout.size(), index, numbers);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (layout.is_junk(i)) values[i] = 1e30F;
  }
  return values;
}

template <class Array>
Array channels_only(const Array& pictures, const Layout& layout) {
  Array result;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    if (!layout.is_junk(i)) result.push_back(pictures[i]);
  }
  return result;
}

// Scratch of exactly the size that the kernel asks for, and canaries behind it.
class Scratch {
 public:
  Scratch(const Kernel& kernel, std::size_t rows)
      : size_(kernel.scratch_bytes(rows)), memory_(size_ + 256, std::byte{0xff}) {
    std::fill(memory_.begin() + static_cast<std::ptrdiff_t>(size_), memory_.end(), kCanary);
  }
  ~Scratch() {
    EXPECT_TRUE(std::all_of(memory_.begin() + static_cast<std::ptrdiff_t>(size_), memory_.end(),
                            [](std::byte b) { return b == kCanary; }))
        << "written behind the scratch";
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  void* data() { return memory_.data(); }

 private:
  std::size_t size_;
  AlignedVector<std::byte> memory_;
};

struct Check {
  const Convolution& c;
  const Kernel& kernel;
  std::size_t n;
  double error;  // allowed, as a part of the largest sum of |products|
  Numbers numbers = Numbers::normal;

  Values src() const { return random_pictures(src_of(c, n), 1, numbers); }
  Values diff_dst() const { return random_pictures(dst_of(c, n), 2, numbers); }
  Values weights() const { return random_values(c.weights(), 3, numbers); }
  Values bias() const { return random_values(c.out_channels, 4, numbers); }

  // got against expected(absolute), which computes from the absolute values when told to.
  template <class Expected>
  void compare(const Values& got, const Expected& expected) const {
    const Doubles magnitudes = expected(true);
    const double most = *std::max_element(magnitudes.begin(), magnitudes.end());
    EXPECT_TRUE(all_close(got, expected(false), 0, error * most));
  }

  // What `kernel` gives for the first `rows` samples.
  Values forward(std::size_t rows, const float* src, const float* bias,
                 Gate gate = Gate::identity) const {
    const Values taps = weights();
    AlignedVector<std::byte> packed(kernel.forward_bytes(), std::byte{0xff});
    kernel.pack_forward(taps.data(), packed.data());
    Scratch scratch(kernel, rows);
    Values dst(rows * c.dst_elements(), kPoison);
    kernel.forward(rows, src, taps.data(), packed.data(), {bias, gate, 0.2F}, dst.data(),
                   scratch.data());
    return dst;
  }

  Values backward_data(std::size_t rows, const float* diff_dst) const {
    const Values taps = weights();
    AlignedVector<std::byte> packed(kernel.backward_bytes(), std::byte{0xff});
    kernel.pack_backward(taps.data(), packed.data());
    Scratch scratch(kernel, rows);
    Values diff_src(rows * c.src_elements(), kPoison);
    kernel.backward_data(rows, diff_dst, taps.data(), packed.data(), diff_src.data(),
                         scratch.data());
    return diff_src;
  }

  void check_forward(bool with_bias) const {
    const Values x = src(), b = bias();
    const Values dst = forward(n, x.data(), with_bias ? b.data() : nullptr);
    check_gates(x, with_bias ? b.data() : nullptr, dst);
    for (const float value : dst) ASSERT_TRUE(std::isfinite(value));
    compare(channels_only(dst, dst_of(c, n)), [&](bool absolute) {
      Doubles expected(dst.size());
      const Doubles b64 = in_double(b, absolute);
      reference()->forward(n, in_double(x, absolute).data(), in_double(weights(), absolute).data(),
                           nullptr, {.bias = with_bias ? b64.data() : nullptr}, expected.data(),
                           nullptr);
      return channels_only(expected, dst_of(c, n));
    });
  }

  // A gate is applied to what there would be without it.
  void check_gates(const Values& x, const float* bias, const Values& dst) const {
    for (const Gate gate : {Gate::relu, Gate::leaky, Gate::gelu, Gate::silu}) {
      Doubles expected = in_double(dst, false);
      const double most = std::abs(
          *std::ranges::max_element(expected, {}, [](double value) { return std::abs(value); }));
      for (double& value : expected) value = reference::open_gate(gate, 0.2, value);
      const Values gated = forward(n, x.data(), bias, gate);
      EXPECT_TRUE(all_close(gated, expected, 1e-5, 1e-6 * most + 1e-6)) << static_cast<int>(gate);
    }
  }

  void check_backward_data() const {
    const Values diff = diff_dst();
    const Values diff_src = backward_data(n, diff.data());
    for (const float value : diff_src) ASSERT_TRUE(std::isfinite(value));
    compare(channels_only(diff_src, src_of(c, n)), [&](bool absolute) {
      Doubles expected(diff_src.size());
      reference()->backward_data(n, in_double(diff, absolute).data(),
                                 in_double(weights(), absolute).data(), nullptr, expected.data(),
                                 nullptr);
      return channels_only(expected, src_of(c, n));
    });
  }

  void check_backward_weights(bool accumulate, bool with_bias) const {
    const Values x = src(), diff = diff_dst();
    Values taps(c.weights(), accumulate ? 3.0F : kPoison);
    Values shift(c.out_channels, accumulate ? -2.0F : kPoison);
    Scratch scratch(kernel, n);
    kernel.backward_weights(n, x.data(), diff.data(), accumulate, taps.data(),
                            with_bias ? shift.data() : nullptr, scratch.data());
    const auto expected = [&](bool absolute) {
      std::array<Doubles, 2> both{Doubles(taps.size(), 3),
                                  Doubles(shift.size(), absolute ? 2 : -2)};
      reference()->backward_weights(n, in_double(x, absolute).data(),
                                    in_double(diff, absolute).data(), accumulate, both[0].data(),
                                    both[1].data(), nullptr);
      return both;
    };
    compare(taps, [&](bool absolute) { return expected(absolute)[0]; });
    if (with_bias) compare(shift, [&](bool absolute) { return expected(absolute)[1]; });
  }

  // Each sample alone gives the same bits as among others.
  void check_samples_alone() const {
    const Values x = src(), diff = diff_dst();
    const Values dst = forward(n, x.data(), nullptr), diff_src = backward_data(n, diff.data());
    for (std::size_t s = 0; s < n; ++s) {
      const Values dst1 = forward(1, x.data() + s * c.src_elements(), nullptr);
      EXPECT_TRUE(std::equal(dst1.begin(), dst1.end(), &dst[s * c.dst_elements()]));
      const Values diff_src1 = backward_data(1, diff.data() + s * c.dst_elements());
      EXPECT_TRUE(std::equal(diff_src1.begin(), diff_src1.end(), &diff_src[s * c.src_elements()]));
    }
  }

  std::unique_ptr<ConvolutionKernel<double>> reference() const {
    return reference_kernels<double>().make_convolution(c);
  }
};

std::string name_of(const Convolution& c, std::size_t n) {
  std::string name = "n";
  for (const std::size_t size :
       {n, c.in_channels, c.out_channels, c.height, c.width, c.kernel_height, c.kernel_width,
        c.pad_height, c.pad_width, c.stride}) {
    name += " " + std::to_string(size);
  }
  return name;
}

struct Shape {
  std::size_t n, in, out, height, width, pad_height, pad_width;
};

Convolution winograd_of(const Shape& s) {
  const std::size_t block = fast::vector_block();
  return {.in_channels = s.in,
          .out_channels = s.out,
          .height = s.height,
          .width = s.width,
          .kernel_height = 3,
          .kernel_width = 3,
          .pad_height = s.pad_height,
          .pad_width = s.pad_width,
          .src_block = block,
          .dst_block = block};
}

std::vector<Shape> winograd_shapes() {
  std::vector<Shape> shapes;
  std::size_t count = 0;
  const std::array<std::size_t, 3> samples{1, 2, 5};
  for (const auto& [in, out] : {std::array<std::size_t, 2>{1, 1},
                                {3, 8},
                                {7, 9},
                                {8, 16},
                                {9, 33},
                                {16, 7},
                                {17, 17},
                                {33, 3}}) {
    for (const std::size_t pad : {0, 1, 2}) {
      for (const std::size_t size : {1, 2, 3, 4, 5, 6, 7, 8, 9, 14}) {
        if (size + 2 * pad < 3) continue;
        shapes.push_back({samples[count++ % 3], in, out, size, size, pad, pad});
      }
    }
  }
  // Not square, and chunks that end within rows of tiles, samples and all.
  for (const Shape& s : {Shape{2, 9, 17, 3, 28, 0, 1},
                         {5, 17, 9, 28, 1, 2, 1},
                         {2, 3, 7, 9, 4, 1, 2},
                         {3, 17, 33, 28, 28, 1, 1},
                         {2, 8, 8, 14, 50, 1, 1}}) {
    shapes.push_back(s);
  }
  return shapes;
}

TEST(Convolutions, WinogradAgreesWithTheDefinition) {
  for (const Shape& s : winograd_shapes()) {
    const Convolution c = winograd_of(s);
    SCOPED_TRACE(name_of(c, s.n));
    const auto kernel = fast::make_winograd_convolution(c);
    const Check check{c, *kernel, s.n, kWinogradError};
    const bool odd = s.height % 2 == 1;
    check.check_forward(odd);
    check.check_backward_data();
    check.check_backward_weights(odd, s.in > s.n);
    if (HasFailure()) return;
  }
}

TEST(Convolutions, WinogradSamplesDoNotDependOnEachOther) {
  for (const Shape& s :
       {Shape{5, 17, 33, 7, 7, 1, 1}, {5, 9, 8, 3, 3, 1, 1}, {5, 8, 24, 14, 9, 0, 2}}) {
    const Convolution c = winograd_of(s);
    SCOPED_TRACE(name_of(c, s.n));
    const auto kernel = fast::make_winograd_convolution(c);
    Check{c, *kernel, s.n, 0}.check_samples_alone();
  }
}

TEST(Convolutions, WinogradTakesWhatItCanCompute) {
  const Convolution good = winograd_of({1, 64, 64, 14, 14, 1, 1});
  EXPECT_TRUE(fast::winograd_takes(good));
  for (const auto change :
       {+[](Convolution& c) { c.kernel_height = 1; }, +[](Convolution& c) { c.kernel_width = 5; },
        +[](Convolution& c) { c.stride = 2; }, +[](Convolution& c) { c.dilation = 2; },
        +[](Convolution& c) { c.groups = 2; }, +[](Convolution& c) { c.pad_width = 3; },
        +[](Convolution& c) { c.src_block = 1; }, +[](Convolution& c) { c.dst_block = 1; },
        +[](Convolution& c) { c.height = 2; }}) {
    Convolution bad = good;
    change(bad);
    EXPECT_FALSE(fast::winograd_takes(bad)) << name_of(bad, 1);
  }
}

std::vector<Convolution> stems() {
  std::vector<Convolution> all;
  for (const std::size_t out : {1, 7, 8, 9, 16, 17, 33}) {
    for (const std::size_t size : {1, 2, 3, 5, 7, 14, 28}) {
      for (const std::size_t pad : {0, 1, 2}) {
        for (const auto& [in, kernel] :
             {std::array<std::size_t, 2>{1, 3}, {3, 3}, {1, 5}, {2, 1}}) {
          if (size + 2 * pad < kernel) continue;
          all.push_back({.in_channels = in,
                         .out_channels = out,
                         .height = size,
                         .width = size + out % 3,
                         .kernel_height = kernel,
                         .kernel_width = kernel,
                         .pad_height = pad,
                         .pad_width = pad,
                         .stride = 1 + (out + size) % 2,
                         .dst_block = fast::vector_block()});
        }
      }
    }
  }
  return all;
}

// Small integers leave nothing to round.
TEST(Convolutions, StemIsTheDefinition) {
  std::size_t count = 0;
  const std::array<std::size_t, 3> samples{1, 2, 5};
  for (const Convolution& c : stems()) {
    const std::size_t n = samples[count++ % 3];
    SCOPED_TRACE(name_of(c, n));
    ASSERT_TRUE(fast::stem_takes(c));
    const auto kernel = fast::make_stem_convolution(c);
    const Check check{c, *kernel, n, 0, Numbers::integers};
    check.check_forward(count % 2 == 0);
    check.check_backward_data();
    check.check_backward_weights(count % 4 < 2, count % 3 == 0);
    if (HasFailure()) return;
  }
}

TEST(Convolutions, StemSamplesDoNotDependOnEachOther) {
  for (const Convolution& c : stems()) {
    if (c.height != 7) continue;
    SCOPED_TRACE(name_of(c, 5));
    Check{c, *fast::make_stem_convolution(c), 5, 0}.check_samples_alone();
  }
}

TEST(Convolutions, StemTakesFewChannels) {
  const Convolution good{.in_channels = 3,
                         .out_channels = 16,
                         .height = 28,
                         .width = 28,
                         .kernel_height = 3,
                         .kernel_width = 3,
                         .dst_block = fast::vector_block()};
  EXPECT_TRUE(fast::stem_takes(good));
  for (const auto change :
       {+[](Convolution& c) { c.in_channels = 4; }, +[](Convolution& c) { c.kernel_height = 4; },
        +[](Convolution& c) { c.dilation = 2; }, +[](Convolution& c) { c.groups = 3; },
        +[](Convolution& c) { c.src_block = 8; }, +[](Convolution& c) { c.dst_block = 1; }}) {
    Convolution bad = good;
    change(bad);
    EXPECT_FALSE(fast::stem_takes(bad)) << name_of(bad, 1);
  }
}

// Strides, dilations, groups and paddings that the other kernels leave.
std::vector<Convolution> other_shapes() {
  const std::size_t block = fast::vector_block();
  std::vector<Convolution> all;
  for (const auto& [in, out, groups] : {std::array<std::size_t, 3>{1, 1, 1},
                                        {3, 9, 1},
                                        {16, 17, 1},
                                        {17, 17, 17},
                                        {16, 16, 16},
                                        {16, 32, 2},
                                        {12, 6, 3}}) {
    for (const auto& [kernel, stride, dilation, pad] : {std::array<std::size_t, 4>{1, 1, 1, 0},
                                                        {1, 2, 1, 0},
                                                        {3, 1, 1, 1},
                                                        {3, 2, 1, 1},
                                                        {3, 3, 2, 0},
                                                        {5, 1, 1, 2},
                                                        {2, 1, 1, 1},
                                                        {7, 4, 1, 5}}) {
      const std::size_t span = (kernel - 1) * dilation + 1;
      for (const std::size_t size : {1, 7, 10}) {
        if (size + 2 * pad < span) continue;
        all.push_back({.in_channels = in,
                       .out_channels = out,
                       .height = size,
                       .width = size + 2,
                       .kernel_height = kernel,
                       .kernel_width = kernel,
                       .pad_height = pad,
                       .pad_width = pad,
                       .stride = stride,
                       .dilation = dilation,
                       .groups = groups,
                       .src_block = in <= 3 ? 1 : block,
                       .dst_block = block});
      }
    }
  }
  return all;
}

TEST(Convolutions, OneDnnAgreesWithTheDefinition) {
  std::size_t count = 0;
  const std::array<std::size_t, 3> samples{1, 2, 21};
  for (const Convolution& c : other_shapes()) {
    const std::size_t n = samples[count++ % 3];
    SCOPED_TRACE(name_of(c, n) + " groups " + std::to_string(c.groups));
    const auto kernel = fast::make_onednn_convolution(c, false);
    const Check check{c, *kernel, n, 1e-6};
    check.check_forward(count % 2 == 0);
    check.check_backward_data();
    check.check_backward_weights(count % 4 < 2, count % 3 == 0);
    if (count % 8 == 0) check.check_samples_alone();
    if (HasFailure()) return;
  }
}

// Integers of a few bits are bfloat16 numbers already: nothing is rounded. Others are, to eight
// bits.
TEST(Convolutions, BfloatRoundsTheFactorsAlone) {
  const Convolution c = other_shapes()[2 * 3 * 8 + 6];
  SCOPED_TRACE(name_of(c, 5));
  const auto kernel = fast::make_onednn_convolution(c, true);
  const Check exact{c, *kernel, 5, 0, Numbers::integers};
  exact.check_forward(true);
  exact.check_backward_data();
  exact.check_backward_weights(true, true);
  Check{c, *kernel, 5, 0.01}.check_forward(true);
}

}  // namespace
}  // namespace weft
