// The float32 product, for every vector length: Highway compiles this file once for each
// instruction set.
//
// After Goto and van de Geijn (Anatomy of high-performance matrix multiplication, 2008), cut down
// to one level: b is taken in panels two vectors wide and at most kDepth deep, which stay in the
// first-level cache while every block of rows of a runs over them. The accumulators of one block
// fill the registers.

#include "kernels/fast/targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/fast/product.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h

#include <hwy/highway.h>

#include <cstdint>
#include <cstring>

#include "kernels/fast/product.hpp"

HWY_BEFORE_NAMESPACE();
namespace weft::fast::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr std::size_t kDepth = 256;        // of a panel
constexpr std::size_t kAccumulators = 12;  // of a block: with 3 operands they fit in 16 registers
constexpr std::size_t kRows = 6;           // of a block under a panel of two vectors
constexpr std::size_t kRowsOnce = 96;      // rows of a that are copied at a time
constexpr std::size_t kMostLanes = hn::MaxLanes(hn::ScalableTag<float>());

// The rows of a as blocks read them: a(i, p) = a[i * row + p]; or, copied, a block of `rows` rows
// that begins at row i has its values in the order of use at a + i * depth.
struct Left {
  const float* a;
  std::size_t row;
  bool copied;
};

// A panel of b: row p at b + p * row.
struct Panel {
  const float* b;
  std::size_t row;
};

// One block: c {Rows, Vectors * lanes} (+)= a b over `depth` terms.
template <class D, std::size_t Rows, std::size_t Vectors, bool kCopied>
HWY_NOINLINE void block(D d, std::size_t depth, const float* HWY_RESTRICT a, std::size_t a_row,
                        const float* HWY_RESTRICT b, std::size_t b_row, float* HWY_RESTRICT c,
                        std::size_t c_row, bool accumulate) {
  using V = hn::Vec<D>;
  const std::size_t lanes = hn::Lanes(d);
  V sum[Rows][Vectors];
  for (std::size_t i = 0; i < Rows; ++i) {
    for (std::size_t j = 0; j < Vectors; ++j) sum[i][j] = hn::Zero(d);
  }
  for (std::size_t p = 0; p < depth; ++p) {
    V row[Vectors];
    for (std::size_t j = 0; j < Vectors; ++j) row[j] = hn::LoadU(d, b + p * b_row + j * lanes);
    for (std::size_t i = 0; i < Rows; ++i) {
      const V value = hn::Set(d, kCopied ? a[p * Rows + i] : a[i * a_row + p]);
      for (std::size_t j = 0; j < Vectors; ++j) sum[i][j] = hn::MulAdd(value, row[j], sum[i][j]);
    }
  }
  for (std::size_t i = 0; i < Rows; ++i) {
    for (std::size_t j = 0; j < Vectors; ++j) {
      float* to = c + i * c_row + j * lanes;
      hn::StoreU(accumulate ? hn::Add(hn::LoadU(d, to), sum[i][j]) : sum[i][j], d, to);
    }
  }
}

template <class D, std::size_t Vectors, bool kCopied, std::size_t Rows>
HWY_INLINE void block_of(D d, std::size_t rows, std::size_t depth, const Left& left,
                         std::size_t begin, const Panel& right, float* c, std::size_t c_row,
                         bool accumulate) {
  if (rows == Rows) {
    const float* a = left.a + begin * (kCopied ? depth : left.row);
    block<D, Rows, Vectors, kCopied>(d, depth, a, left.row, right.b, right.row, c, c_row,
                                     accumulate);
  } else if constexpr (Rows > 1) {
    block_of<D, Vectors, kCopied, Rows - 1>(d, rows, depth, left, begin, right, c, c_row,
                                            accumulate);
  }
}

// All rows over one panel, whose first `columns` columns count.
template <class D, std::size_t Vectors, bool kCopied>
void all_blocks(D d, std::size_t m, std::size_t columns, std::size_t depth, const Left& left,
                const Panel& right, float* c, std::size_t c_row, bool accumulate) {
  // A narrow panel takes twice the rows, to keep as many sums under way; copied rows are cut for
  // the wide ones.
  constexpr std::size_t kMostRows = kCopied ? kRows : kAccumulators / Vectors;
  const std::size_t width = Vectors * hn::Lanes(d);
  const std::size_t blocks = parts_of(m, kMostRows);
  for (std::size_t q = 0, begin = 0; q < blocks; ++q) {
    const std::size_t rows = part_end(m, blocks, q) - begin;
    float* corner = c + begin * c_row;
    if (columns == width) {
      block_of<D, Vectors, kCopied, kMostRows>(d, rows, depth, left, begin, right, corner, c_row,
                                               accumulate);
    } else {  // the right edge of c: through a copy as wide as the panel
      HWY_ALIGN float edge[kAccumulators * kMostLanes] = {};
      if (accumulate) {
        for (std::size_t i = 0; i < rows; ++i) {
          for (std::size_t j = 0; j < columns; ++j) edge[i * width + j] = corner[i * c_row + j];
        }
      }
      block_of<D, Vectors, kCopied, kMostRows>(d, rows, depth, left, begin, right, edge, width,
                                               accumulate);
      for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < columns; ++j) corner[i * c_row + j] = edge[i * width + j];
      }
    }
    begin += rows;
  }
}

template <class D, std::size_t Vectors>
void all_blocks(D d, std::size_t m, std::size_t columns, std::size_t depth, const Left& left,
                const Panel& right, float* c, std::size_t c_row, bool accumulate) {
  if (left.copied) {
    all_blocks<D, Vectors, true>(d, m, columns, depth, left, right, c, c_row, accumulate);
  } else {
    all_blocks<D, Vectors, false>(d, m, columns, depth, left, right, c, c_row, accumulate);
  }
}

