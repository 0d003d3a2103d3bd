#include "kernels/fast/pictures.hpp"

#include <algorithm>
#include <limits>

#include "kernels/fast/targets.hpp"
#include "kernels/reference/planes.hpp"
#include "kernels/reference/pool.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/fast/pictures.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h

#include <hwy/highway.h>

#include "kernels/fast/functions-inl.h"
#include "kernels/fast/vector_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::fast::HWY_NAMESPACE {
namespace {

constexpr std::size_t kVectors = kBlock / kLanes;  // of a block

// Calls body(sample, first channel, offset) for each vector of channels: its pixels' vectors stand
// at offset, offset + kBlock, and so on.
template <class Body>
HWY_INLINE void for_each_column(std::size_t n, std::size_t channels, std::size_t pixels,
                                const Body& body) {
  const std::size_t blocks = padded_channels(channels, kBlock) / kBlock;
  for (std::size_t b = 0; b < n * blocks; ++b) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      body((b % blocks) * kBlock + v * kLanes, b * pixels * kBlock + v * kLanes);
    }
  }
}

HWY_INLINE void add_to(double* sums, Vector values) {
  HWY_ALIGN float lanes[kLanes];
  hn::Store(values, F32(), lanes);
  for (std::size_t i = 0; i < kLanes; ++i) sums[i] += static_cast<double>(lanes[i]);
}

// Four sums run side by side, so that one addition need not wait for the one before.
struct Four {
  Vector a, b, c, d;
  HWY_INLINE Vector total() const { return hn::Add(hn::Add(a, b), hn::Add(c, d)); }
};

// The mean first, then squares about it: a plane stays in the first-level cache meanwhile.
void channel_sums(std::size_t n, const Planes& p, const float* src, double* sums) {
  if (p.block != kBlock) return reference::channel_sums(n, p, src, sums);
  const F32 d;
  const auto count = static_cast<double>(p.pixels);
  for_each_column(n, p.channels, p.pixels, [&](std::size_t c, std::size_t offset) HWY_ATTR {
    const float* x = src + offset;
    const auto at = [&](std::size_t i) HWY_ATTR { return hn::LoadU(d, x + i * kBlock); };
    const Vector zero = hn::Zero(d);
    Four sum{zero, zero, zero, zero};
    std::size_t i = 0;
    for (; i + 4 <= p.pixels; i += 4) {
      sum.a = hn::Add(sum.a, at(i));
      sum.b = hn::Add(sum.b, at(i + 1));
      sum.c = hn::Add(sum.c, at(i + 2));
      sum.d = hn::Add(sum.d, at(i + 3));
    }
    for (; i < p.pixels; ++i) sum.a = hn::Add(sum.a, at(i));
    const Vector mean = hn::Mul(sum.total(), hn::Set(d, 1.0F / static_cast<float>(p.pixels)));
    Four squares{zero, zero, zero, zero};
    const auto add_square = [&](Vector& to, std::size_t j) HWY_ATTR {
      const Vector away = hn::Sub(at(j), mean);
      to = hn::MulAdd(away, away, to);
    };
    for (i = 0; i + 4 <= p.pixels; i += 4) {
      add_square(squares.a, i);
      add_square(squares.b, i + 1);
      add_square(squares.c, i + 2);
      add_square(squares.d, i + 3);
    }
    for (; i < p.pixels; ++i) add_square(squares.a, i);
    HWY_ALIGN float means[kLanes], about[kLanes];
    hn::Store(mean, d, means);
    hn::Store(squares.total(), d, about);
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const double m = means[lane];
      sums[c + lane] += count * m;
      sums[p.padded() + c + lane] += static_cast<double>(about[lane]) + count * m * m;
    }
  });
}

template <Gate gate>
void scale_shift_by(std::size_t n, const Planes& p, float slope, const float* src,
                    const float* scale, const float* shift, float* dst) {
  const F32 d;
  for_each_column(n, p.channels, p.pixels, [&](std::size_t c, std::size_t offset) HWY_ATTR {
    const Vector a = hn::LoadU(d, scale + c), b = hn::LoadU(d, shift + c);
    for (std::size_t i = 0; i < p.pixels; ++i) {
      const std::size_t at = offset + i * kBlock;
      const Vector x = hn::MulAdd(a, hn::LoadU(d, src + at), b);
      hn::StoreU(open_gate<gate>(slope, x), d, dst + at);
    }
  });
}

