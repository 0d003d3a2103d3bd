#include "kernels/fast/stem.hpp"

#include <algorithm>
#include <array>

#include "kernels/fast/pictures.hpp"
#include "kernels/fast/targets.hpp"
#include "kernels/fast/vector_block.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/fast/stem.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h

#include "kernels/fast/vector_block-inl.h"

#ifndef WEFT_STEM_TAPS
#define WEFT_STEM_TAPS
namespace weft::fast {
namespace {
constexpr std::size_t kMostTaps = 32;
}
}  // namespace weft::fast
#endif

HWY_BEFORE_NAMESPACE();
namespace weft::fast::HWY_NAMESPACE {
namespace {

// Where the sample's values are that the taps meet: tap k's value for output place (y, x) is at
// offsets[k] + y * row + x * step.
struct Taps {
  std::size_t count;
  std::array<std::size_t, kMostTaps + 1> offsets;
  std::size_t row, step;
};

// Output channels as vectors: vector v begins at (v * kLanes / kBlock) * plane + v * kLanes %
// kBlock.
struct Outputs {
  std::size_t height, width, vectors;

  std::size_t plane() const { return height * width * kBlock; }
  std::size_t offset(std::size_t vector) const {
    return vector * kLanes / kBlock * plane() + vector * kLanes % kBlock;
  }
};

// Output places beside each other, for Vectors vectors of channels. weights: {taps.count, Vectors *
// kLanes}; bias: {Vectors * kLanes}; vector j goes to dst[j].
template <std::size_t Places, std::size_t Vectors>
HWY_NOINLINE void forward_block(const Taps& taps, const float* HWY_RESTRICT src,
                                const float* HWY_RESTRICT weights, const float* HWY_RESTRICT bias,
                                float* const* dst, std::size_t at) {
  const F32 d;
  Vector sum[Places][Vectors];
#pragma GCC unroll 24
  for (std::size_t i = 0; i < Places; ++i) {
    for (std::size_t j = 0; j < Vectors; ++j) sum[i][j] = hn::LoadU(d, bias + j * kLanes);
  }
  for (std::size_t k = 0; k < taps.count; ++k, weights += Vectors * kLanes) {
    const float* values = src + taps.offsets[k];
    Vector row[Vectors];
    for (std::size_t j = 0; j < Vectors; ++j) row[j] = hn::LoadU(d, weights + j * kLanes);
    for (std::size_t i = 0; i < Places; ++i) {
      const Vector value = hn::Set(d, values[i * taps.step]);
      for (std::size_t j = 0; j < Vectors; ++j) sum[i][j] = hn::MulAdd(value, row[j], sum[i][j]);
    }
  }
#pragma GCC unroll 24
  for (std::size_t i = 0; i < Places; ++i) {
    for (std::size_t j = 0; j < Vectors; ++j) {
      hn::StoreU(sum[i][j], d, dst[j] + at + i * kBlock);
    }
  }
}

template <std::size_t Places, std::size_t Vectors>
HWY_INLINE void forward_places(std::size_t places, const Taps& taps, const float* src,
                               const float* weights, const float* bias, float* const* dst,
                               std::size_t at) {
  if (places == Places) {
    forward_block<Places, Vectors>(taps, src, weights, bias, dst, at);
  } else if constexpr (Places > 1) {
    forward_places<Places - 1, Vectors>(places, taps, src, weights, bias, dst, at);
  }
}

// One sample; its vectors [first, first + Vectors).
template <std::size_t Vectors>
void forward_plane(const Taps& taps, const Outputs& out, const float* src, const float* weights,
                   const float* bias, std::size_t first, float* sample) {
  constexpr std::size_t kPlaces = kSums / Vectors;
  float* dst[Vectors];
  for (std::size_t j = 0; j < Vectors; ++j) dst[j] = sample + out.offset(first + j);
  const std::size_t blocks = (out.width + kPlaces - 1) / kPlaces;
  for (std::size_t y = 0; y < out.height; ++y) {
    for (std::size_t q = 0, x = 0; q < blocks; ++q) {
      const std::size_t end = out.width * (q + 1) / blocks;
      forward_places<kPlaces, Vectors>(end - x, taps, src + y * taps.row + x * taps.step, weights,
                                       bias, dst, (y * out.width + x) * kBlock);
      x = end;
    }
  }
}

// sums {Count, Vectors * kLanes}, their rows sums_row apart, += the products of one sample's taps
// [begin, begin + Count) with vectors of diff_dst.
template <std::size_t Count, std::size_t Vectors>
HWY_NOINLINE void weights_block(const Taps& taps, std::size_t begin, const Outputs& out,
                                const float* HWY_RESTRICT src, const float* const* diff_dst,
                                float* HWY_RESTRICT sums, std::size_t sums_row) {
  const F32 d;
  Vector sum[Count][Vectors];
#pragma GCC unroll 24
  for (std::size_t k = 0; k < Count; ++k) {
    for (std::size_t j = 0; j < Vectors; ++j) sum[k][j] = hn::Zero(d);
  }
  const float* values[Count];
  for (std::size_t k = 0; k < Count; ++k) values[k] = src + taps.offsets[begin + k];
  const float* diff[Vectors];
  for (std::size_t j = 0; j < Vectors; ++j) diff[j] = diff_dst[j];
  std::size_t at = 0;
  for (std::size_t y = 0; y < out.height; ++y) {
    std::size_t place = y * taps.row;
    for (std::size_t x = 0; x < out.width; ++x, at += kBlock, place += taps.step) {
      Vector row[Vectors];
      for (std::size_t j = 0; j < Vectors; ++j) row[j] = hn::LoadU(d, diff[j] + at);
      for (std::size_t k = 0; k < Count; ++k) {
        const Vector value = hn::Set(d, values[k][place]);
        for (std::size_t j = 0; j < Vectors; ++j) sum[k][j] = hn::MulAdd(value, row[j], sum[k][j]);
      }
    }
  }
#pragma GCC unroll 24
  for (std::size_t k = 0; k < Count; ++k) {
    for (std::size_t j = 0; j < Vectors; ++j) {
      float* to = sums + k * sums_row + j * kLanes;
      hn::StoreU(hn::Add(hn::LoadU(d, to), sum[k][j]), d, to);
    }
  }
}

template <std::size_t Count, std::size_t Vectors>
HWY_INLINE void weights_taps(std::size_t count, const Taps& taps, std::size_t begin,
                             const Outputs& out, const float* src, const float* const* diff_dst,
                             float* sums, std::size_t sums_row) {
  if (count == Count) {
    weights_block<Count, Vectors>(taps, begin, out, src, diff_dst, sums, sums_row);
  } else if constexpr (Count > 1) {
    weights_taps<Count - 1, Vectors>(count, taps, begin, out, src, diff_dst, sums, sums_row);
  }
}

// One sample; its vectors [first, first + Vectors). sums: {taps.count, out.vectors * kLanes}.
template <std::size_t Vectors>
void weights_plane(const Taps& taps, const Outputs& out, const float* src, const float* sample,
                   std::size_t first, float* sums) {
  constexpr std::size_t kMost = kSums / Vectors;
  const float* diff_dst[Vectors];
  for (std::size_t j = 0; j < Vectors; ++j) diff_dst[j] = sample + out.offset(first + j);
  const std::size_t row = out.vectors * kLanes;
  const std::size_t groups = (taps.count + kMost - 1) / kMost;
  for (std::size_t q = 0, begin = 0; q < groups; ++q) {
    const std::size_t end = taps.count * (q + 1) / groups;
    weights_taps<kMost, Vectors>(end - begin, taps, begin, out, src, diff_dst,
                                 sums + begin * row + first * kLanes, row);
    begin = end;
  }
}

// One sample's gradients at its padded planes, += those that its places' taps bring, kLanes taps
// from `begin` on. weights: {out.vectors * kLanes, kLanes}, zero where there are fewer taps.
void data_plane(const Taps& taps, std::size_t begin, const Outputs& out,
                const float* HWY_RESTRICT sample, const float* HWY_RESTRICT weights,
                float* HWY_RESTRICT padded) {
  const F32 d;
  constexpr std::size_t kChains = 4;  // of sums, so that none waits for the one before
  const std::size_t count = HWY_MIN(kLanes, taps.count - begin);
  const std::size_t channels = out.vectors * kLanes;
  HWY_ALIGN float products[kLanes];
  for (std::size_t y = 0; y < out.height; ++y) {
    for (std::size_t x = 0; x < out.width; ++x) {
      Vector sum[kChains] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
      const float* diff = sample + (y * out.width + x) * kBlock;
      const float* row = weights;
      for (std::size_t o = 0; o < channels; o += kBlock, diff += out.plane()) {
        for (std::size_t j = 0; j < kBlock; ++j, row += kLanes) {
          sum[j % kChains] = hn::MulAdd(hn::Set(d, diff[j]), hn::LoadU(d, row), sum[j % kChains]);
        }
      }
      hn::Store(hn::Add(hn::Add(sum[0], sum[1]), hn::Add(sum[2], sum[3])), d, products);
      float* to = padded + y * taps.row + x * taps.step;
      for (std::size_t k = 0; k < count; ++k) to[taps.offsets[begin + k]] += products[k];
    }
  }
}

class StemConvolution final : public ConvolutionKernel<float> {
 public:
  explicit StemConvolution(const Convolution& c)
      : c_(c),
        padded_height_(c.height + 2 * c.pad_height),
        padded_width_(c.width + 2 * c.pad_width),
        out_{c.out_height(), c.out_width(), padded_channels(c.out_channels, kBlock) / kLanes},
        taps_{0, {}, c.stride * padded_width_, c.stride} {
    for (std::size_t i = 0; i < c.in_channels; ++i) {
      for (std::size_t y = 0; y < c.kernel_height; ++y) {
        for (std::size_t x = 0; x < c.kernel_width; ++x) {
          taps_.offsets[taps_.count++] = (i * padded_height_ + y) * padded_width_ + x;
        }
      }
    }
  }

