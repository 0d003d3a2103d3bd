// NumPy's format for one array: numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "data/array.hpp"

namespace weft {

struct NpyHeader {
  std::size_t size = 0;  // bytes before the elements
  ElementType type = ElementType::u8;
  std::endian order = std::endian::little;
  bool fortran = false;
  Shape shape;
};

// No header that NumPy writes for a plain array is longer.
inline constexpr std::size_t kMostNpyHeader = 16384;

// `head`: the first kMostNpyHeader bytes of the array, or all that there are; `size`: all its
// bytes. Reads versions 1, 2 and 3, and of the dict literal exactly what NumPy writes: descr,
// fortran_order and shape, each once, of booleans, integers and floats; nothing is ever evaluated.
// The shape times the element's size must be what is left of `size`. `name` begins errors. Throws
// Error(bad_input) with the place and what stands there.
NpyHeader parse_npy_header(std::span<const std::uint8_t> head, std::size_t size,
                           const std::string& name);

// The same, and the elements.
Array parse_npy(std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace weft