template <Gate gate>
void scale_shift_sums_by(std::size_t n, const Planes& p, float slope, const float* src,
                         const float* scale, const float* shift, const float* mean, float* diff,
                         double* sums) {
  const F32 d;
  for_each_column(n, p.channels, p.pixels, [&](std::size_t c, std::size_t offset) HWY_ATTR {
    const Vector a = hn::LoadU(d, scale + c), b = hn::LoadU(d, shift + c);
    const Vector m = hn::LoadU(d, mean + c);
    Vector sum[2] = {hn::Zero(d), hn::Zero(d)}, by_value[2] = {sum[0], sum[0]};
    const auto add = [&](std::size_t i, std::size_t to) HWY_ATTR {
      const std::size_t at = offset + i * kBlock;
      const Vector x = hn::LoadU(d, src + at);
      const Vector g = through_gate<gate>(slope, hn::MulAdd(a, x, b), hn::LoadU(d, diff + at));
      hn::StoreU(g, d, diff + at);
      sum[to] = hn::Add(sum[to], g);
      by_value[to] = hn::MulAdd(g, hn::Sub(x, m), by_value[to]);
    };
    std::size_t i = 0;
    for (; i + 2 <= p.pixels; i += 2) {
      add(i, 0);
      add(i + 1, 1);
    }
    if (i < p.pixels) add(i, 0);
    add_to(sums + c, hn::Add(sum[0], sum[1]));
    add_to(sums + p.padded() + c, hn::Add(by_value[0], by_value[1]));
  });
}

void scale_shift(std::size_t n, const Planes& p, Gate gate, float slope, const float* src,
                 const float* scale, const float* shift, float* dst) {
  if (p.block != kBlock) {
    return reference::scale_shift(n, p, gate, slope, src, scale, shift, dst);
  }
  switch (gate) {
    case Gate::identity:
      return scale_shift_by<Gate::identity>(n, p, slope, src, scale, shift, dst);
    case Gate::relu:
      return scale_shift_by<Gate::relu>(n, p, slope, src, scale, shift, dst);
    case Gate::leaky:
      return scale_shift_by<Gate::leaky>(n, p, slope, src, scale, shift, dst);
    case Gate::gelu:
      return scale_shift_by<Gate::gelu>(n, p, slope, src, scale, shift, dst);
    case Gate::silu:
      return scale_shift_by<Gate::silu>(n, p, slope, src, scale, shift, dst);
  }
}

void scale_shift_sums(std::size_t n, const Planes& p, Gate gate, float slope, const float* src,
                      const float* scale, const float* shift, const float* mean, float* diff,
                      double* sums) {
  if (p.block != kBlock) {
    return reference::scale_shift_sums(n, p, gate, slope, src, scale, shift, mean, diff, sums);
  }
  const auto by = [&](auto kernel) { kernel(n, p, slope, src, scale, shift, mean, diff, sums); };
  switch (gate) {
    case Gate::identity:
      return by(scale_shift_sums_by<Gate::identity>);
    case Gate::relu:
      return by(scale_shift_sums_by<Gate::relu>);
    case Gate::leaky:
      return by(scale_shift_sums_by<Gate::leaky>);
    case Gate::gelu:
      return by(scale_shift_sums_by<Gate::gelu>);
    case Gate::silu:
      return by(scale_shift_sums_by<Gate::silu>);
  }
}

void combine(std::size_t n, const Planes& p, const float* src, const float* a, const float* b,
             const float* c, float* diff) {
  if (p.block != kBlock) return reference::combine(n, p, src, a, b, c, diff);
  const F32 d;
  for_each_column(n, p.channels, p.pixels, [&](std::size_t channel, std::size_t offset) HWY_ATTR {
    const Vector va = hn::LoadU(d, a + channel), vb = hn::LoadU(d, b + channel);
    const Vector vc = hn::LoadU(d, c + channel);
    for (std::size_t i = 0; i < p.pixels; ++i) {
      const std::size_t at = offset + i * kBlock;
      const Vector rest = hn::MulAdd(vb, hn::LoadU(d, src + at), vc);
      hn::StoreU(hn::MulAdd(va, hn::LoadU(d, diff + at), rest), d, diff + at);
    }
  });
}

void add(std::size_t count, const float* a, const float* b, float* dst) {
  const F32 d;
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    hn::StoreU(hn::Add(hn::LoadU(d, a + i), hn::LoadU(d, b + i)), d, dst + i);
  }
  for (; i < count; ++i) dst[i] = a[i] + b[i];
}

// Of the larger: NaN where either is, as the reference has it.
HWY_INLINE Vector larger(Vector best, Vector x) {
  return hn::IfThenElse(hn::Or(hn::Le(x, best), hn::IsNaN(best)), best, x);
}

