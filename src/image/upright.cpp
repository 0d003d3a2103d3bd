#include "image/upright.hpp"

#include <algorithm>

namespace weft {

namespace {

Turn turn_of(int orientation, std::ptrdiff_t height, std::ptrdiff_t width) {
  switch (orientation) {
    case 2:
      return {width - 1, -1, width};
    case 3:
      return {width * height - 1, -1, -width};
    case 4:
      return {width * (height - 1), 1, -width};
    case 5:
      return {0, height, 1};
    case 6:
      return {height - 1, height, -1};
    case 7:
      return {width * height - 1, -height, -1};
    case 8:
      return {height * (width - 1), -height, 1};
    default:
      return {0, 1, width};
  }
}

}  // namespace

Upright::Upright(int orientation, std::size_t height, std::size_t width, std::size_t channels)
    : height_(height),
      width_(width),
      channels_(static_cast<std::ptrdiff_t>(channels)),
      sideways_(orientation >= 5 && orientation <= 8),
      turn_(turn_of(orientation, static_cast<std::ptrdiff_t>(height),
                    static_cast<std::ptrdiff_t>(width))) {}

void Upright::write(const std::uint8_t* row, std::size_t y, std::uint8_t* dst) const {
  dst += (turn_.start + static_cast<std::ptrdiff_t>(y) * turn_.along_y) * channels_;
  if (turn_.along_x == 1) {
    std::copy_n(row, static_cast<std::ptrdiff_t>(width_) * channels_, dst);
    return;
  }
  for (std::size_t x = 0; x < width_; ++x) {
    std::copy_n(row, channels_, dst);
    row += channels_;
    dst += turn_.along_x * channels_;
  }
}

}  // namespace weft
