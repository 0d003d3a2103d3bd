// The IDX format of MNIST and its relatives: http://yann.lecun.com/exdb/mnist (bottom of the page).
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "weft/tensor.hpp"

namespace weft {

// What an IDX file says about itself, and its elements, which stay where they were.
struct IdxView {
  Shape shape;
  std::span<const std::uint8_t> elements;  // shape.elements() of them
};

// Reads 0 0 08 rank, `rank` big-endian 32-bit sizes, and as many bytes as the sizes multiply to: no
// fewer and no more. `file` names the bytes in errors. Throws Error(bad_input) with the place and
// both values.
IdxView parse_idx(std::span<const std::uint8_t> bytes, std::size_t rank, const std::string& file);

// Where the elements of such a file begin.
constexpr std::size_t idx_header_size(std::size_t rank) {
  return 4 + 4 * rank;
}

}  // namespace weft
