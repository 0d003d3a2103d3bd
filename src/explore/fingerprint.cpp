#include "explore/fingerprint.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/error.hpp"

namespace weft {
namespace {

constexpr double kLeastDeviation = 2;  // of 255

// {n, kWaves}: what is too fast for n values is left 0.
std::vector<float> cosines(std::size_t n) {
  std::vector<float> waves(n * kWaves);
  const auto size = static_cast<double>(n);
  for (std::size_t k = 0; k < std::min(kWaves, n); ++k) {
    const double length = std::sqrt((k == 0 ? 1.0 : 2.0) / size);
    for (std::size_t i = 0; i < n; ++i) {
      const double phase = std::numbers::pi * static_cast<double>(k * (2 * i + 1)) / (2 * size);
      waves[i * kWaves + k] = static_cast<float>(length * std::cos(phase));
    }
  }
  return waves;
}

}  // namespace

PictureRows::PictureRows(const std::vector<const Tensor*>& parts) {
  for (const Tensor* part : parts) {
    if (part->rows() == 0) continue;
    const Shape& all = part->shape();
    const Shape each{all[1], all[2], all[3]};
    if (size_ > 0 && each != shape_) {
      fail(ErrorCode::usage, "pictures: parts of {} and of {}: one shape is needed", shape_.text(),
           each.text());
    }
    shape_ = each;
    size_ += part->rows();
    parts_.push_back(part);
  }
}

std::span<const std::uint8_t> PictureRows::operator[](std::size_t row) const {
  auto part = parts_.begin();
  while (row >= (*part)->rows()) row -= (*part++)->rows();
  const std::size_t size = shape_.elements();
  return (*part)->as<std::uint8_t>().subspan(row * size, size);
}

Fingerprints::Fingerprints(const Shape& picture, std::size_t reach)
    : channels_(picture[0]),
      height_(picture[1]),
      width_(picture[2]),
      reach_(reach),
      rows_(height_ - 2 * reach),
      columns_(width_ - 2 * reach),
      down_(cosines(rows_)),
      across_(cosines(columns_)) {
  if (height_ <= 2 * reach || width_ <= 2 * reach) {
    fail(ErrorCode::usage, "fingerprints: nothing is left of {} without a border of {}",
         picture.text(), reach);
  }
}

std::vector<float> Fingerprints::mean_of(std::span<const std::uint8_t> picture) const {
  std::vector<float> mean(height_ * width_);
  for (std::size_t c = 0; c < channels_; ++c) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += picture[c * mean.size() + i];
  }
  const float scale = 1 / std::sqrt(static_cast<float>(channels_));
  for (float& value : mean) value *= scale;
  return mean;
}

std::vector<float> Fingerprints::across_from(std::span<const float> mean, std::size_t left) const {
  std::vector<float> across(height_ * kWaves);
  for (std::size_t y = 0; y < height_; ++y) {
    const float* row = &mean[y * width_ + left];
    for (std::size_t x = 0; x < columns_; ++x) {
      for (std::size_t u = 0; u < kWaves; ++u) {
        across[y * kWaves + u] += row[x] * across_[x * kWaves + u];
      }
    }
  }
  return across;
}

Fingerprint Fingerprints::at(std::span<const float> across, std::span<const std::uint8_t> picture,
                             std::size_t top, std::size_t left) const {
  std::uint64_t sum = 0, squares = 0;
  for (std::size_t c = 0; c < channels_; ++c) {
    for (std::size_t y = 0; y < rows_; ++y) {
      const std::uint8_t* row = &picture[(c * height_ + top + y) * width_ + left];
      std::uint32_t row_sum = 0, row_squares = 0;
      for (std::size_t x = 0; x < columns_; ++x) {
        row_sum += row[x];
        row_squares += std::uint32_t{row[x]} * row[x];
      }
      sum += row_sum;
      squares += row_squares;
    }
  }
  const auto n = static_cast<double>(channels_ * rows_ * columns_);
  const auto s = static_cast<double>(sum);
  const double length = static_cast<double>(squares) - s * s / n;
  Fingerprint waves{};
  if (length < n * kLeastDeviation * kLeastDeviation) return waves;

  std::array<float, kWaves * kWaves> sums{};
  for (std::size_t y = 0; y < rows_; ++y) {
    const float* row = &across[(top + y) * kWaves];
    for (std::size_t v = 0; v < kWaves; ++v) {
      for (std::size_t u = 0; u < kWaves; ++u) {
        sums[v * kWaves + u] += row[u] * down_[y * kWaves + v];
      }
    }
  }
  const auto scale = static_cast<float>(1 / std::sqrt(length));
  for (std::size_t i = 0; i < waves.size(); ++i) waves[i] = sums[i + 1] * scale;
  return waves;
}

void Fingerprints::of(std::span<const std::uint8_t> picture, std::span<Fingerprint> dst) const {
  const std::vector<float> mean = mean_of(picture);
  const std::size_t side = 2 * reach_ + 1;
  for (std::size_t left = 0; left < side; ++left) {
    const std::vector<float> across = across_from(mean, left);
    for (std::size_t top = 0; top < side; ++top) {
      dst[top * side + left] = at(across, picture, top, left);
    }
  }
}

Fingerprint Fingerprints::middle(std::span<const std::uint8_t> picture) const {
  return at(across_from(mean_of(picture), reach_), picture, reach_, reach_);
}

}  // namespace weft
