// A picture as a few numbers that do not depend on how bright or contrasty it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weft/tensor.hpp"

namespace weft {

// The pictures of several parts of a data set, numbered on from part to part. All of one shape
// {channels, height, width}, which outlive this; else throws Error(usage).
class PictureRows {
 public:
  explicit PictureRows(const std::vector<const Tensor*>& parts);

  std::size_t size() const { return size_; }
  const Shape& shape() const { return shape_; }  // of one picture
  std::span<const std::uint8_t> operator[](std::size_t row) const;

 private:
  std::vector<const Tensor*> parts_;
  Shape shape_;
  std::size_t size_ = 0;
};

// The coarsest waves of a picture, less its mean and at unit length: coefficients of the
// orthonormal two-dimensional discrete cosine transform (DCT-II), of as many waves down and across
// as kWaves, without the constant one; the channels' mean times the root of their number. So the
// distance of two fingerprints is never more than that of the two whole pictures, made likewise,
// which is the root of 2 (1 - their correlation).
constexpr std::size_t kWaves = 11;
using Fingerprint = std::array<float, kWaves * kWaves - 1>;

// Of a picture without a border of `reach` pixels, moved by -reach to reach each way: element
// (dy + reach) * (2 reach + 1) + dx + reach is that of rows reach + dy ... and columns reach + dx
// ... Plain ones, whose deviation is below 2 levels, are all 0.
class Fingerprints {
 public:
  Fingerprints(const Shape& picture, std::size_t reach);

  std::size_t places() const { return (2 * reach_ + 1) * (2 * reach_ + 1); }
  // dst: places().
  void of(std::span<const std::uint8_t> picture, std::span<Fingerprint> dst) const;
  // The one in the middle.
  Fingerprint middle(std::span<const std::uint8_t> picture) const;

 private:
  Fingerprint at(std::span<const float> across, std::span<const std::uint8_t> picture,
                 std::size_t top, std::size_t left) const;
  // {height, waves}: the waves across each row, from column `left` on, of the channels' mean.
  std::vector<float> across_from(std::span<const float> mean, std::size_t left) const;
  std::vector<float> mean_of(std::span<const std::uint8_t> picture) const;

  std::size_t channels_, height_, width_, reach_;
  std::size_t rows_, columns_;        // without the border
  std::vector<float> down_, across_;  // {rows, waves}, {columns, waves}
};

// Squared.
inline float distance(const Fingerprint& a, const Fingerprint& b) {
  // Eight sums side by side, for vector instructions.
  std::array<float, 8> sums{};
  for (std::size_t i = 0; i < a.size(); i += sums.size()) {
    for (std::size_t j = 0; j < sums.size(); ++j) {
      const float d = a[i + j] - b[i + j];
      sums[j] += d * d;
    }
  }
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

}  // namespace weft
