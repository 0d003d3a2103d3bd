#include "data/photo_canvas.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace weft {

void draw(const Canvas& src, const Affine& affine, double middle_x, double scale_x, double scale_y,
          Canvas& dst) {
  const auto height = static_cast<long>(src.size.height);
  const auto width = static_cast<long>(src.size.width);
  const double cy = static_cast<double>(height - 1) / 2, cx = static_cast<double>(width - 1) / 2;
  for (long y = 0; y < height; ++y) {
    for (long x = 0; x < width; ++x) {
      const double v = (static_cast<double>(y) - cy - affine.dy) / scale_y;
      const double u = (static_cast<double>(x) - cx - middle_x - affine.dx) / scale_x;
      const double from_x = cx + affine.matrix[0] * u + affine.matrix[1] * v;
      const double from_y = cy + affine.matrix[2] * u + affine.matrix[3] * v;
      const double top = std::floor(from_y), left = std::floor(from_x);
      const auto i = static_cast<long>(top), j = static_cast<long>(left);
      if (i < -1 || j < -1 || i >= height || j >= width) continue;
      const auto down = static_cast<float>(from_y - top);
      const auto right = static_cast<float>(from_x - left);
      for (std::size_t c = 0; c < src.size.channels; ++c) {
        const float* plane = src.values.data() + c * src.plane();
        const auto value = [&](long row, long column) {
          const bool inside = row >= 0 && column >= 0 && row < height && column < width;
          return inside ? plane[row * width + column] : 0.0F;
        };
        const float mean = (1 - down) * ((1 - right) * value(i, j) + right * value(i, j + 1)) +
                           down * ((1 - right) * value(i + 1, j) + right * value(i + 1, j + 1));
        float& own = dst.at(c, static_cast<std::size_t>(y * width + x));
        if (std::abs(mean) > std::abs(own)) own = mean;
      }
    }
  }
}

void blur(Canvas& canvas, double amount) {
  const std::size_t height = canvas.size.height, width = canvas.size.width;
  std::vector<float> rows(canvas.plane()), mean(canvas.plane());
  const auto near = [](std::size_t at, std::size_t size) {
    return std::pair(at == 0 ? at : at - 1, at + 1 == size ? at : at + 1);
  };
  for (std::size_t c = 0; c < canvas.size.channels; ++c) {
    float* plane = canvas.values.data() + c * canvas.plane();
    for (std::size_t y = 0; y < height; ++y) {
      for (std::size_t x = 0; x < width; ++x) {
        const auto [left, right] = near(x, width);
        rows[y * width + x] =
            (plane[y * width + left] + 2 * plane[y * width + x] + plane[y * width + right]) / 4;
      }
    }
    for (std::size_t y = 0; y < height; ++y) {
      const auto [above, below] = near(y, height);
      for (std::size_t x = 0; x < width; ++x) {
        mean[y * width + x] =
            (rows[above * width + x] + 2 * rows[y * width + x] + rows[below * width + x]) / 4;
      }
    }
    for (std::size_t i = 0; i < canvas.plane(); ++i) {
      plane[i] += static_cast<float>(amount) * (mean[i] - plane[i]);
    }
  }
}

float cover(const Canvas& canvas, std::size_t i) {
  float most = 0;
  for (std::size_t c = 0; c < canvas.size.channels; ++c) {
    most = std::max(most, std::abs(canvas.at(c, i)));
  }
  return std::min(1.0F, most / 40);
}

Extent extent_of(const Canvas& canvas) {
  const std::size_t height = canvas.size.height, width = canvas.size.width;
  Extent extent{height, width, 0, 0};
  for (std::size_t i = 0; i < canvas.plane(); ++i) {
    if (cover(canvas, i) < 0.5F) continue;
    const std::size_t y = i / width, x = i % width;
    extent = {std::min(extent.top, y), std::min(extent.left, x), std::max(extent.bottom, y + 1),
              std::max(extent.right, x + 1)};
  }
  return extent.empty() ? Extent{} : extent;
}

float toned(const Canvas& canvas, std::size_t channel, double tone) {
  const float background = canvas.background[channel];
  return (background < 128 ? 255 - background : -background) * static_cast<float>(tone);
}

}  // namespace weft
