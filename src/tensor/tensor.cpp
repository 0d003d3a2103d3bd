#include "weft/tensor.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

#include "base/error.hpp"
#include "base/memory.hpp"

namespace weft {

std::size_t size_of(DataType type) {
  switch (type) {
    case DataType::u8:
      return 1;
    case DataType::f32:
      return 4;
    case DataType::f64:
      return 8;
  }
  return 0;
}

const char* name_of(DataType type) {
  switch (type) {
    case DataType::u8:
      return "u8";
    case DataType::f32:
      return "f32";
    case DataType::f64:
      return "f64";
  }
  return "";
}

std::size_t Shape::elements() const {
  constexpr std::size_t kMost = std::numeric_limits<std::int64_t>::max();
  std::size_t product = 1;
  for (const std::size_t size : sizes_) {
    if (size != 0 && product > kMost / size) {
      fail(ErrorCode::usage, "shape: {} has more elements than fit in 63 bits", text());
    }
    product *= size;
  }
  return product;
}

std::string Shape::text() const {
  return fmt::format("{}", fmt::join(sizes_, "x"));
}

Tensor::Tensor(DataType type, Shape shape)
    : type_(type), shape_(std::move(shape)), elements_(shape_.elements()) {
  if (elements_ > std::numeric_limits<std::int64_t>::max() / 8) {
    fail(ErrorCode::usage, "tensor: {} elements do not fit in memory", elements_);
  }
  const std::size_t bytes = elements_ * size_of(type);
  memory_.reset(static_cast<std::byte*>(allocate(bytes)), Release());
  std::memset(memory_.get(), 0, bytes);
}

Tensor::Tensor(DataType type, Shape shape, std::shared_ptr<std::byte> memory)
    : type_(type),
      shape_(std::move(shape)),
      elements_(shape_.elements()),
      memory_(std::move(memory)) {
  if (reinterpret_cast<std::uintptr_t>(memory_.get()) % 64 != 0) {
    fail(ErrorCode::usage, "tensor: memory at {} is not 64-byte aligned", fmt::ptr(memory_.get()));
  }
}

void Tensor::check_type(DataType asked) const {
  if (asked != type_) {
    fail(ErrorCode::usage, "tensor: asked for elements of type {}, but it holds {}", name_of(asked),
         name_of(type_));
  }
}

namespace {

template <class T>
void copy_rows(const Tensor& src, std::span<const std::uint32_t> rows, Tensor& dst) {
  const auto from = src.as<T>();
  const auto to = dst.as<T>();
  const std::size_t width = src.row_elements();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::ranges::copy(from.subspan(rows[i] * width, width), to.subspan(i * width, width).begin());
  }
}

}  // namespace

namespace {

Shape with_rows(const Shape& shape, std::size_t rows) {
  std::vector<std::size_t> sizes = shape.sizes();
  sizes.at(0) = rows;
  return Shape(std::move(sizes));
}

}  // namespace

void gather_rows(const Tensor& src, std::span<const std::uint32_t> rows, Tensor& dst) {
  for (const std::uint32_t row : rows) {
    if (row >= src.rows()) {
      fail(ErrorCode::usage, "gather_rows: row {} of a tensor with {} rows", row, src.rows());
    }
  }
  if (dst.type() != src.type() || dst.shape() != with_rows(src.shape(), rows.size())) {
    fail(ErrorCode::usage, "gather_rows: {} rows of {} {} into {} {}", rows.size(),
         name_of(src.type()), src.shape().text(), name_of(dst.type()), dst.shape().text());
  }
  switch (src.type()) {
    case DataType::u8:
      copy_rows<std::uint8_t>(src, rows, dst);
      break;
    case DataType::f32:
      copy_rows<float>(src, rows, dst);
      break;
    case DataType::f64:
      copy_rows<double>(src, rows, dst);
      break;
  }
}

Tensor gather_rows(const Tensor& src, std::span<const std::uint32_t> rows) {
  Tensor dst(src.type(), with_rows(src.shape(), rows.size()));
  gather_rows(src, rows, dst);
  return dst;
}

}  // namespace weft
