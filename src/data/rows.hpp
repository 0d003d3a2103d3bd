// Rows of numbers for a network, made when they are asked for: a tile of samples at a time, on the
// thread that will use it, so that a whole data set never stands in memory as floats.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "data/augment.hpp"
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

  // Rows may be others in each epoch; they are those of 0 until this is called.
  virtual void begin_epoch(std::uint32_t /*epoch*/) {}
  // The row is so much of another one, and its label with it.
  virtual bool mixes() const { return false; }
  virtual Mixture mixture(std::uint32_t /*position*/) const { return {}; }
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

// From a picture's bytes to the numbers that a network takes.
template <class T>
class PixelScale {
 public:
  // shape: {n, c, h, w} or {c, h, w}. Throws Error(usage) when the scaler is not for pictures of
  // this shape.
  PixelScale(const Shape& shape, const Scaler& scaler);

  std::size_t width() const { return channels_ * pixels_; }
  void scale(const std::uint8_t* picture, T* row) const;

 private:
  std::size_t channels_, pixels_;    // pixels: of one channel
  std::vector<T> values_;            // {c, 256}: what each byte becomes
  std::vector<T> mean_, deviation_;  // {c, h, w}: applied after that; empty where there are none
};

// Pictures, scaled.
template <class T>
class PixelRows final : public RowSource<T> {
 public:
  // images: u8, {n, c, h, w}, which must outlive this. Throws Error(usage) when the scaler is not
  // for pictures of this shape.
  PixelRows(const Tensor& images, const Scaler& scaler);

  std::size_t rows() const override { return rows_; }
  std::size_t width() const override { return scale_.width(); }
  const T* fetch(std::span<const std::uint32_t> positions, T* buffer) const override;

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t rows_;
  PixelScale<T> scale_;
};

// Pictures, augmented and scaled.
template <class T>
class AugmentedRows final : public RowSource<T> {
 public:
  // As PixelRows; apparel as Augmenter has it.
  AugmentedRows(const Augmentation& augmentation, const Tensor& images, const Scaler& scaler,
                std::uint64_t seed, std::vector<Apparel> apparel = {});

  std::size_t rows() const override { return augmenter_.rows(); }
  std::size_t width() const override { return scale_.width(); }
  const T* fetch(std::span<const std::uint32_t> positions, T* buffer) const override;
  void begin_epoch(std::uint32_t epoch) override { epoch_ = epoch; }
  bool mixes() const override { return mixes_; }
  Mixture mixture(std::uint32_t position) const override {
    return augmenter_.mixture(epoch_, position);
  }

 private:
  Augmenter augmenter_;
  PixelScale<T> scale_;
  bool mixes_;
  std::uint32_t epoch_ = 0;
};

// Pictures as one view of them shows them, moved, then bent_tones(gamma), scaled.
template <class T>
class ViewRows final : public RowSource<T> {
 public:
  // As PixelRows.
  ViewRows(const Placement& view, bool reflect, double gamma, const Tensor& images,
           const Scaler& scaler);

  std::size_t rows() const override { return rows_; }
  std::size_t width() const override { return scale_.width(); }
  const T* fetch(std::span<const std::uint32_t> positions, T* buffer) const override;

 private:
  Placement view_;
  bool reflect_;
  std::array<std::uint8_t, 256> tones_;
  std::span<const std::uint8_t> bytes_;
  std::size_t rows_;
  PictureSize size_;
  PixelScale<T> scale_;
};

}  // namespace weft
