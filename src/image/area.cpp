#include "image/area.hpp"

#include <algorithm>
#include <cmath>

namespace weft {

// Along an axis, lengths are in units of which a pixel of src has as many as dst has pixels, and
// the reverse: then all weights are whole numbers, and those of a pixel of dst add up to the length
// of src.

AreaMean::AreaMean(std::size_t src_height, std::size_t src_width, std::size_t dst_height,
                   std::size_t dst_width, std::size_t channels, std::uint8_t* dst)
    : src_height_(src_height),
      dst_height_(dst_height),
      dst_width_(dst_width),
      channels_(channels),
      area_(static_cast<double>(src_height * src_width)),
      dst_(dst),
      sums_(src_width * channels, 0) {
  for (std::size_t x = 0; x < dst_width; ++x) {
    const std::size_t begin = x * src_width, end = begin + src_width;
    const std::size_t first = begin / dst_width, last = end / dst_width;
    spans_.push_back({first, last, (first + 1) * dst_width - begin, end - last * dst_width});
  }
}

template <std::size_t kChannels>
void AreaMean::finish_row() {
  const std::size_t channels = kChannels > 0 ? kChannels : channels_;
  // A whole number and a half by an area is no whole number, and farther from one than a double's
  // rounding takes it: so this is the division of whole numbers, rounded to the nearest.
  const double over = 1 / area_, half = std::floor(area_ / 2) + 0.5;
  std::uint8_t* dst = dst_ + dst_row_ * dst_width_ * channels;
  for (const Span& span : spans_) {
    for (std::size_t c = 0; c < channels; ++c) {
      std::uint64_t whole = 0;
      for (std::size_t i = span.first + 1; i < span.last; ++i) whole += sums_[i * channels + c];
      std::uint64_t sum = whole * dst_width_ + span.of_first * sums_[span.first * channels + c];
      if (span.of_last > 0) sum += span.of_last * sums_[span.last * channels + c];
      *dst++ = static_cast<std::uint8_t>((static_cast<double>(sum) + half) * over);
    }
  }
}

void AreaMean::add(const std::uint8_t* row) {
  const std::size_t begin = src_row_ * dst_height_;
  const std::size_t end = begin + dst_height_;
  const std::size_t border = (dst_row_ + 1) * src_height_;
  ++src_row_;
  add_weighted(row, static_cast<std::uint32_t>(std::min(end, border) - begin));
  if (end < border) return;
  // The compiler makes more of a number that it knows.
  channels_ == 3 ? finish_row<3>() : channels_ == 1 ? finish_row<1>() : finish_row<0>();
  ++dst_row_;
  std::ranges::fill(sums_, 0U);
  if (end > border) add_weighted(row, static_cast<std::uint32_t>(end - border));
}

void AreaMean::add_weighted(const std::uint8_t* row, std::uint32_t weight) {
  for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += weight * row[i];
}

}  // namespace weft
