// Winograd's F(4x4, 3x3) with the points 0, 1, -1, 2, -2 and infinity: to and from the domain where
// a convolution is a product, for vectors of channels (Lavin and Gray, 2015, section 4.3). A tile
// there has 36 values, value r * 6 + c of a chunk of tiles in a plane of its own.
//
// Included once for each instruction set.

#if defined(WEFT_WINOGRAD_TRANSFORMS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef WEFT_WINOGRAD_TRANSFORMS_INL_H
#undef WEFT_WINOGRAD_TRANSFORMS_INL_H
#else
#define WEFT_WINOGRAD_TRANSFORMS_INL_H
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <cstddef>

#include "kernels/fast/functions-inl.h"
#include "kernels/fast/vector_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::fast::HWY_NAMESPACE {
namespace {

constexpr std::size_t kTile = 4;  // results on a side
constexpr std::size_t kSide = 6;  // of a tile in Winograd's domain
constexpr std::size_t kPlanes = kSide * kSide;

// B^T x: what the source goes through.
struct SourceTransform {
  static constexpr std::size_t kSize = 6;

  HWY_INLINE static void apply(const Vector (&x)[6], Vector (&y)[6]) {
    const F32 d;
    const Vector two = hn::Set(d, 2.0F), four = hn::Set(d, 4.0F), five = hn::Set(d, 5.0F);
    const Vector even1 = hn::NegMulAdd(four, x[2], x[4]), odd1 = hn::NegMulAdd(four, x[1], x[3]);
    const Vector even2 = hn::Sub(x[4], x[2]), odd2 = hn::Sub(x[3], x[1]);
    y[0] = hn::MulAdd(four, x[0], hn::NegMulAdd(five, x[2], x[4]));
    y[1] = hn::Add(even1, odd1);
    y[2] = hn::Sub(even1, odd1);
    y[3] = hn::MulAdd(two, odd2, even2);
    y[4] = hn::NegMulAdd(two, odd2, even2);
    y[5] = hn::MulAdd(four, x[1], hn::NegMulAdd(five, x[3], x[5]));
  }
};

// A x: what the gradient of the results goes through.
struct GradientTransform {
  static constexpr std::size_t kSize = 4;

  HWY_INLINE static void apply(const Vector (&x)[4], Vector (&y)[6]) {
    const F32 d;
    const Vector four = hn::Set(d, 4.0F);
    const Vector even1 = hn::Add(x[0], x[2]), odd1 = hn::Add(x[1], x[3]);
    const Vector even2 = hn::MulAdd(four, x[2], x[0]);
    const Vector half_odd2 = hn::MulAdd(four, x[3], x[1]);
    const Vector two = hn::Set(d, 2.0F);
    y[0] = x[0];
    y[1] = hn::Add(even1, odd1);
    y[2] = hn::Sub(even1, odd1);
    y[3] = hn::MulAdd(two, half_odd2, even2);
    y[4] = hn::NegMulAdd(two, half_odd2, even2);
    y[5] = x[3];
  }
};

// A^T x: from the domain to results.
HWY_INLINE void result_transform(const Vector (&x)[6], Vector (&y)[4]) {
  const F32 d;
  const Vector sum1 = hn::Add(x[1], x[2]), difference1 = hn::Sub(x[1], x[2]);
  const Vector sum2 = hn::Add(x[3], x[4]), difference2 = hn::Sub(x[3], x[4]);
  y[0] = hn::Add(x[0], hn::Add(sum1, sum2));
  y[1] = hn::MulAdd(hn::Set(d, 2.0F), difference2, difference1);
  y[2] = hn::MulAdd(hn::Set(d, 4.0F), sum2, sum1);
  y[3] = hn::Add(hn::MulAdd(hn::Set(d, 8.0F), difference2, difference1), x[5]);
}

// G x: what the taps go through.
HWY_INLINE void tap_transform(const Vector (&x)[3], Vector (&y)[6]) {
  const F32 d;
  const Vector sixth = hn::Set(d, 1.0F / 6);
  const Vector even1 = hn::Mul(sixth, hn::Add(x[0], x[2])), odd1 = hn::Mul(sixth, x[1]);
  const Vector even2 = hn::MulAdd(hn::Set(d, 1.0F / 24), x[0], hn::Mul(sixth, x[2]));
  const Vector odd2 = hn::Mul(hn::Set(d, 1.0F / 12), x[1]);
  y[0] = hn::Mul(hn::Set(d, 0.25F), x[0]);
  y[1] = hn::Neg(hn::Add(even1, odd1));
  y[2] = hn::Sub(odd1, even1);
  y[3] = hn::Add(even2, odd2);
  y[4] = hn::Sub(even2, odd2);
  y[5] = x[2];
}

// G^T x: from the domain to the gradient of the taps.
HWY_INLINE void tap_gradient_transform(const Vector (&x)[6], Vector (&y)[3]) {
  const F32 d;
  const Vector sixth = hn::Set(d, 1.0F / 6);
  const Vector sum1 = hn::Mul(sixth, hn::Add(x[1], x[2]));
  const Vector difference1 = hn::Mul(sixth, hn::Sub(x[2], x[1]));
  const Vector sum2 = hn::Add(x[3], x[4]), difference2 = hn::Sub(x[3], x[4]);
  y[0] = hn::Sub(hn::MulAdd(hn::Set(d, 1.0F / 24), sum2, hn::Mul(hn::Set(d, 0.25F), x[0])), sum1);
  y[1] = hn::MulAdd(hn::Set(d, 1.0F / 12), difference2, difference1);
  y[2] = hn::Add(hn::Sub(hn::Mul(sixth, sum2), sum1), x[5]);
}

// Pictures in blocks, cut into tiles whose first place is (row, column) * kTile - pad.
struct Pictures {
  std::size_t blocks, height, width;
  std::size_t pad_height, pad_width;
  std::size_t tile_rows, tile_columns;  // of a sample

