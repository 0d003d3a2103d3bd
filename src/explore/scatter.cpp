#include "explore/scatter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "base/error.hpp"
#include "base/random.hpp"
#include "explore/drawing.hpp"

namespace weft {
namespace {

// Red, green and blue of a hue in turns, at this lightness in the middle.
Colour of_hue(double turns, double value) {
  Colour colour{};
  for (std::size_t c = 0; c < 3; ++c) {
    const double at = 6 * turns + (c == 0 ? 0 : c == 1 ? 4 : 2);
    const double ramp = std::clamp(std::abs(std::fmod(at, 6.0) - 3) - 1, 0.0, 1.0);
    colour[c] = static_cast<std::uint8_t>(std::lround(255 * value * (0.25 + 0.75 * ramp)));
  }
  return colour;
}

void blend(Picture& picture, std::size_t x, std::size_t y, const Colour& colour, float share) {
  std::uint8_t* pixel = picture.pixels.data() + 3 * (y * picture.width + x);
  for (std::size_t c = 0; c < 3; ++c) {
    const float old = pixel[c];
    pixel[c] =
        static_cast<std::uint8_t>(std::lround(old + share * (static_cast<float>(colour[c]) - old)));
  }
}

void draw_disc(Picture& picture, float x, float y, float radius, const Colour& colour) {
  constexpr float kFullest = 0.85F;
  const auto first = [&](float middle) {
    return static_cast<std::size_t>(std::max(std::floor(middle - radius), 0.0F));
  };
  const auto last = [&](float middle, std::size_t size) {
    return std::min(static_cast<std::size_t>(std::max(std::ceil(middle + radius), 0.0F)), size - 1);
  };
  for (std::size_t row = first(y); row <= last(y, picture.height); ++row) {
    for (std::size_t column = first(x); column <= last(x, picture.width); ++column) {
      const float distance =
          std::hypot(static_cast<float>(column) - x, static_cast<float>(row) - y);
      const float covered = std::clamp(radius + 0.5F - distance, 0.0F, 1.0F);
      if (covered > 0) blend(picture, column, row, colour, kFullest * covered);
    }
  }
}

void paste(Picture& onto, const Picture& picture, std::size_t left, std::size_t top) {
  for (std::size_t y = 0; y < picture.height; ++y) {
    std::copy_n(
        picture.pixels.begin() + static_cast<std::ptrdiff_t>(3 * y * picture.width),
        3 * picture.width,
        onto.pixels.begin() + static_cast<std::ptrdiff_t>(3 * ((top + y) * onto.width + left)));
  }
}

float median(std::vector<float> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// The member of the class that is nearest to the medians of its coordinates.
std::optional<std::size_t> middle_of(std::span<const float> places,
                                     const std::vector<Label>& labels, std::size_t label) {
  std::vector<float> xs, ys;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] != label) continue;
    xs.push_back(places[2 * i]);
    ys.push_back(places[2 * i + 1]);
  }
  if (xs.empty()) return std::nullopt;
  const float x = median(xs), y = median(ys);
  std::optional<std::size_t> best;
  float least = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] != label) continue;
    const float distance = std::hypot(places[2 * i] - x, places[2 * i + 1] - y);
    if (!best || distance < least) {
      best = i;
      least = distance;
    }
  }
  return best;
}

constexpr std::size_t kGap = 12, kSwatch = 28, kThumbnail = 84;

void draw_key(Picture& picture, std::span<const float> places, const LabelledImages& pictures,
              std::size_t classes, std::size_t left) {
  const Shape& all = pictures.images.shape();
  const Shape shape{all[1], all[2], all[3]};
  const std::size_t step = kThumbnail + kGap;
  const std::size_t shown = std::min(classes, (picture.height - kGap) / step);
  for (std::size_t label = 0; label < shown; ++label) {
    const std::size_t top = kGap + label * step;
    const Colour colour = class_colour(label);
    for (std::size_t y = 0; y < kThumbnail; ++y) {
      for (std::size_t x = 0; x < kSwatch; ++x) blend(picture, left + x, top + y, colour, 1);
    }
    const auto member = middle_of(places, pictures.labels, label);
    if (!member || (shape[0] != 1 && shape[0] != 3)) continue;
    const auto pixels =
        pictures.images.as<std::uint8_t>().subspan(*member * shape.elements(), shape.elements());
    paste(picture, in_colour(fitted_into(picture_of(pixels, shape), kThumbnail)),
          left + kSwatch + kGap, top);
  }
}

}  // namespace

Colour class_colour(std::size_t label) {
  constexpr std::array<Colour, 10> kFirst{{{35, 98, 190},
                                           {214, 110, 20},
                                           {38, 140, 74},
                                           {196, 44, 52},
                                           {126, 87, 194},
                                           {136, 90, 70},
                                           {208, 82, 160},
                                           {102, 112, 125},
                                           {146, 148, 16},
                                           {14, 150, 170}}};
  if (label < kFirst.size()) return kFirst[label];
  constexpr double kGolden = 0.618033988749895;  // of a turn: hues that never come close again
  const double turns = static_cast<double>(label) * kGolden;
  return of_hue(turns - std::floor(turns), label % 2 == 0 ? 0.9 : 0.6);
}

std::string hexadecimal(const Colour& colour) {
  return fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]);
}

Picture scatter(std::span<const float> places, const LabelledImages& pictures, std::size_t classes,
                std::size_t side) {
  const std::size_t n = places.size() / 2;
  const bool labelled = !pictures.labels.empty();
  if (n == 0 || places.size() != 2 * pictures.size() || (labelled && pictures.labels.size() != n)) {
    fail(ErrorCode::usage, "scatter: {} numbers as places for {} pictures with {} labels",
         places.size(), pictures.size(), pictures.labels.size());
  }
  const std::size_t key = labelled ? kSwatch + kThumbnail + 3 * kGap : 0;
  Picture picture{side, side + key, 3, {}};
  picture.pixels.assign(3 * picture.height * picture.width, 255);

  float low[2] = {places[0], places[1]}, high[2] = {places[0], places[1]};
  for (std::size_t i = 0; i < 2 * n; ++i) {
    low[i % 2] = std::min(low[i % 2], places[i]);
    high[i % 2] = std::max(high[i % 2], places[i]);
  }
  const auto whole = static_cast<float>(side);
  const float margin = whole / 40;
  const float span = std::max({high[0] - low[0], high[1] - low[1], 1e-30F});
  const float scale = (whole - 2 * margin) / span;
  const auto points = static_cast<float>(n);
  const float radius = std::clamp(whole / 6 / std::sqrt(points), 1.2F, 6.0F);
  // In no order of the data's, so that no class covers all others.
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  RandomStream random(0, RandomPurpose::map, 2);
  shuffle(order, random);
  for (const std::uint32_t i : order) {
    const float x = whole / 2 + scale * (places[2 * i] - (low[0] + high[0]) / 2);
    const float y = whole / 2 - scale * (places[2 * i + 1] - (low[1] + high[1]) / 2);
    draw_disc(picture, x, y, radius,
              labelled ? class_colour(pictures.labels[i]) : Colour{90, 90, 90});
  }
  if (labelled) draw_key(picture, places, pictures, classes, side + kGap);
  return picture;
}

}  // namespace weft
