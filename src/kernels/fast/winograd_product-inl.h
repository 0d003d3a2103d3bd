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

#include <hwy/highway.h>

#include <cstddef>

#include "kernels/fast/vector_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace weft::fast::HWY_NAMESPACE {
namespace {

// c[i * c_row + j] (+)= sum_p a(i, p) b(p, j), for i < rows, j < columns, p < depth; each sum in
// the order of p. columns is a multiple of the vector's length; they are taken in panels of two
// vectors, the last may be one.
//   Transposed, for the gradient of the weights: a(i, p) = a[p * a_row + i], b(p, j) = b[p * b_row
//   + j]; accumulated. Otherwise a(i, p) = a[i * a_row + p]; b has a panel's rows side by side, and
//   panel after panel; assigned.
struct DomainProduct {
  std::size_t rows, columns, depth;
  const float* a;
  std::size_t a_row;
  const float* b;
  std::size_t b_row;
  float* c;
  std::size_t c_row;
};

// One block: c {Rows, Vectors * kLanes}.
template <bool kTransposed, std::size_t Rows, std::size_t Vectors>
HWY_NOINLINE void product_block(std::size_t depth, const float* HWY_RESTRICT a, std::size_t a_row,
                                const float* HWY_RESTRICT b, std::size_t b_row,
                                float* HWY_RESTRICT c, std::size_t c_row) {
  const F32 d;
  Vector sum[Rows][Vectors];
  for (std::size_t i = 0; i < Rows; ++i) {
    for (std::size_t j = 0; j < Vectors; ++j) sum[i][j] = hn::Zero(d);
  }
  for (std::size_t p = 0; p < depth; ++p) {
    Vector row[Vectors];
    for (std::size_t j = 0; j < Vectors; ++j) row[j] = hn::LoadU(d, b + p * b_row + j * kLanes);
    for (std::size_t i = 0; i < Rows; ++i) {
      const Vector value = hn::Set(d, kTransposed ? a[p * a_row + i] : a[i * a_row + p]);
      for (std::size_t j = 0; j < Vectors; ++j) sum[i][j] = hn::MulAdd(value, row[j], sum[i][j]);
    }
  }
  for (std::size_t i = 0; i < Rows; ++i) {
    for (std::size_t j = 0; j < Vectors; ++j) {
      float* to = c + i * c_row + j * kLanes;
      hn::StoreU(kTransposed ? hn::Add(hn::LoadU(d, to), sum[i][j]) : sum[i][j], d, to);
    }
  }
}

template <bool kTransposed, std::size_t Rows, std::size_t Vectors>
HWY_INLINE void product_rows(std::size_t rows, std::size_t depth, const float* a, std::size_t a_row,
                             const float* b, std::size_t b_row, float* c, std::size_t c_row) {
  if (rows == Rows) {
    product_block<kTransposed, Rows, Vectors>(depth, a, a_row, b, b_row, c, c_row);
  } else if constexpr (Rows > 1) {
    product_rows<kTransposed, Rows - 1, Vectors>(rows, depth, a, a_row, b, b_row, c, c_row);
  }
}

// All rows under one panel.
template <bool kTransposed, std::size_t Vectors>
void product_panel(const DomainProduct& p, const float* b, float* c) {
  constexpr std::size_t kRows = kSums / 2;
  const std::size_t blocks = (p.rows + kRows - 1) / kRows;
  for (std::size_t q = 0, begin = 0; q < blocks; ++q) {
    const std::size_t end = p.rows * (q + 1) / blocks;
    product_rows<kTransposed, kRows, Vectors>(
        end - begin, p.depth, p.a + begin * (kTransposed ? 1 : p.a_row), p.a_row, b,
        kTransposed ? p.b_row : Vectors * kLanes, c + begin * p.c_row, p.c_row);
    begin = end;
  }
}

template <bool kTransposed>
void domain_product(const DomainProduct& p) {
  std::size_t column = 0;
  const float* b = p.b;
  for (; column + 2 * kLanes <= p.columns; column += 2 * kLanes) {
    product_panel<kTransposed, 2>(p, b, p.c + column);
    b += 2 * kLanes * (kTransposed ? 1 : p.depth);
  }
  if (column < p.columns) product_panel<kTransposed, 1>(p, b, p.c + column);
}

}  // namespace
}  // namespace weft::fast::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
