#include "data/array.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/error.hpp"
#include "data/text.hpp"

namespace weft {
namespace {

// Calls body with a zero of the C++ type.
template <class Body>
auto with_type(ElementType type, const Body& body) {
  switch (type) {
    case ElementType::i8:
      return body(std::int8_t{});
    case ElementType::i16:
      return body(std::int16_t{});
    case ElementType::u16:
      return body(std::uint16_t{});
    case ElementType::i32:
      return body(std::int32_t{});
    case ElementType::u32:
      return body(std::uint32_t{});
    case ElementType::i64:
      return body(std::int64_t{});
    case ElementType::u64:
      return body(std::uint64_t{});
    case ElementType::f32:
      return body(float{});
    case ElementType::f64:
      return body(double{});
    case ElementType::boolean:
    case ElementType::u8:
      break;
  }
  return body(std::uint8_t{});
}

// The elements of an array, whatever their order of bytes and wherever they are aligned.
template <class T>
class Elements {
 public:
  explicit Elements(const Array& array)
      : bytes_(array.bytes.data()), swap_(array.order != std::endian::native) {}

  T operator[](std::size_t i) const {
    std::uint8_t bytes[sizeof(T)];
    std::memcpy(bytes, bytes_ + i * sizeof(T), sizeof(T));
    if (swap_) std::reverse(bytes, bytes + sizeof(T));
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    return value;
  }