  std::string name() const override { return "stem"; }

  // The bias of every call may be another: it is not packed.
  std::size_t forward_bytes() const override {
    return taps_.count * out_.vectors * kLanes * sizeof(float);
  }
  std::size_t backward_bytes() const override {
    return tap_vectors() * kLanes * row_size() * sizeof(float);
  }

  // Pairs of vectors, one after another; in a pair tap after tap. The last pair may be one vector.
  void pack_forward(const float* weights, void* packed) const override {
    float* to = static_cast<float*>(packed);
    for (std::size_t v = 0; v < out_.vectors; v += 2) {
      const std::size_t channels = HWY_MIN(2, out_.vectors - v) * kLanes;
      for (std::size_t k = 0; k < taps_.count; ++k) {
        for (std::size_t j = 0; j < channels; ++j) {
          const std::size_t o = v * kLanes + j;
          *to++ = o < c_.out_channels ? weights[o * taps_.count + k] : 0.0F;
        }
      }
    }
  }
  // For each vector of taps, channel after channel.
  void pack_backward(const float* weights, void* packed) const override {
    float* to = static_cast<float*>(packed);
    for (std::size_t begin = 0; begin < taps_.count; begin += kLanes) {
      for (std::size_t o = 0; o < row_size(); ++o) {
        for (std::size_t k = begin; k < begin + kLanes; ++k) {
          const bool inside = o < c_.out_channels && k < taps_.count;
          *to++ = inside ? weights[o * taps_.count + k] : 0.0F;
        }
      }
    }
  }

