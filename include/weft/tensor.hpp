// Plain dense arrays: a type, a shape, aligned memory, row-major.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace weft {

using Label = std::uint16_t;  // a class, by its position among the class names

enum class DataType { u8, f32, f64 };

template <class T>
constexpr DataType data_type_of();
template <>
constexpr DataType data_type_of<std::uint8_t>() {
  return DataType::u8;
}
template <>
constexpr DataType data_type_of<float>() {
  return DataType::f32;
}
template <>
constexpr DataType data_type_of<double>() {
  return DataType::f64;
}

std::size_t size_of(DataType type);  // bytes of one element
const char* name_of(DataType type);  // "u8", "f32", "f64"

// Sizes from the slowest to the fastest dimension: {n, c, h, w} for pictures.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::size_t> sizes) : sizes_(sizes) {}
  explicit Shape(std::vector<std::size_t> sizes) : sizes_(std::move(sizes)) {}

  std::size_t rank() const { return sizes_.size(); }
  std::size_t operator[](std::size_t axis) const { return sizes_.at(axis); }
  const std::vector<std::size_t>& sizes() const { return sizes_; }

  // The product of the sizes, 1 for rank 0. Throws Error(usage) when it does not fit in 63 bits.
  std::size_t elements() const;
  std::string text() const;  // "1x28x28"

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::vector<std::size_t> sizes_;
};

// Owns its memory, 64-byte aligned; movable, not copied by accident.
class Tensor {
 public:
  Tensor() = default;
  Tensor(DataType type, Shape shape);  // zeroed
  // Elements that stand somewhere already, such as in a mapped file, which `memory` keeps there.
  // Throws Error(usage) when it is not 64-byte aligned.
  Tensor(DataType type, Shape shape, std::shared_ptr<std::byte> memory);
  Tensor(Tensor&&) noexcept = default;
  Tensor& operator=(Tensor&&) noexcept = default;

  DataType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  std::size_t elements() const { return elements_; }
  std::size_t rows() const { return shape_.rank() == 0 ? 0 : shape_[0]; }
  std::size_t row_elements() const { return rows() == 0 ? 0 : elements_ / rows(); }

  // The elements as T. Throws Error(usage) when T is not type().
  template <class T>
  std::span<T> as() {
    check_type(data_type_of<T>());
    return {reinterpret_cast<T*>(memory_.get()), elements_};
  }
  template <class T>
  std::span<const T> as() const {
    check_type(data_type_of<T>());
    return {reinterpret_cast<const T*>(memory_.get()), elements_};
  }

 private:
  void check_type(DataType asked) const;

  DataType type_ = DataType::f32;
  Shape shape_;
  std::size_t elements_ = 0;
  std::shared_ptr<std::byte> memory_;
};

// Copies the rows with these positions, in this order: shape {rows.size(), ...}.
Tensor gather_rows(const Tensor& src, std::span<const std::uint32_t> rows);
// Into dst, of src's type and this shape; else throws Error(usage).
void gather_rows(const Tensor& src, std::span<const std::uint32_t> rows, Tensor& dst);

}  // namespace weft