 private:
  const std::uint8_t* bytes_;
  bool swap_;
};

// How far apart in elements the neighbours along each axis lie.
std::vector<std::size_t> strides(const Array& array) {
  const std::size_t rank = array.shape.rank();
  std::vector<std::size_t> result(rank);
  std::size_t step = 1;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::size_t axis = array.fortran ? i : rank - 1 - i;
    result[axis] = step;
    step *= array.shape[axis];
  }
  return result;
}

// In which row the element stands.
std::size_t row_of(const Array& array, std::size_t element) {
  return array.fortran ? element % array.shape[0]
                       : element / (array.shape.elements() / array.shape[0]);
}

// An axis of the pictures: its size, and how far apart its neighbours lie.
struct Axis {
  std::size_t size = 1;
  std::size_t stride = 0;
};

struct Layout {
  Axis n, c, h, w;
};

bool is_channels(std::size_t size) {
  return size == 1 || size == 3;
}

[[noreturn]] void fail_shape(const Array& array, const std::string& why) {
  fail(ErrorCode::bad_input,
       "{}: sizes {} are no pictures: {}: pictures are n,h,w, n,h,w,c or n,c,h,w with 1 or 3 "
       "channels, n,s*s or n,3*s*s",
       array.name, array.shape.text(), why);
}

Layout flat_layout(const Array& array, const Axis& n, const Axis& values) {
  const std::size_t channels = square_root(values.size) > 0 ? 1 : 3;
  const std::size_t side =
      values.size % channels == 0 ? square_root(values.size / channels) : std::size_t{0};
  if (side == 0) {
    fail_shape(array, fmt::format("{} is neither s*s nor 3*s*s", values.size));
  }
  const std::size_t pixel = values.stride * channels;
  return {n, {channels, values.stride}, {side, pixel * side}, {side, pixel}};
}

Layout layout_of(const Array& array) {
  std::vector<Axis> axes;
  const auto steps = strides(array);
  for (std::size_t i = 0; i < steps.size(); ++i) axes.push_back({array.shape[i], steps[i]});
  switch (axes.size()) {
    case 2:
      return flat_layout(array, axes[0], axes[1]);
    case 3:
      return {axes[0], {1, 0}, axes[1], axes[2]};
    case 4: {
      const bool last = is_channels(axes[3].size);
      if (last == is_channels(axes[1].size)) {
        fail_shape(array, last ? "both the second and the last size may be the channels"
                               : "neither the second nor the last size is 1 or 3");
      }
      return last ? Layout{axes[0], axes[3], axes[1], axes[2]}
                  : Layout{axes[0], axes[1], axes[2], axes[3]};
    }
    default:
      fail_shape(array, fmt::format("{} axes", axes.size()));
  }
}

[[noreturn]] void fail_value(const Array& array, std::size_t row, double value, const char* rule) {
  fail(ErrorCode::bad_input, "{}: row {} (from 0): {} is no pixel: {}", array.name, row, value,
       rule);
}

// The byte of a value, or a number above 255 when it has none.
template <class T>
unsigned to_byte(T value, unsigned factor) {
  if constexpr (std::is_floating_point_v<T>) {
    const double scaled = static_cast<double>(value) * factor;
    return scaled >= 0 && scaled <= 255 ? static_cast<unsigned>(scaled + 0.5) : 256U;
  } else {
    return std::in_range<std::uint8_t>(value) ? static_cast<unsigned>(value) * factor : 256U;
  }
}

template <class T>
void convert(const Array& array, const Layout& layout, unsigned factor, std::uint8_t* dst) {
  const Elements<T> src(array);
  for (std::size_t n = 0; n < layout.n.size; ++n) {
    for (std::size_t c = 0; c < layout.c.size; ++c) {
      for (std::size_t h = 0; h < layout.h.size; ++h) {
        const std::size_t line = n * layout.n.stride + c * layout.c.stride + h * layout.h.stride;
        for (std::size_t w = 0; w < layout.w.size; ++w) {
          const T value = src[line + w * layout.w.stride];
          const unsigned byte = to_byte(value, factor);
          if (byte > 255) {
            fail_value(array, n, static_cast<double>(value),
                       "whole numbers are 0 to 255, others 0 to 1 or 0 to 255");
          }
          *dst++ = static_cast<std::uint8_t>(byte);
        }
      }
    }
  }
}

// Are the elements the pictures' bytes, one after the other?
bool is_plain(const Array& array, const Layout& layout) {
  const std::size_t line = layout.w.size;
  return array.type == ElementType::u8 && layout.w.stride == 1 && layout.h.stride == line &&
         (layout.c.size == 1 || layout.c.stride == line * layout.h.size) &&
         layout.n.stride == line * layout.h.size * layout.c.size;
}

struct FloatRange {
  bool above_one = false;
  bool fractions = false;
};

template <class T>
FloatRange range_of(const Array& array) {
  const Elements<T> src(array);
  FloatRange range;
  for (std::size_t i = 0; i < array.shape.elements(); ++i) {
    const T value = src[i];
    if (!(value >= 0 && value <= 255)) {
      fail_value(array, row_of(array, i), static_cast<double>(value),
                 "floating-point numbers are 0 to 1, or 0 to 255");
    }
    range.above_one |= value > 1;
    range.fractions |= value > 0 && value < 1;
  }
  return range;
}

[[noreturn]] void fail_label(const Array& array, std::size_t row, const std::string& what) {
  fail(ErrorCode::bad_input, "{}: row {} (from 0): {}", array.name, row, what);
}

template <class T>
std::vector<Label> numbers(const Array& array) {
  const Elements<T> src(array);
  std::vector<Label> labels(array.shape[0]);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto value = static_cast<double>(src[i]);
    if (!(value >= 0 && value <= static_cast<double>(kLargestLabel)) ||
        value != std::floor(value)) {
      fail_label(
          array, i,
          fmt::format("label {}: labels are whole numbers from 0 to {}", value, kLargestLabel));
    }
    labels[i] = static_cast<Label>(value);
  }
  return labels;
}

