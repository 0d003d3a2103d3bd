#include "data/photo_like.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "data/photo_canvas.hpp"
#include "data/photo_pose.hpp"

namespace weft {
namespace {

void change_tones(Canvas& canvas, RandomStream& random) {
  const bool inverts = chance(random, 0.3);
  const double gamma = std::exp(random.uniform(-0.6, 0.6));
  const double contrast = random.uniform(0.4, 1.3), added = random.uniform(-0.2, 0.25);
  for (std::size_t c = 0; c < canvas.size.channels; ++c) {
    const float range = toned(canvas, c, 1);  // away from the background is up
    double mean = 0, weight = 1e-6;
    for (std::size_t i = 0; i < canvas.plane(); ++i) {
      const double w = cover(canvas, i);
      mean += w * canvas.at(c, i) / range;
      weight += w;
    }
    mean /= weight;
    for (std::size_t i = 0; i < canvas.plane(); ++i) {
      const double w = cover(canvas, i);
      if (w == 0) continue;
      double v = std::clamp(static_cast<double>(canvas.at(c, i) / range), 0.0, 1.0);
      if (inverts) v = w * (1.1 - v);
      v = std::pow(std::max(v, 0.0), gamma);
      v = w * std::clamp(mean + contrast * (v - mean) + added, 0.03, 1.0);
      canvas.at(c, i) = range * static_cast<float>(v);
    }
  }
}

Ellipse at_the_rim(const PictureSize& size, RandomStream& random) {
  const auto height = static_cast<double>(size.height), width = static_cast<double>(size.width);
  const double angle = random.uniform(0, 2 * std::numbers::pi);
  const double ry = height * random.uniform(0.05, 0.28);
  const double rx = width * random.uniform(0.05, 0.28);
  return {height * (0.5 + 0.5 * std::sin(angle)), width * (0.5 + 0.5 * std::cos(angle)), ry, rx,
          random.uniform(-1, 1)};
}

// What lay behind the product and was taken for a piece of it.
void leave_over(Canvas& canvas, const Ellipse& piece, RandomStream& random) {
  const bool over = chance(random, 0.3);
  const double tone = random.uniform(0.15, 1), grain = random.uniform(0, 0.15);
  const double slope_y = random.uniform(-0.3, 0.3), slope_x = random.uniform(-0.3, 0.3);
  for (std::size_t i = 0; i < canvas.plane(); ++i) {
    const auto [v, u] = piece.place(canvas.size, i);
    if (u * u + v * v > 1) continue;
    const float keep = over ? 0 : cover(canvas, i);
    const double value =
        std::clamp(tone + slope_y * v + slope_x * u + grain * random.normal(), 0.0, 1.0);
    for (std::size_t c = 0; c < canvas.size.channels; ++c) {
      canvas.at(c, i) = keep * canvas.at(c, i) + (1 - keep) * toned(canvas, c, value);
    }
  }
}

// What of the product was not taken for it.
void lose(Canvas& canvas, const Ellipse& piece) {
  for (std::size_t i = 0; i < canvas.plane(); ++i) {
    const auto [v, u] = piece.place(canvas.size, i);
    if (u * u + v * v > 1) continue;
    for (std::size_t c = 0; c < canvas.size.channels; ++c) canvas.at(c, i) = 0;
  }
}

void spoil_outline(Canvas& canvas, RandomStream& random) {
  const bool clutter = chance(random, 0.35), loss = chance(random, 0.3);
  for (std::uint32_t left = clutter ? 1 + random.below(3) : 0; left > 0; --left) {
    leave_over(canvas, at_the_rim(canvas.size, random), random);
  }
  for (std::uint32_t left = loss ? 1 + random.below(3) : 0; left > 0; --left) {
    lose(canvas, at_the_rim(canvas.size, random));
  }
}

void change_focus(Canvas& canvas, RandomStream& random) {
  if (chance(random, 0.3)) {
    blur(canvas, random.uniform(0.3, 1));
  } else if (chance(random, 0.3)) {
    blur(canvas, random.uniform(-1, -0.2));
  }
  if (!chance(random, 0.5)) return;
  const double deviation = random.uniform(0, 14);
  for (std::size_t i = 0; i < canvas.plane(); ++i) {
    const double w = cover(canvas, i);
    if (w == 0) continue;
    const auto noise = static_cast<float>(w * deviation * random.normal());
    for (std::size_t c = 0; c < canvas.size.channels; ++c) canvas.at(c, i) += noise;
  }
}

}  // namespace

void make_photo_like(const PictureSize& size, Apparel apparel, RandomStream& random,
                     std::uint8_t* picture) {
  Canvas canvas{size, std::vector<float>(size.elements()), {}};
  for (std::size_t c = 0; c < size.channels; ++c) {
    const std::uint8_t* plane = picture + c * canvas.plane();
    canvas.background.push_back(median_of_border(plane, size.height, size.width));
    for (std::size_t i = 0; i < canvas.plane(); ++i) {
      canvas.at(c, i) = static_cast<float>(plane[i]) - canvas.background[c];
    }
  }
  canvas = posed(canvas, apparel, random);
  change_tones(canvas, random);
  spoil_outline(canvas, random);
  change_focus(canvas, random);
  for (std::size_t c = 0; c < size.channels; ++c) {
    for (std::size_t i = 0; i < canvas.plane(); ++i) {
      const float value = std::clamp(canvas.at(c, i) + canvas.background[c], 0.0F, 255.0F);
      picture[c * canvas.plane() + i] = static_cast<std::uint8_t>(std::lround(value));
    }
  }
}

}  // namespace weft