// The windows of a pooling without padding, in one vector of channels.
template <class Body>
HWY_INLINE void for_each_window(const Pooling& p, const Body& body) {
  for (std::size_t y = 0; y < p.out_height(); ++y) {
    for (std::size_t x = 0; x < p.out_width(); ++x) {
      body((y * p.out_width() + x) * kBlock, (y * p.width + x) * p.stride * kBlock);
    }
  }
}

void maxpool_forward(std::size_t n, const Pooling& p, const float* src, float* dst) {
  if (p.block != kBlock || p.pad != 0) return reference::maxpool_forward(n, p, src, dst);
  const F32 d;
  const std::size_t out = p.out_height() * p.out_width(), in = p.height * p.width;
  for_each_column(n, p.channels, 1, [&](std::size_t, std::size_t column) HWY_ATTR {
    const std::size_t lane = column % kBlock;
    const float* from = src + column / kBlock * in * kBlock + lane;
    float* to = dst + column / kBlock * out * kBlock + lane;
    for_each_window(p, [&](std::size_t d_at, std::size_t s_at) HWY_ATTR {
      Vector best = hn::LoadU(d, from + s_at);
      for (std::size_t ky = 0; ky < p.kernel_height; ++ky) {
        const float* row = from + s_at + ky * p.width * kBlock;
        for (std::size_t kx = 0; kx < p.kernel_width; ++kx) {
          best = larger(best, hn::LoadU(d, row + kx * kBlock));
        }
      }
      hn::StoreU(best, d, to + d_at);
    });
  });
}

// Windows that do not overlap: every source place is in one window at most, so each value's
// gradient is assigned once. The first of equals takes it all.
//   kSide: of square windows, so that their loops are unrolled; 0: any windows.
template <std::size_t kSide>
void maxpool_backward_by(std::size_t n, const Pooling& p, const float* src, const float* diff_dst,
                         float* diff_src) {
  const F32 d;
  const std::size_t out = p.out_height() * p.out_width(), in = p.height * p.width;
  const std::size_t kernel_height = kSide == 0 ? p.kernel_height : kSide;
  const std::size_t kernel_width = kSide == 0 ? p.kernel_width : kSide;
  for_each_column(n, p.channels, 1, [&](std::size_t, std::size_t column) HWY_ATTR {
    const std::size_t lane = column % kBlock;
    const float* from = src + column / kBlock * in * kBlock + lane;
    float* to = diff_src + column / kBlock * in * kBlock + lane;
    const float* diff = diff_dst + column / kBlock * out * kBlock + lane;
    for_each_window(p, [&](std::size_t d_at, std::size_t s_at) HWY_ATTR {
      const auto for_each_tap = [&](const auto& body) HWY_ATTR {
        for (std::size_t ky = 0; ky < kernel_height; ++ky) {
          for (std::size_t kx = 0; kx < kernel_width; ++kx) {
            body(s_at + (ky * p.width + kx) * kBlock);
          }
        }
      };
      Vector best = hn::LoadU(d, from + s_at);
      for_each_tap([&](std::size_t at) HWY_ATTR { best = larger(best, hn::LoadU(d, from + at)); });
      Vector left = hn::LoadU(d, diff + d_at);
      for_each_tap([&](std::size_t at) HWY_ATTR {
        const Vector x = hn::LoadU(d, from + at);
        const auto taken = hn::Or(hn::Eq(x, best), hn::IsNaN(x));
        hn::StoreU(hn::IfThenElseZero(taken, left), d, to + at);
        left = hn::IfThenZeroElse(taken, left);
      });
    });
  });
}

void maxpool_backward(std::size_t n, const Pooling& p, const float* src, const float* diff_dst,
                      float* diff_src) {
  const bool apart = p.stride >= std::max(p.kernel_height, p.kernel_width);
  const bool single = p.out_height() == 1 && p.out_width() == 1;
  if (p.block != kBlock || p.pad != 0 || !(apart || single)) {
    return reference::maxpool_backward(n, p, src, diff_dst, diff_src);
  }
  const bool tight = p.stride == p.kernel_height && p.stride == p.kernel_width &&
                     p.height % p.stride == 0 && p.width % p.stride == 0;
  const bool whole = p.kernel_height == p.height && p.kernel_width == p.width;
  if (!tight && !whole) std::fill_n(diff_src, n * p.src_elements(), 0.0F);
  const bool two = p.kernel_height == 2 && p.kernel_width == 2;
  return two ? maxpool_backward_by<2>(n, p, src, diff_dst, diff_src)
             : maxpool_backward_by<0>(n, p, src, diff_dst, diff_src);
}