template <class T>
std::vector<Label> one_hot(const Array& array) {
  const Elements<T> src(array);
  const auto steps = strides(array);
  std::vector<Label> labels(array.shape[0]);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    std::size_t ones = 0;
    for (std::size_t k = 0; k < array.shape[1]; ++k) {
      const T value = src[i * steps[0] + k * steps[1]];
      if (!(value == T{0} || value == T{1})) {
        fail_label(array, i,
                   fmt::format("{} among one-hot labels: a row of {} values is one 1 and zeros, "
                               "or else give a class number a row",
                               static_cast<double>(value), array.shape[1]));
      }
      if (value == T{0}) continue;
      ++ones;
      labels[i] = static_cast<Label>(k);
    }
    if (ones != 1) {
      fail_label(array, i,
                 fmt::format("{} of {} values are 1: one-hot labels have exactly one, and pictures "
                             "of several classes or of none are not read",
                             ones, array.shape[1]));
    }
  }
  return labels;
}

}  // namespace

std::size_t size_of(ElementType type) {
  return with_type(type, [](auto zero) { return sizeof(zero); });
}

bool is_floating(ElementType type) {
  return type == ElementType::f32 || type == ElementType::f64;
}

std::size_t byte_count(ElementType type, const Shape& shape, const std::string& name) {
  std::vector<std::size_t> sizes = shape.sizes();
  sizes.push_back(size_of(type));
  // A size of 0 does not excuse the others: they would overflow elsewhere.
  std::ranges::replace(sizes, std::size_t{0}, std::size_t{1});
  try {
    const std::size_t bytes = Shape(std::move(sizes)).elements();
    return std::ranges::count(shape.sizes(), std::size_t{0}) > 0 ? 0 : bytes;
  } catch (const Error&) {
    fail(ErrorCode::bad_input,
         "{}: sizes {} of {}-byte elements multiply to more than fits in 63 "
         "bits: the file is damaged",
         name, shape.text(), size_of(type));
  }
}

FloatScale choose_scale(const std::vector<const Array*>& arrays) {
  const Array* above = nullptr;
  const Array* within = nullptr;
  for (const Array* array : arrays) {
    if (!is_floating(array->type)) continue;
    const FloatRange range =
        array->type == ElementType::f32 ? range_of<float>(*array) : range_of<double>(*array);
    if (range.above_one) above = array;
    if (range.fractions && !range.above_one) within = array;
  }
  if (above != nullptr && within != nullptr) {
    fail(ErrorCode::bad_input,
         "{}: the values lie within 0 to 1, but those of {} go above 1: all pictures of a data set "
         "need one scale, 0 to 1 or 0 to 255",
         within->name, above->name);
  }
  return above != nullptr ? FloatScale::bytes : FloatScale::unit;
}

Tensor to_images(const Array& array, FloatScale scale) {
  if (array.shape.rank() > 0 && array.shape.elements() == 0) {
    fail(ErrorCode::bad_input, "{}: sizes {} leave no pixels: at least one is needed", array.name,
         array.shape.text());
  }
  const Layout layout = layout_of(array);
  Tensor images(DataType::u8, {layout.n.size, layout.c.size, layout.h.size, layout.w.size});
  const auto dst = images.as<std::uint8_t>();
  if (is_plain(array, layout)) {
    std::ranges::copy(array.bytes, dst.begin());
    return images;
  }
  const bool stretch =
      array.type == ElementType::boolean || (is_floating(array.type) && scale == FloatScale::unit);
  with_type(array.type, [&](auto zero) {
    convert<decltype(zero)>(array, layout, stretch ? 255 : 1, dst.data());
  });
  return images;
}

bool is_column(const Shape& shape) {
  return shape.rank() == 1 || (shape.rank() == 2 && shape[1] == 1);
}

std::vector<Label> to_labels(const Array& array) {
  if (is_column(array.shape)) {
    return with_type(array.type, [&](auto zero) { return numbers<decltype(zero)>(array); });
  }
  if (array.shape.rank() != 2 || array.shape[1] < 2 || array.shape[1] > kLargestLabel + 1) {
    fail(ErrorCode::bad_input,
         "{}: sizes {} are no labels: labels are n or n,1 class numbers, or n,k one-hot rows",
         array.name, array.shape.text());
  }
  return with_type(array.type, [&](auto zero) { return one_hot<decltype(zero)>(array); });
}

}  // namespace weft