// Two vectors while there are enough columns; then one; then half of one, if that will do.
std::size_t panel_width(std::size_t columns_left) {
  const std::size_t lanes = hn::Lanes(hn::ScalableTag<float>());
  if (columns_left >= 2 * lanes) return 2 * lanes;
  return columns_left <= lanes / 2 ? lanes / 2 : lanes;
}

// A panel's rows stand far apart in b: at strides of a power of two they would all fall into few
// lines of the cache, and at the right edge a vector would reach past the row. Then they are copied
// side by side.
bool must_copy_panel(const Product& p, std::size_t column, std::size_t width) {
  constexpr std::size_t kBadStride = 1024 / sizeof(float);
  return p.b_row % kBadStride == 0 || column + width > p.n;
}

void copy_panel(const Product& p, std::size_t column, std::size_t width, std::size_t depth_begin,
                std::size_t depth, float* HWY_RESTRICT dst) {
  const float* HWY_RESTRICT src = p.b + depth_begin * p.b_row + column;
  const std::size_t columns = HWY_MIN(width, p.n - column);
  for (std::size_t row = 0; row < depth; ++row, src += p.b_row, dst += width) {
    for (std::size_t j = 0; j < columns; ++j) dst[j] = src[j];
    for (std::size_t j = columns; j < width; ++j) dst[j] = 0;
  }
}

// a's columns [begin, begin + depth), so that a block reads its values one after another.
void copy_left(const Product& p, std::size_t begin, std::size_t depth, float* HWY_RESTRICT dst) {
  const std::size_t blocks = parts_of(p.m, kRows);
  for (std::size_t q = 0, row = 0; q < blocks; ++q) {
    const std::size_t row_end = part_end(p.m, blocks, q);
    for (std::size_t column = begin; column < begin + depth; ++column) {
      for (std::size_t i = row; i < row_end; ++i) *dst++ = p.a[i + column * p.a_column];
    }
    row = row_end;
  }
}

void multiply_rows(const Product& p) {
  HWY_ALIGN float panel_memory[kDepth * 2 * kMostLanes];
  HWY_ALIGN float left_memory[kDepth * kRowsOnce];
  const hn::ScalableTag<float> d;
  const hn::Half<hn::ScalableTag<float>> half;
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t slices = parts_of(p.k, kDepth);
  for (std::size_t slice = 0, begin = 0; slice < slices; ++slice) {
    const std::size_t depth = part_end(p.k, slices, slice) - begin;
    const bool accumulate = p.accumulate || slice > 0;
    Left left{p.a + begin, p.a_row, false};
    if (p.a_column != 1) {
      copy_left(p, begin, depth, left_memory);
      left = {left_memory, 0, true};
    }
    for (std::size_t column = 0; column < p.n;) {
      const std::size_t width = panel_width(p.n - column);
      Panel right{panel_memory, width};
      if (p.packed_b) {
        right.b = static_cast<const float*>(p.packed_b) + column * p.k + begin * width;
      } else if (must_copy_panel(p, column, width)) {
        copy_panel(p, column, width, begin, depth, panel_memory);
      } else {
        right = {p.b + begin * p.b_row + column, p.b_row};
      }
      const std::size_t columns = HWY_MIN(width, p.n - column);
      float* c = p.c + column;
      if (width == 2 * lanes) {
        all_blocks<decltype(d), 2>(d, p.m, columns, depth, left, right, c, p.n, accumulate);
      } else if (width == lanes) {
        all_blocks<decltype(d), 1>(d, p.m, columns, depth, left, right, c, p.n, accumulate);
      } else {
        all_blocks<decltype(half), 1>(half, p.m, columns, depth, left, right, c, p.n, accumulate);
      }
      column += width;
    }
    begin += depth;
  }
}

void multiply(const Product& p) {
  for (std::size_t begin = 0; begin < p.m; begin += kRowsOnce) {
    Product part = p;
    part.m = HWY_MIN(kRowsOnce, p.m - begin);
    part.a += begin * p.a_row;
    part.c += begin * p.n;
    multiply_rows(part);
  }
}

std::size_t packed_bytes(std::size_t n, std::size_t k) {
  std::size_t columns = 0;
  while (columns < n) columns += panel_width(n - columns);
  return columns * k * sizeof(float);
}

void pack_transposed(std::size_t n, std::size_t k, const float* w, void* packed) {
  float* HWY_RESTRICT dst = static_cast<float*>(packed);
  for (std::size_t column = 0; column < n;) {
    const std::size_t width = panel_width(n - column);
    const std::size_t columns = HWY_MIN(width, n - column);
    for (std::size_t p = 0; p < k; ++p, dst += width) {
      for (std::size_t j = 0; j < columns; ++j) dst[j] = w[(column + j) * k + p];
      for (std::size_t j = columns; j < width; ++j) dst[j] = 0;
    }
    column += width;
  }
}

const char* target_name() {
  return hwy::TargetName(HWY_TARGET);
}

ProductKernel product_table() {
  return {multiply, packed_bytes, pack_transposed};
}

}  // namespace
}  // namespace weft::fast::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace weft::fast {

HWY_EXPORT(product_table);
HWY_EXPORT(target_name);

ProductKernel f32_product() {
  return HWY_DYNAMIC_DISPATCH(product_table)();
}
const char* f32_product_instructions() {
  return HWY_DYNAMIC_DISPATCH(target_name)();
}

bool limit_instructions(const char* most) {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if (std::strcmp(hwy::TargetName(target), most) == 0) {
      hwy::DisableTargets(target - 1);  // better targets are lower bits
      return true;
    }
  }
  return false;
}

}  // namespace weft::fast
#endif
