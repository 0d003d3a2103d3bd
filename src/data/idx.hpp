// The IDX format of MNIST and its relatives: http://yann.lecun.com/exdb/mnist (bottom of the page).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "data/array.hpp"

namespace weft {

// Do the bytes begin as IDX does: 0 0, an element type, a number of dimensions from 1?
bool is_idx(std::span<const std::uint8_t> bytes);

// Reads 0 0, the element type (08 u8, 09 i8, 0b i16, 0c i32, 0d f32, 0e f64), the rank, `rank`
// big-endian 32-bit sizes, and as many elements as the sizes multiply to: no fewer and no more.
// `file` names the bytes in errors. Throws Error(bad_input) with the place and both values.
Array parse_idx(std::span<const std::uint8_t> bytes, const std::string& file);

// Where the elements of such a file begin.
constexpr std::size_t idx_header_size(std::size_t rank) {
  return 4 + 4 * rank;
}

}  // namespace weft