  std::size_t tiles() const { return tile_rows * tile_columns; }
};

// A chunk of tiles in Winograd's domain: value v of tile t and channel c at
// values[v * plane + t * row + c].
struct Chunk {
  float* values;
  std::size_t plane, row;
};

// Tiles beside each other in a picture; `at` is the first one's place in the chunk.
struct Run {
  std::size_t sample, row, column, tiles, at;
};

// Calls body(run) for tiles [first, first + count), counted through all samples.
template <class Body>
HWY_INLINE void for_each_run(const Pictures& p, std::size_t first, std::size_t count,
                             const Body& body) {
  for (std::size_t at = 0; at < count;) {
    const std::size_t tile = first + at, column = tile % p.tile_columns;
    const std::size_t tiles = HWY_MIN(p.tile_columns - column, count - at);
    body(Run{tile / p.tiles(), tile / p.tile_columns % p.tile_rows, column, tiles, at});
    at += tiles;
  }
}

// Floats of the strip that to_domain works in.
constexpr std::size_t strip_size(std::size_t tile_columns) {
  return (tile_columns * kTile + kSide - kTile) * kSide * kBlock;
}

// Takes tiles to the domain; zeros surround the pictures. The columns first, which tiles side by
// side may share, into a strip; then the rows. zeros: a picture's row of them.
template <class Transform>
void to_domain(const Pictures& p, const float* HWY_RESTRICT pictures, std::size_t first,
               std::size_t count, const float* zeros, float* HWY_RESTRICT strip,
               const Chunk& chunk) {
  constexpr std::size_t kSize = Transform::kSize;
  constexpr std::size_t kColumn = kSide * kLanes;  // of the strip
  const F32 d;
  for_each_run(p, first, count, [&](const Run& run) HWY_ATTR {
    // Unsigned: before the picture wraps around to far behind it.
    const std::size_t top = run.row * kTile - p.pad_height;
    const std::size_t left = run.column * kTile - p.pad_width;
    const std::size_t columns = (run.tiles - 1) * kTile + kSize;
    for (std::size_t channel = 0; channel < p.blocks * kBlock; channel += kLanes) {
      const float* rows[kSize];
      for (std::size_t r = 0; r < kSize; ++r) {
        const std::size_t block = run.sample * p.blocks + channel / kBlock;
        rows[r] = top + r < p.height ? pictures + (block * p.height + top + r) * p.width * kBlock +
                                           channel % kBlock
                                     : zeros;
      }
      for (std::size_t c = 0; c < columns; ++c) {
        Vector x[kSize], y[kSide];
        float* to = strip + c * kColumn;
        if (left + c < p.width) {
          for (std::size_t r = 0; r < kSize; ++r) {
            x[r] = hn::LoadU(d, rows[r] + (left + c) * kBlock);
            hwy::Prefetch(rows[r] + (left + c) * kBlock + p.height * p.width * kBlock);
          }
          Transform::apply(x, y);
          for (std::size_t r = 0; r < kSide; ++r) hn::StoreU(y[r], d, to + r * kLanes);
        } else {
          for (std::size_t r = 0; r < kSide; ++r) hn::StoreU(hn::Zero(d), d, to + r * kLanes);
        }
      }
      for (std::size_t t = 0; t < run.tiles; ++t) {
        const float* from = strip + t * kTile * kColumn;
        float* to = chunk.values + (run.at + t) * chunk.row + channel;
        for (std::size_t r = 0; r < kSide; ++r, from += kLanes) {
          Vector x[kSize], y[kSide];
          for (std::size_t c = 0; c < kSize; ++c) x[c] = hn::LoadU(d, from + c * kColumn);
          Transform::apply(x, y);
          for (std::size_t c = 0; c < kSide; ++c, to += chunk.plane) hn::StoreU(y[c], d, to);
        }
      }
    }
  });
}

// Takes tiles of results from the domain and finishes them; the bias has `channels` values.
template <Gate gate>
void from_domain(const Pictures& p, const Chunk& chunk, std::size_t first, std::size_t count,
                 const float* HWY_RESTRICT bias, float slope, std::size_t channels,
                 float* HWY_RESTRICT pictures) {
  const F32 d;
  const std::size_t next_block = p.height * p.width * kBlock;
  for_each_run(p, first, count, [&](const Run& run) HWY_ATTR {
    const std::size_t top = run.row * kTile;
    const std::size_t rows = HWY_MIN(kTile, p.height - top);
    for (std::size_t channel = 0; channel < p.blocks * kBlock; channel += kLanes) {
      const std::size_t block = run.sample * p.blocks + channel / kBlock;
      float* corner = pictures + (block * p.height + top) * p.width * kBlock + channel % kBlock;
      HWY_ALIGN float shift_values[kLanes] = {};
      for (std::size_t j = 0; j < kLanes; ++j) {
        if (bias && channel + j < channels) shift_values[j] = bias[channel + j];
      }
      const Vector shift = hn::Load(d, shift_values);
      for (std::size_t t = 0; t < run.tiles; ++t) {
        const std::size_t left = (run.column + t) * kTile;
        const std::size_t columns = HWY_MIN(kTile, p.width - left);
        HWY_ALIGN float half[kTile * kSide * kLanes];
        const float* from = chunk.values + (run.at + t) * chunk.row + channel;
        // Not unrolled: all 36 values at once would not fit in the registers.
#pragma GCC unroll 1
        for (std::size_t c = 0; c < kSide; ++c) {
          Vector x[kSide], y[kTile];
          for (std::size_t r = 0; r < kSide; ++r) {
            x[r] = hn::LoadU(d, from + (r * kSide + c) * chunk.plane);
          }
          result_transform(x, y);
          for (std::size_t r = 0; r < kTile; ++r) {
            hn::Store(y[r], d, half + (r * kSide + c) * kLanes);
          }
        }
        float* to = corner + left * kBlock;
#pragma GCC unroll 1
        for (std::size_t r = 0; r < rows; ++r, to += p.width * kBlock) {
          Vector x[kSide], y[kTile];
          hwy::Prefetch(to + next_block);
          hwy::Prefetch(to + next_block + kLine);
          for (std::size_t c = 0; c < kSide; ++c) {
            x[c] = hn::Load(d, half + (r * kSide + c) * kLanes);
          }
          result_transform(x, y);
          for (Vector& value : y) value = open_gate<gate>(slope, hn::Add(value, shift));
          if (columns == kTile) {
            for (std::size_t c = 0; c < kTile; ++c) hn::StoreU(y[c], d, to + c * kBlock);
          } else {
            hn::StoreU(y[0], d, to);
            if (columns > 1) hn::StoreU(y[1], d, to + kBlock);
            if (columns > 2) hn::StoreU(y[2], d, to + 2 * kBlock);
          }
        }
      }
    }
  });
}

}  // namespace
}  // namespace weft::fast::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
