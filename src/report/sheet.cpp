#include "report/sheet.hpp"

#include <algorithm>
#include <cmath>

#include "base/base64.hpp"
#include "base/error.hpp"
#include "explore/drawing.hpp"
#include "image/decode.hpp"
#include "image/plane.hpp"

namespace weft {
namespace {

// Where a sheet is larger than a browser draws at once, it is the fault of its rows.
constexpr std::size_t kMostWide = 8192;

}  // namespace

PictureSheet::PictureSheet(const Tensor& images, std::size_t most_bytes, std::size_t longest)
    : images_(images) {
  const Shape& shape = images.shape();
  if (shape.rank() != 4 || (shape[1] != 1 && shape[1] != 3)) {
    fail(ErrorCode::usage, "pictures of a page: shape {}: they are {{n, 1 or 3, height, width}}",
         shape.text());
  }
  const bool large = std::max(shape[2], shape[3]) > longest;
  const Sides sides = large ? fitted(shape[2], shape[3], longest) : Sides{shape[2], shape[3]};
  height_ = sides.height;
  width_ = sides.width;
  most_ = std::max<std::size_t>(1, most_bytes / (shape[1] * height_ * width_));
}

std::optional<std::size_t> PictureSheet::add(std::size_t row) {
  const auto known = places_.find(row);
  if (known != places_.end()) return known->second;
  if (rows_.size() >= most_) return std::nullopt;
  places_.emplace(row, rows_.size());
  rows_.push_back(row);
  return rows_.size() - 1;
}

nlohmann::ordered_json PictureSheet::as_json() const {
  const Shape& shape = images_.shape();
  const std::size_t count = std::max<std::size_t>(rows_.size(), 1);
  const auto square = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(count))));
  const std::size_t columns =
      std::clamp<std::size_t>(square, 1, std::max<std::size_t>(1, kMostWide / width_));
  const std::size_t lines = (count + columns - 1) / columns, channels = shape[1];
  Picture sheet{lines * height_, columns * width_, channels, {}};
  sheet.pixels.resize(sheet.height * sheet.width * channels);
  const auto pixels = images_.as<std::uint8_t>();
  for (std::size_t place = 0; place < rows_.size(); ++place) {
    const auto values =
        pixels.subspan(rows_[place] * images_.row_elements(), images_.row_elements());
    Picture one = picture_of(values, {channels, shape[2], shape[3]});
    if (one.height != height_ || one.width != width_) {
      one = to_picture(resampled(to_plane(one), height_, width_));
    }
    const std::size_t top = place / columns * height_, left = place % columns * width_;
    for (std::size_t y = 0; y < height_; ++y) {
      std::copy_n(one.pixels.begin() + static_cast<std::ptrdiff_t>(y * width_ * channels),
                  width_ * channels,
                  sheet.pixels.begin() +
                      static_cast<std::ptrdiff_t>(((top + y) * sheet.width + left) * channels));
    }
  }
  return {{"columns", columns},
          {"width", width_},
          {"height", height_},
          {"count", rows_.size()},
          {"png", base64(encode_png(sheet))}};
}

}  // namespace weft
