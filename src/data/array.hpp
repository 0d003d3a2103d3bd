// Arrays of numbers as IDX and NPY files hold them, and what a data set makes of them: pictures or
// labels.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "weft/tensor.hpp"

namespace weft {

enum class ElementType { boolean, i8, u8, i16, u16, i32, u32, i64, u64, f32, f64 };

std::size_t size_of(ElementType type);  // bytes of one element
bool is_floating(ElementType type);

// A view: the bytes stay where they were.
struct Array {
  std::string name;  // the file, and the entry where it holds several: errors begin with it
  ElementType type = ElementType::u8;
  std::endian order = std::endian::native;
  bool fortran = false;  // does the first axis, not the last, run fastest?
  Shape shape;
  std::span<const std::uint8_t> bytes;  // as many as byte_count(type, shape)
};

// Throws Error(bad_input) that begins with `name` when it does not fit in 63 bits.
std::size_t byte_count(ElementType type, const Shape& shape, const std::string& name);

// What the value 1.0 of floating-point pictures stands for.
enum class FloatScale {
  unit,   // white: the byte is round(255 v)
  bytes,  // almost black: the byte is round(v)
};

// One scale for all the arrays of a data set: values are finite and not negative, and `unit` when
// none is above 1. Where one array goes above 1, all are `bytes`; then another whose values lie
// within 0 to 1 with fractions must have been scaled otherwise. Arrays of whole numbers do not
// count: they are bytes, booleans black and white. Throws Error(bad_input) naming array, row and
// value.
FloatScale choose_scale(const std::vector<const Array*>& arrays);

// u8, {n, channels, height, width}, from
//   n, h, w;
//   n, h, w, c or n, c, h, w with 1 or 3 channels, whichever axis has so many: only one may;
//   n, s * s: grey squares;   n, 3 * s * s: colour squares, the channels of a pixel together.
// Whole numbers must be 0 to 255, floating-point numbers as `scale` says. Throws Error(bad_input)
// naming the array, the row (from 0) and the value.
Tensor to_images(const Array& array, FloatScale scale);

// Does the shape hold labels, one a row: {n} or {n, 1}? One-hot rows look like pictures.
bool is_column(const Shape& shape);

// Class numbers from n or n, 1 whole numbers 0 to 65534 of any type, or from n, k with one 1 a row
// among zeros. Throws Error(bad_input) naming the array, the row (from 0) and the value.
std::vector<Label> to_labels(const Array& array);

inline constexpr std::size_t kLargestLabel = 65534;

}  // namespace weft
