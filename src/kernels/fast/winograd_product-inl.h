// The products in Winograd's domain, whose factors the transforms lay out as the blocks here read
// them: nothing is copied.
//
// Included once for each instruction set.

#if defined(WEFT_WINOGRAD_PRODUCT_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef WEFT_WINOGRAD_PRODUCT_INL_H
#undef WEFT_WINOGRAD_PRODUCT_INL_H
#else
#define WEFT_WINOGRAD_PRODUCT_INL_H
#endif

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <cstddef>

#include "kernels/fast/vector_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::fast::HWY_NAMESPACE {
namespace {

// c(i, j) = sum_p a(i, p) b(p, j), for i < rows, j < columns, p < depth; each sum in the order of
// p. columns is a multiple of the vector's length.
//   Transposed, for the gradient of the weights: a(i, p) = a[p * a_row + i], b(p, j) = b[p * b_row
//   + j], c in panels and, when `accumulate`, added to. Otherwise: a(i, p) = a[i * a_row + p], b in
//   panels, c(i, j) = c[i * c_row + j].
// A panel has the rows of two vectors of columns (the last panel perhaps of one) side by side;
// panel lies after panel.
struct DomainProduct {
  std::size_t rows, columns, depth;
  const float* a;
  std::size_t a_row;
  const float* b;
  std::size_t b_row;  // when transposed
  float* c;
  std::size_t c_row;  // when not transposed
  bool accumulate;    // when transposed
};

// What is read next, a little with every term of a sum: the factors of all planes together do not
// fit in the second-level cache.
struct Ahead {
  const float* from;
  std::size_t step;
};

// One block: c {Rows, Vectors * kLanes}.
template <bool kTransposed, std::size_t Rows, std::size_t Vectors>
HWY_NOINLINE void product_block(const DomainProduct& product, const float* HWY_RESTRICT a,
                                const float* HWY_RESTRICT b, float* HWY_RESTRICT c, Ahead ahead) {
  constexpr std::size_t kWidth = Vectors * kLanes;
  const F32 d;
  const std::size_t depth = product.depth, a_row = product.a_row;
  const std::size_t b_row = kTransposed ? product.b_row : kWidth;
  const std::size_t c_row = kTransposed ? kWidth : product.c_row;
  Vector sum[Rows][Vectors];
#pragma GCC unroll 24
  for (std::size_t i = 0; i < Rows; ++i) {
    for (std::size_t j = 0; j < Vectors; ++j) sum[i][j] = hn::Zero(d);
  }
  for (std::size_t p = 0; p < depth; ++p) {
    Vector row[Vectors];
    for (std::size_t j = 0; j < Vectors; ++j) row[j] = hn::LoadU(d, b + p * b_row + j * kLanes);
    if constexpr (!kTransposed) hwy::Prefetch(ahead.from + p * ahead.step);
    for (std::size_t i = 0; i < Rows; ++i) {
      const Vector value = hn::Set(d, kTransposed ? a[p * a_row + i] : a[i * a_row + p]);
      for (std::size_t j = 0; j < Vectors; ++j) sum[i][j] = hn::MulAdd(value, row[j], sum[i][j]);
    }
  }
  const bool accumulate = kTransposed && product.accumulate;
#pragma GCC unroll 24
  for (std::size_t i = 0; i < Rows; ++i) {
    for (std::size_t j = 0; j < Vectors; ++j) {
      float* to = c + i * c_row + j * kLanes;
      if (accumulate) sum[i][j] = hn::Add(hn::LoadU(d, to), sum[i][j]);
      hn::StoreU(sum[i][j], d, to);
    }
  }
}

template <bool kTransposed, std::size_t Rows, std::size_t Vectors>
HWY_INLINE void product_rows(std::size_t rows, const DomainProduct& product, const float* a,
                             const float* b, float* c, Ahead ahead) {
  if (rows == Rows) {
    product_block<kTransposed, Rows, Vectors>(product, a, b, c, ahead);
  } else if constexpr (Rows > 1) {
    product_rows<kTransposed, Rows - 1, Vectors>(rows, product, a, b, c, ahead);
  }
}

// All rows under one panel.
template <bool kTransposed, std::size_t Vectors>
void product_panel(const DomainProduct& p, const float* b, float* c) {
  constexpr std::size_t kRows = kSums / Vectors;
  constexpr std::size_t kWidth = Vectors * kLanes;
  const std::size_t blocks = (p.rows + kRows - 1) / kRows;
  const std::size_t a_step = kTransposed ? 1 : p.a_row;
  const std::size_t c_step = kTransposed ? kWidth : p.c_row;
  const float* next = b + p.depth * kWidth;
  for (std::size_t q = 0, begin = 0; q < blocks; ++q) {
    const std::size_t end = p.rows * (q + 1) / blocks;
    const Ahead ahead{next + q * (p.depth * kWidth / blocks), kWidth / blocks};
    product_rows<kTransposed, kRows, Vectors>(end - begin, p, p.a + begin * a_step, b,
                                              c + begin * c_step, ahead);
    begin = end;
  }
}

template <bool kTransposed>
void domain_product(const DomainProduct& p) {
  constexpr std::size_t kWidth = 2 * kLanes;
  const float* b = p.b;
  float* c = p.c;
  std::size_t column = 0;
  for (; column + kWidth <= p.columns; column += kWidth) {
    product_panel<kTransposed, 2>(p, b, c);
    b += kTransposed ? kWidth : kWidth * p.depth;
    c += kTransposed ? kWidth * p.rows : kWidth;
  }
  if (column < p.columns) product_panel<kTransposed, 1>(p, b, c);
}

}  // namespace
}  // namespace weft::fast::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
