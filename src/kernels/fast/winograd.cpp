// The passes of a convolution by Winograd's F(4x4, 3x3), a chunk of tiles at a time, so that what
// lies between the transforms and the products stays in the second-level cache.

#include "kernels/fast/winograd.hpp"

#include <algorithm>

#include "kernels/fast/targets.hpp"
#include "kernels/fast/vector_block.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/fast/winograd.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h

#include "kernels/fast/winograd_product-inl.h"
#include "kernels/fast/winograd_transforms-inl.h"
#include "kernels/fast/winograd_weights-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::fast::HWY_NAMESPACE {
namespace {

constexpr std::size_t kForwardFloats = 96 * 1024;   // of both sides of a chunk, forward
constexpr std::size_t kWeightsFloats = 384 * 1024;  // the same for the gradient of the weights

constexpr std::size_t tiles_of(std::size_t size) {
  return (size + kTile - 1) / kTile;
}

// An odd number of lines: planes a power of two apart would all fall into few lines of the cache.
constexpr std::size_t plane_size(std::size_t tiles, std::size_t row) {
  return (tiles * row + kLine - 1) / kLine / 2 * 2 * kLine + kLine;
}

// A convolution as forward and backward_data see it.
struct Pass {
  std::size_t in, out;
  Pictures src, dst;

  std::size_t in_row() const { return src.blocks * kBlock + kLine; }  // odd again, mostly
  std::size_t out_row() const { return dst.blocks * kBlock; }
  WeightPlanes weights() const { return {in, out, out_row(), plane_size(in, out_row())}; }
};

Pass make_pass(std::size_t in, std::size_t out, const Convolution& c) {
  const std::size_t rows = tiles_of(c.out_height()), columns = tiles_of(c.out_width());
  return {
      in,
      out,
      {padded_channels(in, kBlock) / kBlock, c.height, c.width, c.pad_height, c.pad_width, rows,
       columns},
      {padded_channels(out, kBlock) / kBlock, c.out_height(), c.out_width(), 0, 0, rows, columns}};
}

// The gradient of src is a convolution of the gradient of dst, with the taps turned around.
Pass backward_pass(const Convolution& c) {
  Convolution back = c;
  back.height = c.out_height();
  back.width = c.out_width();
  back.pad_height = 2 - c.pad_height;
  back.pad_width = 2 - c.pad_width;
  return make_pass(c.out_channels, c.in_channels, back);
}

// Tiles of a chunk when there are `all` of them and both sides may have `floats`.
std::size_t chunk_tiles(const Pass& p, std::size_t all, std::size_t floats) {
  const std::size_t fit = floats / (kPlanes * (p.in_row() + p.out_row()));
  return HWY_MIN(all, HWY_MAX(fit, 2 * kSums));
}

// What a call works in, laid out from the start of its scratch.
struct Scratch {
  float *zeros, *strip;
  Chunk in, out;
  float* sums;  // of the gradient of the weights
  std::size_t size;
};

Scratch lay_out(const Pass& p, std::size_t tiles, bool sums, void* memory) {
  float* const begin = static_cast<float*>(memory);
  std::size_t at = 0;
  const auto take = [&](std::size_t size) {
    const std::size_t place = at;
    at += (size + kLine - 1) / kLine * kLine;
    return begin ? begin + place : nullptr;
  };
  Scratch s{};
  s.zeros = take(HWY_MAX(p.src.width, p.dst.width) * kBlock);
  s.strip = take(strip_size(p.src.tile_columns));
  s.in = {nullptr, plane_size(tiles, p.in_row()), p.in_row()};
  s.in.values = take(kPlanes * s.in.plane);
  s.out = {nullptr, plane_size(tiles, p.out_row()), p.out_row()};
  s.out.values = take(kPlanes * s.out.plane);
  if (sums) s.sums = take(p.weights().size());
  s.size = at;
  return s;
}

auto from_domain_by(Gate gate) {
  switch (gate) {
    case Gate::relu:
      return from_domain<Gate::relu>;
    case Gate::leaky:
      return from_domain<Gate::leaky>;
    case Gate::gelu:
      return from_domain<Gate::gelu>;
    case Gate::silu:
      return from_domain<Gate::silu>;
    case Gate::identity:
      break;
  }
  return from_domain<Gate::identity>;
}

void convolve(const Pass& p, const WorkPart& part, std::size_t n, const float* src,
              const float* packed, const Finish<float>& finish, float* dst, void* scratch) {
  const WeightPlanes weights = p.weights();
  const std::size_t most = chunk_tiles(p, n * p.src.tiles(), kForwardFloats);
  const std::size_t begin = n * p.src.tiles() * part.index / part.count;
  const std::size_t all = n * p.src.tiles() * (part.index + 1) / part.count - begin;
  const Scratch s = lay_out(p, most, false, scratch);
  std::fill_n(s.zeros, p.src.width * kBlock, 0.0F);
  const std::size_t chunks = (all + most - 1) / most;
  for (std::size_t q = 0, first = begin; q < chunks; ++q) {
    const std::size_t tiles = begin + all * (q + 1) / chunks - first;
    to_domain<SourceTransform>(p.src, src, first, tiles, s.zeros, s.strip, s.in);
    for (std::size_t v = 0; v < kPlanes; ++v) {
      domain_product<false>({.rows = tiles,
                             .columns = p.out_row(),
                             .depth = p.in,
                             .a = s.in.values + v * s.in.plane,
                             .a_row = s.in.row,
                             .b = packed + v * weights.plane,
                             .b_row = 0,
                             .c = s.out.values + v * s.out.plane,
                             .c_row = s.out.row,
                             .accumulate = false});
    }
    from_domain_by(finish.gate)(p.dst, s.out, first, tiles, finish.bias, finish.slope, p.out, dst);
    first += tiles;
  }
}

void convolve_weights(const Pass& p, std::size_t n, const float* src, const float* diff_dst,
                      bool accumulate, float* diff_weights, float* diff_bias, void* scratch) {
  const WeightPlanes weights = p.weights();
  const std::size_t all = n * p.src.tiles();
  const std::size_t most = chunk_tiles(p, all, kWeightsFloats);
  const Scratch s = lay_out(p, most, true, scratch);
  std::fill_n(s.zeros, HWY_MAX(p.src.width, p.dst.width) * kBlock, 0.0F);
  if (diff_bias && !accumulate) std::fill_n(diff_bias, p.out, 0.0F);
  const std::size_t chunks = (all + most - 1) / most;
  for (std::size_t q = 0, first = 0; q < chunks; ++q) {
    const std::size_t tiles = all * (q + 1) / chunks - first;
    to_domain<SourceTransform>(p.src, src, first, tiles, s.zeros, s.strip, s.in);
    to_domain<GradientTransform>(p.dst, diff_dst, first, tiles, s.zeros, s.strip, s.out);
    for (std::size_t v = 0; v < kPlanes; ++v) {
      domain_product<true>({.rows = p.in,
                            .columns = p.out_row(),
                            .depth = tiles,
                            .a = s.in.values + v * s.in.plane,
                            .a_row = s.in.row,
                            .b = s.out.values + v * s.out.plane,
                            .b_row = s.out.row,
                            .c = s.sums + v * weights.plane,
                            .c_row = 0,
                            .accumulate = first > 0});
    }
    if (diff_bias) {
      // Value (1, 1) of a tile, at the point 1, is the sum of its results.
      for (std::size_t t = 0; t < tiles; ++t) {
        const float* sums = s.out.values + (kSide + 1) * s.out.plane + t * s.out.row;
        for (std::size_t o = 0; o < p.out; ++o) diff_bias[o] += sums[o];
      }
    }
    first += tiles;
  }
  finish_weights(weights, s.sums, accumulate, diff_weights);
}

class WinogradConvolution final : public ConvolutionKernel<float> {
 public:
  explicit WinogradConvolution(const Convolution& c)
      : forward_(make_pass(c.in_channels, c.out_channels, c)), backward_(backward_pass(c)) {}