void avgpool_forward(std::size_t n, const Pooling& p, const float* src, float* dst) {
  if (p.block != kBlock || p.pad != 0) return reference::avgpool_forward(n, p, src, dst);
  const F32 d;
  const std::size_t out = p.out_height() * p.out_width(), in = p.height * p.width;
  const Vector share = hn::Set(d, 1.0F / static_cast<float>(p.kernel_height * p.kernel_width));
  for_each_column(n, p.channels, 1, [&](std::size_t, std::size_t column) HWY_ATTR {
    const std::size_t lane = column % kBlock;
    const float* from = src + column / kBlock * in * kBlock + lane;
    float* to = dst + column / kBlock * out * kBlock + lane;
    for_each_window(p, [&](std::size_t d_at, std::size_t s_at) HWY_ATTR {
      Vector sum = hn::Zero(d);
      for (std::size_t ky = 0; ky < p.kernel_height; ++ky) {
        const float* row = from + s_at + ky * p.width * kBlock;
        for (std::size_t kx = 0; kx < p.kernel_width; ++kx) {
          sum = hn::Add(sum, hn::LoadU(d, row + kx * kBlock));
        }
      }
      hn::StoreU(hn::Mul(sum, share), d, to + d_at);
    });
  });
}

void avgpool_backward(std::size_t n, const Pooling& p, const float* diff_dst, float* diff_src) {
  if (p.block != kBlock || p.pad != 0) {
    return reference::avgpool_backward(n, p, diff_dst, diff_src);
  }
  const F32 d;
  const std::size_t out = p.out_height() * p.out_width(), in = p.height * p.width;
  const Vector share = hn::Set(d, 1.0F / static_cast<float>(p.kernel_height * p.kernel_width));
  std::fill_n(diff_src, n * p.src_elements(), 0.0F);
  for_each_column(n, p.channels, 1, [&](std::size_t, std::size_t column) HWY_ATTR {
    const std::size_t lane = column % kBlock;
    float* to = diff_src + column / kBlock * in * kBlock + lane;
    const float* diff = diff_dst + column / kBlock * out * kBlock + lane;
    for_each_window(p, [&](std::size_t d_at, std::size_t s_at) HWY_ATTR {
      const Vector each = hn::Mul(hn::LoadU(d, diff + d_at), share);
      for (std::size_t ky = 0; ky < p.kernel_height; ++ky) {
        float* row = to + s_at + ky * p.width * kBlock;
        for (std::size_t kx = 0; kx < p.kernel_width; ++kx) {
          hn::StoreU(hn::Add(hn::LoadU(d, row + kx * kBlock), each), d, row + kx * kBlock);
        }
      }
    });
  });
}

template <Gate gate>
void apply_gate_by(float slope, std::size_t count, float* values) {
  const F32 d;
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    hn::StoreU(open_gate<gate>(slope, hn::LoadU(d, values + i)), d, values + i);
  }
  for (; i < count; ++i) values[i] = reference::open_gate(gate, slope, values[i]);
}

void apply_gate(Gate gate, float slope, std::size_t count, float* values) {
  switch (gate) {
    case Gate::identity:
      return;
    case Gate::relu:
      return apply_gate_by<Gate::relu>(slope, count, values);
    case Gate::leaky:
      return apply_gate_by<Gate::leaky>(slope, count, values);
    case Gate::gelu:
      return apply_gate_by<Gate::gelu>(slope, count, values);
    case Gate::silu:
      return apply_gate_by<Gate::silu>(slope, count, values);
  }
}

void add_kernels(Kernels<float>& table) {
  table.channel_sums = channel_sums;
  table.scale_shift = scale_shift;
  table.scale_shift_sums = scale_shift_sums;
  table.combine = combine;
  table.add = add;
  table.maxpool_forward = maxpool_forward;
  table.maxpool_backward = maxpool_backward;
  table.avgpool_forward = avgpool_forward;
  table.avgpool_backward = avgpool_backward;
}

}  // namespace
}  // namespace weft::fast::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::fast {

HWY_EXPORT(add_kernels);
HWY_EXPORT(apply_gate);
void apply_gate(Gate gate, float slope, std::size_t count, float* values) {
  HWY_DYNAMIC_DISPATCH(apply_gate)(gate, slope, count, values);
}
void add_picture_kernels(Kernels<float>& table) {
  HWY_DYNAMIC_DISPATCH(add_kernels)(table);
}

}  // namespace weft::fast
#endif