  std::size_t scratch_bytes(std::size_t /*rows*/) const override {
    return (padded_size() + plane_size() + (kMostTaps + 1) * row_size()) * sizeof(float);
  }

  void forward(std::size_t n, const float* src, const float* /*weights*/, const void* packed,
               const Finish<float>& finish, float* dst, void* scratch) const override {
    float* const padded = static_cast<float*>(scratch);
    float* const shift = padded + padded_size();
    std::fill_n(padded, padded_size(), 0.0F);
    std::fill_n(shift, row_size(), 0.0F);
    if (finish.bias) std::copy_n(finish.bias, c_.out_channels, shift);
    for (std::size_t s = 0; s < n; ++s) {
      copy_inside(src + s * c_.src_elements(), padded);
      float* const sample = dst + s * c_.dst_elements();
      for (std::size_t v = 0; v < out_.vectors; v += 2) {
        const float* w = static_cast<const float*>(packed) + v * kLanes * taps_.count;
        const float* b = shift + v * kLanes;
        if (v + 2 <= out_.vectors) {
          forward_plane<2>(taps_, out_, padded, w, b, v, sample);
        } else {
          forward_plane<1>(taps_, out_, padded, w, b, v, sample);
        }
      }
      apply_gate(finish.gate, finish.slope, c_.dst_elements(), sample);
    }
  }

