#include "image/fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/error.hpp"
#include "image/area.hpp"

namespace weft {
namespace {

// What one value of an enlarged row or column lies between: the old one at `first`, and the next,
// which has the share `next`.
struct Place {
  std::size_t first = 0;
  float next = 0;
};

std::vector<Place> places_of(std::size_t from, std::size_t to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  std::vector<Place> places(to);
  for (std::size_t i = 0; i < to; ++i) {
    const double centre = std::clamp((static_cast<double>(i) + 0.5) * scale - 0.5, 0.0,
                                     static_cast<double>(from - 1));
    places[i].first = static_cast<std::size_t>(centre);
    places[i].next = static_cast<float>(centre - static_cast<double>(places[i].first));
  }
  return places;
}

std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(value + 0.5F);
}

Picture empty(std::size_t height, std::size_t width, std::size_t channels) {
  return {height, width, channels, std::vector<std::uint8_t>(height * width * channels)};
}

Picture smaller(const Picture& picture, std::size_t height, std::size_t width) {
  Picture result = empty(height, width, picture.channels);
  AreaMean mean(picture.height, picture.width, height, width, picture.channels,
                result.pixels.data());
  const std::size_t row = picture.width * picture.channels;
  for (std::size_t y = 0; y < picture.height; ++y) mean.add(picture.pixels.data() + y * row);
  return result;
}

Picture larger(const Picture& picture, std::size_t height, std::size_t width) {
  const std::size_t channels = picture.channels, row = picture.width * channels;
  const std::vector<Place> across = places_of(picture.width, width);
  Picture result = empty(height, width, channels);
  std::uint8_t* dst = result.pixels.data();
  for (const Place& down : places_of(picture.height, height)) {
    const std::uint8_t* upper = picture.pixels.data() + down.first * row;
    const std::uint8_t* lower = down.next > 0 ? upper + row : upper;
    for (const Place& place : across) {
      const std::size_t left = place.first * channels;
      const std::size_t right = place.next > 0 ? left + channels : left;
      for (std::size_t c = 0; c < channels; ++c) {
        const auto between = [&](const std::uint8_t* values) {
          return (1 - place.next) * static_cast<float>(values[left + c]) +
                 place.next * static_cast<float>(values[right + c]);
        };
        *dst++ = to_byte((1 - down.next) * between(upper) + down.next * between(lower));
      }
    }
  }
  return result;
}

// The lower median of each channel along the four edges.
std::array<std::uint8_t, 3> background_of(const Picture& picture) {
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
  std::array<std::uint8_t, 3> median{};
  for (std::size_t c = 0; c < picture.channels; ++c) {
    std::size_t value = 0, seen = counts[c][0];
    while (seen * 2 < all) seen += counts[c][++value];
    median[c] = static_cast<std::uint8_t>(value);
  }
  return median;
}

// Channel `to` of `channels`, from a pixel of `from` channels.
std::uint8_t channel(const std::uint8_t* pixel, std::size_t from, std::size_t to,
                     std::size_t channels) {
  if (from == 1) return pixel[0];
  if (channels == 3) return pixel[to];
  return to_byte(0.299F * static_cast<float>(pixel[0]) + 0.587F * static_cast<float>(pixel[1]) +
                 0.114F * static_cast<float>(pixel[2]));
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
  const bool shrinks = inner_height < picture.height || inner_width < picture.width;
  const Picture inner = shrinks ? smaller(picture, inner_height, inner_width)
                                : larger(picture, inner_height, inner_width);
  const auto background = background_of(picture);
  const std::size_t top = (height - inner_height) / 2, left = (width - inner_width) / 2;
  for (std::size_t c = 0; c < channels; ++c) {
    const std::span plane = dst.subspan(c * height * width, height * width);
    std::ranges::fill(plane, channel(background.data(), picture.channels, c, channels));
    const std::uint8_t* src = inner.pixels.data();
    for (std::size_t y = 0; y < inner_height; ++y) {
      std::uint8_t* to = plane.data() + (top + y) * width + left;
      for (std::size_t x = 0; x < inner_width; ++x) {
        *to++ = channel(src, picture.channels, c, channels);
        src += picture.channels;
      }
    }
  }
}

}  // namespace weft
