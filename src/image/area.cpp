#include "image/area.hpp"

#include <algorithm>

namespace weft {

// Along an axis, lengths are in units of which a pixel of src has as many as dst has pixels, and
// the reverse: then all weights are whole numbers, and those of a pixel of dst add up to the length
// of src.

AreaMean::AreaMean(std::size_t src_height, std::size_t src_width, std::size_t dst_height,
                   std::size_t dst_width, std::size_t channels, std::uint8_t* dst)
    : src_height_(src_height),
      src_width_(src_width),
      dst_height_(dst_height),
      dst_width_(dst_width),
      channels_(channels),
      dst_(dst),
      sums_(src_width * channels, 0) {}

template <std::size_t kChannels>
void AreaMean::finish_row() {
  const std::size_t channels = kChannels > 0 ? kChannels : channels_;
  const std::uint64_t area = src_height_ * src_width_;
  std::uint8_t* dst = dst_ + dst_row_ * dst_width_ * channels;
  for (std::size_t x = 0; x < dst_width_; ++x) {
    const std::size_t begin = x * src_width_;
    const std::size_t end = begin + src_width_;
    const std::size_t first = begin / dst_width_;
    const std::size_t last = end / dst_width_;
    const std::size_t of_first = (first + 1) * dst_width_ - begin;
    const std::size_t of_last = end - last * dst_width_;
    for (std::size_t c = 0; c < channels; ++c) {
      std::uint64_t whole = 0;
      for (std::size_t i = first + 1; i < last; ++i) whole += sums_[i * channels + c];
      std::uint64_t sum = whole * dst_width_ + of_first * sums_[first * channels + c];
      if (of_last > 0) sum += of_last * sums_[last * channels + c];
      *dst++ = static_cast<std::uint8_t>((sum + area / 2) / area);
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