  void backward_data(std::size_t n, const float* diff_dst, const float* /*weights*/,
                     const void* packed, float* diff_src, void* scratch) const override {
    float* const padded = static_cast<float*>(scratch);
    for (std::size_t s = 0; s < n; ++s) {
      std::fill_n(padded, padded_size(), 0.0F);
      const float* weights = static_cast<const float*>(packed);
      for (std::size_t begin = 0; begin < taps_.count; begin += kLanes) {
        data_plane(taps_, begin, out_, diff_dst + s * c_.dst_elements(), weights, padded);
        weights += kLanes * row_size();
      }
      for_each_row([&](std::size_t from, std::size_t at) {
        std::copy_n(padded + at, c_.width, diff_src + s * c_.src_elements() + from);
      });
    }
  }

  // The bias is the weight of one more tap, which sees ones everywhere.
  void backward_weights(std::size_t n, const float* src, const float* diff_dst, bool accumulate,
                        float* diff_weights, float* diff_bias, void* scratch) const override {
    float* const padded = static_cast<float*>(scratch);
    float* const sums = padded + padded_size() + plane_size();
    std::fill_n(padded, padded_size(), 0.0F);
    std::fill_n(padded + padded_size(), plane_size(), 1.0F);
    std::fill_n(sums, (kMostTaps + 1) * row_size(), 0.0F);
    Taps taps = taps_;
    if (diff_bias) taps.offsets[taps.count++] = padded_size();
    for (std::size_t s = 0; s < n; ++s) {
      copy_inside(src + s * c_.src_elements(), padded);
      const float* const sample = diff_dst + s * c_.dst_elements();
      for (std::size_t v = 0; v < out_.vectors; v += 2) {
        if (v + 2 <= out_.vectors) {
          weights_plane<2>(taps, out_, padded, sample, v, sums);
        } else {
          weights_plane<1>(taps, out_, padded, sample, v, sums);
        }
      }
    }
    const auto finish = [&](std::size_t k, std::size_t o, float& to) {
      to = sums[k * row_size() + o] + (accumulate ? to : 0.0F);
    };
    for (std::size_t o = 0; o < c_.out_channels; ++o) {
      for (std::size_t k = 0; k < taps_.count; ++k) {
        finish(k, o, diff_weights[o * taps_.count + k]);
      }
      if (diff_bias) finish(taps_.count, o, diff_bias[o]);
    }
  }

 private:
  std::size_t plane_size() const { return padded_height_ * padded_width_; }
  std::size_t padded_size() const { return c_.in_channels * plane_size(); }
  std::size_t row_size() const { return out_.vectors * kLanes; }

  std::size_t tap_vectors() const { return (taps_.count + kLanes - 1) / kLanes; }

  // do_row(from, at): a sample's row begins at `from`, and at `at` in its padded planes.
  template <class DoRow>
  void for_each_row(const DoRow& do_row) const {
    std::size_t from = 0;
    for (std::size_t i = 0; i < c_.in_channels; ++i) {
      for (std::size_t y = 0; y < c_.height; ++y, from += c_.width) {
        const std::size_t row = i * padded_height_ + y + c_.pad_height;
        do_row(from, row * padded_width_ + c_.pad_width);
      }
    }
  }

  // A sample into the middle of its padded planes, whose borders are zero already.
  void copy_inside(const float* src, float* padded) const {
    for_each_row(
        [&](std::size_t from, std::size_t at) { std::copy_n(src + from, c_.width, padded + at); });
  }

  Convolution c_;
  std::size_t padded_height_, padded_width_;
  Outputs out_;
  Taps taps_;
};

std::unique_ptr<ConvolutionKernel<float>> make_kernel(const Convolution& c) {
  return std::make_unique<StemConvolution>(c);
}

}  // namespace
}  // namespace weft::fast::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::fast {

bool stem_takes(const Convolution& c) {
  return c.in_channels * c.kernel_height * c.kernel_width <= kMostTaps && c.src_block == 1 &&
         c.dst_block == vector_block() && c.dilation == 1 && c.groups == 1;
}

HWY_EXPORT(make_kernel);
std::unique_ptr<ConvolutionKernel<float>> make_stem_convolution(const Convolution& c) {
  return HWY_DYNAMIC_DISPATCH(make_kernel)(c);
}

}  // namespace weft::fast
#endif