  std::string name() const override { return "winograd"; }
  std::size_t forward_bytes() const override { return forward_.weights().size() * sizeof(float); }
  std::size_t backward_bytes() const override { return backward_.weights().size() * sizeof(float); }

  void pack_forward(const float* weights, void* packed) const override {
    const auto tap = [&](std::size_t o, std::size_t i) {
      return weights + (o * forward_.in + i) * 9;
    };
    pack_weights(forward_.weights(), false, tap, static_cast<float*>(packed));
  }

  void pack_backward(const float* weights, void* packed) const override {
    const auto tap = [&](std::size_t o, std::size_t i) {
      return weights + (i * forward_.in + o) * 9;
    };
    pack_weights(backward_.weights(), true, tap, static_cast<float*>(packed));
  }

  std::size_t scratch_bytes(std::size_t rows) const override {
    const auto size = [rows](const Pass& p, std::size_t floats, bool sums) {
      const std::size_t tiles = chunk_tiles(p, rows * p.src.tiles(), floats);
      return lay_out(p, tiles, sums, nullptr).size;
    };
    return sizeof(float) *
           std::max({size(forward_, kForwardFloats, false), size(backward_, kForwardFloats, false),
                     size(forward_, kWeightsFloats, true)});
  }

  void forward(std::size_t n, const float* src, const float* /*weights*/, const void* packed,
               const Finish<float>& finish, float* dst, void* scratch) const override {
    convolve(forward_, {}, n, src, static_cast<const float*>(packed), finish, dst, scratch);
  }

  bool shares_forward() const override { return true; }
  void forward_part(const WorkPart& part, std::size_t n, const float* src, const float* /*weights*/,
                    const void* packed, const Finish<float>& finish, float* dst,
                    void* scratch) const override {
    convolve(forward_, part, n, src, static_cast<const float*>(packed), finish, dst, scratch);
  }

  void backward_data(std::size_t n, const float* diff_dst, const float* /*weights*/,
                     const void* packed, float* diff_src, void* scratch) const override {
    convolve(backward_, {}, n, diff_dst, static_cast<const float*>(packed), {}, diff_src, scratch);
  }

  void backward_weights(std::size_t n, const float* src, const float* diff_dst, bool accumulate,
                        float* diff_weights, float* diff_bias, void* scratch) const override {
    convolve_weights(forward_, n, src, diff_dst, accumulate, diff_weights, diff_bias, scratch);
  }

 private:
  Pass forward_, backward_;
};

std::unique_ptr<ConvolutionKernel<float>> make_kernel(const Convolution& c) {
  return std::make_unique<WinogradConvolution>(c);
}

}  // namespace
}  // namespace weft::fast::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::fast {

bool winograd_takes(const Convolution& c) {
  const std::size_t block = vector_block();
  return c.kernel_height == 3 && c.kernel_width == 3 && c.stride == 1 && c.dilation == 1 &&
         c.groups == 1 && c.pad_height <= 2 && c.pad_width <= 2 && c.src_block == block &&
         c.dst_block == block && c.out_height() >= 3 && c.out_width() >= 3;
}

HWY_EXPORT(make_kernel);
std::unique_ptr<ConvolutionKernel<float>> make_winograd_convolution(const Convolution& c) {
  return HWY_DYNAMIC_DISPATCH(make_kernel)(c);
}

}  // namespace weft::fast
#endif
