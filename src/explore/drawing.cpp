#include "explore/drawing.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"
#include "image/plane.hpp"

namespace weft {
namespace {

// Nothing is made of a map that hardly has any: what is drawn fullest is this at least. A square
// that an OcclusionMap hides has many pixels, each with a share of its own.
constexpr float kLeastDrop = 0.02F, kLeastShare = 0.001F;

float fullest(std::span<const float> values, float least) {
  float largest = least;
  for (const float value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

// Red where the values are above 0, blue below; {height, width} of them.
Picture in_heat(const Picture& input, std::size_t height, std::size_t width,
                std::span<const float> values, float least) {
  if (input.height != height || input.width != width) {
    fail(ErrorCode::usage, "heat: a map of {} x {} for a picture of {} x {}", height, width,
         input.height, input.width);
  }
  constexpr std::array<float, 3> kTaken{235, 45, 20}, kAdded{35, 90, 235};
  constexpr float kFullest = 0.85F;
  const float largest = fullest(values, least);
  Picture drawn{input.height, input.width, 3, {}};
  const Plane plane = to_plane(input);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float share = kFullest * std::abs(values[i]) / largest;
    const auto& colour = values[i] >= 0 ? kTaken : kAdded;
    const float grey = grey_of(plane.pixel(i), plane.channels);
    for (const float value : colour) {
      drawn.pixels.push_back(static_cast<std::uint8_t>(std::lround(grey + share * (value - grey))));
    }
  }
  return drawn;
}

Picture in_grey(std::size_t height, std::size_t width, std::span<const float> values, float least) {
  const float largest = fullest(values, least);
  Picture drawn{height, width, 1, {}};
  for (const float value : values) {
    drawn.pixels.push_back(
        static_cast<std::uint8_t>(std::lround(255 * std::max(value, 0.0F) / largest)));
  }
  return drawn;
}

// The mean over each pixel and those about it: single pixels' gradients are noisy.
std::vector<float> smoothed(const SaliencyMap& map) {
  std::vector<float> means;
  for (std::size_t y = 0; y < map.height; ++y) {
    for (std::size_t x = 0; x < map.width; ++x) {
      const std::size_t top = y > 0 ? y - 1 : 0, bottom = std::min(y + 2, map.height);
      const std::size_t left = x > 0 ? x - 1 : 0, right = std::min(x + 2, map.width);
      float sum = 0;
      for (std::size_t i = top; i < bottom; ++i) {
        for (std::size_t j = left; j < right; ++j) sum += map.share[i * map.width + j];
      }
      means.push_back(sum / static_cast<float>((bottom - top) * (right - left)));
    }
  }
  return means;
}

}  // namespace

Picture picture_of(std::span<const std::uint8_t> input, const Shape& shape) {
  const std::size_t channels = shape[0], plane = shape[1] * shape[2];
  if ((channels != 1 && channels != 3) || input.size() != channels * plane) {
    fail(ErrorCode::usage, "picture_of: {} for {} bytes: a picture has 1 channel or 3",
         shape.text(), input.size());
  }
  Picture picture{shape[1], shape[2], channels, std::vector<std::uint8_t>(input.size())};
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < plane; ++i) {
      picture.pixels[i * channels + c] = input[c * plane + i];
    }
  }
  return picture;
}

Picture in_colour(const Picture& picture) {
  if (picture.channels == 3) return picture;
  Picture colour{picture.height, picture.width, 3, {}};
  colour.pixels.reserve(3 * picture.pixels.size());
  for (const std::uint8_t grey : picture.pixels) colour.pixels.insert(colour.pixels.end(), 3, grey);
  return colour;
}

Picture enlarged(const Picture& picture, std::size_t times) {
  Picture large{picture.height * times, picture.width * times, picture.channels, {}};
  large.pixels.reserve(large.height * large.width * large.channels);
  for (std::size_t y = 0; y < large.height; ++y) {
    for (std::size_t x = 0; x < large.width; ++x) {
      const auto from =
          picture.pixels.begin() +
          static_cast<std::ptrdiff_t>(((y / times) * picture.width + x / times) * picture.channels);
      large.pixels.insert(large.pixels.end(), from,
                          from + static_cast<std::ptrdiff_t>(picture.channels));
    }
  }
  return large;
}

Picture fitted_into(const Picture& picture, std::size_t side) {
  const std::size_t longest = std::max(picture.height, picture.width);
  if (side >= 2 * longest) return enlarged(picture, side / longest);
  const Sides to = fitted(picture.height, picture.width, side);
  return to_picture(resampled(to_plane(picture), to.height, to.width));
}

Picture heat(const Picture& input, const OcclusionMap& map) {
  return in_heat(input, map.height, map.width, map.drop, kLeastDrop);
}

Picture heat_alone(const OcclusionMap& map) {
  return in_grey(map.height, map.width, map.drop, kLeastDrop);
}

Picture heat(const Picture& input, const SaliencyMap& map) {
  return in_heat(input, map.height, map.width, smoothed(map), kLeastShare);
}

Picture heat_alone(const SaliencyMap& map) {
  return in_grey(map.height, map.width, smoothed(map), kLeastShare);
}

Picture panel(const std::vector<std::vector<Picture>>& rows, std::size_t side) {
  const std::size_t gap = std::max<std::size_t>(side / 28, 1), step = side + gap;
  std::size_t columns = 0;
  for (const auto& row : rows) columns = std::max(columns, row.size());
  Picture drawn{rows.size() * step + gap, columns * step + gap, 3, {}};
  drawn.pixels.assign(drawn.height * drawn.width * 3, 255);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      const Picture one = in_colour(fitted_into(rows[r][c], side));
      const std::size_t top = gap + r * step + (side - one.height) / 2;
      const std::size_t left = gap + c * step + (side - one.width) / 2;
      for (std::size_t y = 0; y < one.height; ++y) {
        std::copy_n(one.pixels.begin() + static_cast<std::ptrdiff_t>(3 * y * one.width),
                    3 * one.width,
                    drawn.pixels.begin() +
                        static_cast<std::ptrdiff_t>(3 * ((top + y) * drawn.width + left)));
      }
    }
  }
  return drawn;
}

}  // namespace weft
