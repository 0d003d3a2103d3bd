// Rows of numbers for a network, made when they are asked for: a tile of samples at a time, on the
// thread that will use it, so that a whole data set never stands in memory as floats.
#pragma once

#include <cstdint>
#include <span>

#include "weft/data.hpp"
#include "weft/tensor.hpp"

namespace weft {

template <class T>
class RowSource {
 public:
  virtual ~RowSource() = default;
  virtual std::size_t rows() const = 0;
  virtual std::size_t width() const = 0;  // values in a row

  // The rows at these positions, {positions.size(), width()}: in `buffer`, or where they stand
  // already. Several threads may call it at once.
  virtual const T* fetch(std::span<const std::uint32_t> positions, T* buffer) const = 0;
};

// Rows of a tensor as they are, converted to T where its type is another.
template <class T>
class TensorRows final : public RowSource<T> {
 public:
  explicit TensorRows(const Tensor& tensor) : tensor_(tensor) {}  // tensor must outlive this

  std::size_t rows() const override { return tensor_.rows(); }
  std::size_t width() const override { return tensor_.row_elements(); }
  const T* fetch(std::span<const std::uint32_t> positions, T* buffer) const override;

 private:
  const Tensor& tensor_;
};

// Pictures, scaled.
template <class T>
class PixelRows final : public RowSource<T> {
 public:
  // images: u8, {n, c, h, w}, which must outlive this. Throws Error(usage) when the scaler is not
  // for pictures of this shape.
  PixelRows(const Tensor& images, const Scaler& scaler);

  std::size_t rows() const override { return rows_; }
  std::size_t width() const override { return channels_ * pixels_; }
  const T* fetch(std::span<const std::uint32_t> positions, T* buffer) const override;

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t rows_, channels_, pixels_;  // pixels: of one channel
  std::vector<T> values_;                 // {c, 256}: what each byte becomes
  std::vector<T> mean_, deviation_;  // {c, h, w}: applied after that; empty where there are none
};

}  // namespace weft
