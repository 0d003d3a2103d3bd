#include "image/plane.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace weft {
namespace {

// What one value of the result is made of along an axis: neighbours from `first` on, each with its
// weight; the weights add up to 1.
struct Taps {
  std::size_t first = 0;
  std::vector<float> weights;
};

// Each of `to` values covers from / to of the old ones, and takes what it covers of each.
Taps area(std::size_t i, std::size_t from, std::size_t to) {
  const double step = static_cast<double>(from) / static_cast<double>(to);
  const double begin = static_cast<double>(i) * step;
  const double end = std::min(begin + step, static_cast<double>(from));
  Taps taps{std::min(static_cast<std::size_t>(begin), from - 1), {}};
  for (std::size_t k = taps.first; k < from && static_cast<double>(k) < end; ++k) {
    const double low = std::max(begin, static_cast<double>(k));
    const double high = std::min(end, static_cast<double>(k + 1));
    taps.weights.push_back(static_cast<float>((high - low) / step));
  }
  return taps;
}

// Between the two old values whose centres are next to the new one's.
Taps line(std::size_t i, std::size_t from, std::size_t to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double centre =
      std::clamp((static_cast<double>(i) + 0.5) * scale - 0.5, 0.0, static_cast<double>(from - 1));
  const auto first = static_cast<std::size_t>(centre);
  const auto right = static_cast<float>(centre - static_cast<double>(first));
  if (right == 0) return {first, {1.0F}};
  return {first, {1 - right, right}};
}

std::vector<Taps> taps_of(std::size_t from, std::size_t to) {
  std::vector<Taps> all;
  for (std::size_t i = 0; i < to; ++i) {
    all.push_back(to < from ? area(i, from, to) : line(i, from, to));
  }
  return all;
}

}  // namespace

Plane to_plane(const Picture& picture) {
  const std::size_t count = picture.height * picture.width * picture.channels;
  if (count == 0 || (picture.channels != 1 && picture.channels != 3) ||
      picture.pixels.size() != count) {
    fail(ErrorCode::usage,
         "picture: {} x {} pixels, {} channels and {} values: it needs some, of 1 or 3 channels, "
         "one value each",
         picture.height, picture.width, picture.channels, picture.pixels.size());
  }
  Plane plane(picture.height, picture.width, picture.channels);
  std::ranges::copy(picture.pixels, plane.values.begin());
  return plane;
}

Picture to_picture(const Plane& plane) {
  Picture picture{plane.height, plane.width, plane.channels,
                  std::vector<std::uint8_t>(plane.values.size())};
  std::ranges::transform(plane.values, picture.pixels.begin(), [](float value) {
    return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F));
  });
  return picture;
}

// Down the columns first: that is one pass over the picture, whole rows at a time, and leaves
// little for the other axis.
Plane resampled(const Plane& plane, std::size_t height, std::size_t width) {
  const std::size_t channels = plane.channels, row = plane.width * channels;
  const std::vector<Taps> across = taps_of(plane.width, width);
  Plane result(height, width, channels);
  std::vector<float> sums(row);
  float* dst = result.values.data();
  for (const Taps& down : taps_of(plane.height, height)) {
    std::ranges::fill(sums, 0.0F);
    for (std::size_t k = 0; k < down.weights.size(); ++k) {
      const float weight = down.weights[k];
      const float* src = plane.values.data() + (down.first + k) * row;
      for (std::size_t i = 0; i < row; ++i) sums[i] += weight * src[i];
    }
    for (const Taps& taps : across) {
      for (std::size_t c = 0; c < channels; ++c) {
        const float* src = sums.data() + taps.first * channels + c;
        float sum = 0;
        for (const float weight : taps.weights) {
          sum += weight * *src;
          src += channels;
        }
        *dst++ = sum;
      }
    }
  }
  return result;
}

Sides fitted(std::size_t height, std::size_t width, std::size_t longest) {
  const double scale = static_cast<double>(longest) / static_cast<double>(std::max(height, width));
  const auto side = [&](std::size_t from) {
    return static_cast<std::size_t>(std::max(1L, std::lround(static_cast<double>(from) * scale)));
  };
  return {side(height), side(width)};
}

std::vector<std::size_t> border_pixels(const Plane& plane) {
  std::vector<std::size_t> border;
  for (std::size_t y = 0; y < plane.height; ++y) {
    // Of the rows between the first and the last only what stands at their ends.
    const bool whole = y == 0 || y + 1 == plane.height;
    const std::size_t step = whole || plane.width < 3 ? 1 : plane.width - 1;
    for (std::size_t x = 0; x < plane.width; x += step) border.push_back(y * plane.width + x);
  }
  return border;
}

std::array<float, 3> border_colour(const Plane& plane) {
  const std::vector<std::size_t> border = border_pixels(plane);
  std::array<float, 3> colour{};
  std::vector<float> values(border.size());
  for (std::size_t c = 0; c < plane.channels; ++c) {
    std::ranges::transform(border, values.begin(),
                           [&](std::size_t i) { return plane.pixel(i)[c]; });
    const auto middle = static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
    std::ranges::nth_element(values, values.begin() + middle);
    colour[c] = values[static_cast<std::size_t>(middle)];
  }
  return colour;
}

}  // namespace weft
