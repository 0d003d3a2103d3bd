#include "image/fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

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

// {height, width, channels} of the source's channels.
struct Scaled {
  std::size_t height = 0, width = 0;
  std::vector<float> values;
};

// Down the columns first: that is one pass over the picture, whole rows at a time, and leaves
// little for the other axis.
Scaled scale(const Picture& picture, std::size_t height, std::size_t width) {
  const std::size_t channels = picture.channels, row = picture.width * channels;
  const std::vector<Taps> across = taps_of(picture.width, width);
  Scaled scaled{height, width, std::vector<float>(height * width * channels)};
  std::vector<float> sums(row);
  float* dst = scaled.values.data();
  for (const Taps& down : taps_of(picture.height, height)) {
    std::ranges::fill(sums, 0.0F);
    for (std::size_t k = 0; k < down.weights.size(); ++k) {
      const float weight = down.weights[k];
      const std::uint8_t* src = picture.pixels.data() + (down.first + k) * row;
      for (std::size_t i = 0; i < row; ++i) sums[i] += weight * static_cast<float>(src[i]);
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
  return scaled;
}

// The lower median of each channel along the four edges.
std::array<float, 3> background_of(const Picture& picture) {
  std::array<std::array<std::size_t, 256>, 3> counts{};
  std::size_t all = 0;
  for (std::size_t y = 0; y < picture.height; ++y) {
    const bool whole = y == 0 || y + 1 == picture.height;
    const std::size_t step = whole ? 1 : std::max<std::size_t>(picture.width - 1, 1);
    for (std::size_t x = 0; x < picture.width; x += step) {
      const std::uint8_t* pixel = &picture.pixels[(y * picture.width + x) * picture.channels];
      for (std::size_t c = 0; c < picture.channels; ++c) ++counts[c][pixel[c]];
      ++all;
    }
  }
  std::array<float, 3> median{};
  for (std::size_t c = 0; c < picture.channels; ++c) {
    std::size_t value = 0, seen = counts[c][0];
    while (seen * 2 < all) seen += counts[c][++value];
    median[c] = static_cast<float>(value);
  }
  return median;
}

// The value of channel `to` of `channels`, from a pixel of the source's channels.
float channel(const float* pixel, std::size_t from, std::size_t to, std::size_t channels) {
  if (from == 1) return pixel[0];
  if (channels == 3) return pixel[to];
  return 0.299F * pixel[0] + 0.587F * pixel[1] + 0.114F * pixel[2];
}

std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F));
}

// The sides of what just fits, in whole pixels.
std::array<std::size_t, 2> inner_size(const Picture& picture, std::size_t height,
                                      std::size_t width) {
  const double factor = std::min(static_cast<double>(height) / static_cast<double>(picture.height),
                                 static_cast<double>(width) / static_cast<double>(picture.width));
  const auto side = [factor](std::size_t from, std::size_t most) {
    const auto rounded = static_cast<std::size_t>(std::lround(static_cast<double>(from) * factor));
    return std::clamp<std::size_t>(rounded, 1, most);
  };
  return {side(picture.height, height), side(picture.width, width)};
}

void check(const Picture& picture, const Shape& input, std::size_t size) {
  const bool known = input.rank() == 3 && (input[0] == 1 || input[0] == 3) && input.elements() > 0;
  if (!known || size != input.elements()) {
    fail(ErrorCode::usage,
         "fit: {} for {} values: it takes {{channels, height, width}} with 1 or 3 channels, and as "
         "many values",
         input.text(), size);
  }
  const bool channels = picture.channels == 1 || picture.channels == 3;
  const std::size_t pixels = picture.height * picture.width * picture.channels;
  if (pixels == 0 || !channels || picture.pixels.size() != pixels) {
    fail(ErrorCode::usage,
         "fit: a picture of {} x {} pixels, {} channels and {} values: it needs some, of 1 or 3 "
         "channels, one value each",
         picture.height, picture.width, picture.channels, picture.pixels.size());
  }
}

}  // namespace

void fit(const Picture& picture, const Shape& input, std::span<std::uint8_t> dst) {
  check(picture, input, dst.size());
  const std::size_t channels = input[0], height = input[1], width = input[2];
  const auto [inner_height, inner_width] = inner_size(picture, height, width);
  const Scaled scaled = scale(picture, inner_height, inner_width);
  const std::array<float, 3> background = background_of(picture);
  const std::size_t top = (height - inner_height) / 2, left = (width - inner_width) / 2;
  for (std::size_t c = 0; c < channels; ++c) {
    const std::span plane = dst.subspan(c * height * width, height * width);
    std::ranges::fill(plane, to_byte(channel(background.data(), picture.channels, c, channels)));
    const float* src = scaled.values.data();
    for (std::size_t y = 0; y < inner_height; ++y) {
      std::uint8_t* to = plane.data() + (top + y) * width + left;
      for (std::size_t x = 0; x < inner_width; ++x) {
        *to++ = to_byte(channel(src, picture.channels, c, channels));
        src += picture.channels;
      }
    }
  }
}

}  // namespace weft
