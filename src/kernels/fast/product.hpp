// Matrix products on one core, for matrices that are small or thin: what dense layers need, a tile
// of samples at a time. docs/adr/0001-own-matrix-products.md says why these are not oneDNN's.
#pragma once

#include <cstddef>
#include <string>

namespace weft::fast {

// c[i][j] (+)= sum_p a(i, p) b[p][j], for i < m, j < n, p < k. The sum runs over p in order, in
// slices of a fixed length, each a chain of fused multiply-adds: it does not depend on the vector
// length or on how m and n are cut.
struct Product {
  std::size_t m, n, k;
  const float* a;  // a(i, p) = a[i * a_row + p * a_column]; a_row or a_column is 1
  std::size_t a_row, a_column;
  const float* b;  // b[p * b_row + j]; not read when packed_b is given
  std::size_t b_row;
  const void* packed_b;  // made by pack_transposed for the same n and k, or null
  float* c;              // c[i * n + j]
  bool accumulate;       // add to c, or assign it
};

// An implementation: how to multiply, and how to lay out a factor that is used many times.
struct ProductKernel {
  void (*multiply)(const Product& product);
  std::size_t (*packed_bytes)(std::size_t n, std::size_t k);
  // packed_b for b = w^T, w: {n, k} row-major. packed: packed_bytes(n, k) bytes, 64-byte aligned;
  // assigned.
  void (*pack_transposed)(std::size_t n, std::size_t k, const float* w, void* packed);
};

ProductKernel f32_product();             // on the best vector instructions of this processor
const char* f32_product_instructions();  // their name

// Lowers what "best" means to the instruction set of this name, as Highway spells it ("SSE4",
// "AVX2"); before the first product. Returns false when there is none of that name.
bool limit_instructions(const char* most);

// Factors rounded to bfloat16 (to nearest, ties to even), sums in float32, two terms at a time.
ProductKernel bf16_product_portable();
ProductKernel bf16_product_avx512();  // only where has_avx512_bf16()
bool has_avx512_bf16();

// `whole` cut into `parts` nearly equal parts: where part i ends, and how many parts of at most
// `most` it takes. Static, as product_bf16.inc needs.
static inline std::size_t part_end(std::size_t whole, std::size_t parts, std::size_t i) {
  return whole * (i + 1) / parts;
}
static inline std::size_t parts_of(std::size_t whole, std::size_t most) {
  return (whole + most - 1) / most;
}

}  // namespace weft::fast
