#include "data/junk.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "data/photo_canvas.hpp"

namespace weft {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;

// Which pixels are drawn, 0 to 1: {height, width}. Positions run from -1 to 1.
struct Mask {
  std::size_t height, width;
  std::vector<float> values;

  explicit Mask(const PictureSize& size)
      : height(size.height), width(size.width), values(size.height * size.width) {}

  template <class Inside>
  void draw(const Inside& inside) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double y = 2 * (static_cast<double>(i / width) + 0.5) / static_cast<double>(height) - 1;
      const double x = 2 * (static_cast<double>(i % width) + 0.5) / static_cast<double>(width) - 1;
      if (inside(y, x)) values[i] = 1;
    }
  }
};

// Up and down, and across; the larger one as far as it may reach.
std::array<double, 2> draw_radii(RandomStream& random, double reach) {
  const double smaller = reach * random.uniform(0.2, 1);
  if (random.below(2) == 0) return {reach, smaller};
  return {smaller, reach};
}

// A closed curve about a middle, by its distance in each direction: ellipses, stars, polygons and
// lumps are sums of a few waves, or cut off straight.
void draw_lump(RandomStream& random, double reach, Mask& mask) {
  const double cy = random.uniform(-1, 1) * (1 - reach), cx = random.uniform(-1, 1) * (1 - reach);
  const auto radii = draw_radii(random, reach);
  const double ry = radii[0], rx = radii[1];
  const bool polygon = random.below(2) == 0;
  const double corners = 3 + random.below(6), turned = random.uniform(0, kTurn);
  std::array<double, 4> height{}, phase{};
  for (std::size_t k = 0; k < height.size(); ++k) {
    height[k] = polygon ? 0 : random.uniform(0, 0.5) / static_cast<double>(k + 1);
    phase[k] = random.uniform(0, kTurn);
  }
  mask.draw([&](double y, double x) {
    const double v = (y - cy) / ry, u = (x - cx) / rx, angle = std::atan2(v, u) + turned;
    double edge = 1;
    if (polygon) {
      const double side = kTurn / corners;
      const double within = angle - side * std::floor(angle / side) - side / 2;
      edge = std::cos(side / 2) / std::cos(within);
    }
    for (std::size_t k = 0; k < height.size(); ++k) {
      edge += height[k] * std::sin(static_cast<double>(k + 2) * angle + phase[k]);
    }
    return u * u + v * v < edge * std::max(edge, 0.0);
  });
}

// Anywhere; or, `fitted`, from side to side, as what was cut out of a photo and fitted in.
void draw_stroke(RandomStream& random, bool fitted, Mask& mask) {
  std::array<double, 4> end{};
  for (double& value : end) value = random.uniform(-1, 1);
  const double thick = random.uniform(0.04, fitted ? 0.3 : 0.2), bent = random.uniform(-0.6, 0.6);
  double dy = end[2] - end[0], dx = end[3] - end[1];
  if (fitted) {
    const double longer = (2 - 2 * thick) / std::max({std::abs(dy), std::abs(dx), 1e-3});
    dy *= longer;
    dx *= longer;
    end = {-dy / 2, -dx / 2, dy / 2, dx / 2};
  }
  const double length = std::max(dy * dy + dx * dx, 1e-3);
  mask.draw([&](double y, double x) {
    const double along = ((y - end[0]) * dy + (x - end[1]) * dx) / length;
    if (along < 0 || along > 1) return false;
    const double off = ((y - end[0]) * dx - (x - end[1]) * dy) / std::sqrt(length);
    return std::abs(off - bent * along * (1 - along)) < thick;
  });
}

// The same on both sides, as most signs and things that were made are.
void mirror(Mask& mask) {
  for (std::size_t y = 0; y < mask.height; ++y) {
    float* row = mask.values.data() + y * mask.width;
    for (std::size_t x = 0; x < mask.width / 2; ++x) row[mask.width - 1 - x] = row[x];
  }
}

// A box with round corners, standing upright: what a screen, a page, a button, a case looks like.
void draw_box(RandomStream& random, double reach, Mask& mask) {
  const auto radii = draw_radii(random, reach);
  const double ry = radii[0], rx = radii[1];
  const double cy = random.uniform(-1, 1) * (1 - reach), cx = random.uniform(-1, 1) * (1 - reach);
  const double corner = random.uniform(0, 1) * std::min(ry, rx);
  mask.draw([&](double y, double x) {
    const double v = std::abs(y - cy) - ry + corner, u = std::abs(x - cx) - rx + corner;
    if (v > 0 && u > 0) return v * v + u * u < corner * corner;
    return v < corner && u < corner;
  });
}

// Smooth random light and dark, finer and weaker from octave to octave: clouds, hills, leaves.
class Clouds {
 public:
  explicit Clouds(RandomStream& random) : fall_(random.uniform(0.35, 0.9)) {
    for (Wave& wave : waves_) {
      const double angle = random.uniform(0, kTurn), length = std::exp(random.uniform(0, 3));
      wave = {length * std::sin(angle), length * std::cos(angle), random.uniform(0, kTurn),
              std::pow(length, -fall_)};
      total_ += wave.height;
    }
  }

  // -1 to 1.
  double at(double y, double x) const {
    double sum = 0;
    for (const Wave& wave : waves_)
      sum += wave.height * std::sin(wave.y * y + wave.x * x + wave.phase);
    return std::clamp(2 * sum / total_, -1.0, 1.0);
  }

 private:
  struct Wave {
    double y, x, phase, height;
  };
  std::array<Wave, 12> waves_;
  double fall_, total_ = 0;
};

// What fills the mask, 0 to 1: one tone, as of what is drawn or printed; or one with light that
// falls off, or off from the middle, and stripes, spots, noise or clouds in it.
class Paint {
 public:
  explicit Paint(RandomStream& random) : clouds_(random) {
    kind_ = random.below(9);
    tone_ = random.uniform(0.15, 1);
    other_ = random.uniform(0, 1);
    slope_y_ = random.uniform(-0.3, 0.3);
    slope_x_ = random.uniform(-0.3, 0.3);
    const double angle = random.uniform(0, kTurn), waves = random.uniform(2, 14);
    wave_y_ = waves * std::sin(angle);
    wave_x_ = waves * std::cos(angle);
    noise_ = random.uniform(0, 0.1);
    if (kind_ == 6 || kind_ == 7) slope_y_ = slope_x_ = noise_ = 0;
  }

  double at(double y, double x, RandomStream& random) const {
    double value = tone_;
    const double one = std::sin(wave_y_ * y + wave_x_ * x);
    const double two = std::sin(wave_x_ * y - wave_y_ * x);
    if (kind_ == 1 && one > 0) value = other_;
    if (kind_ == 2 && one * two > 0) value = other_;
    if (kind_ == 3) value += (other_ - tone_) * (0.5 + 0.5 * one);
    if (kind_ == 8) value += (other_ - tone_) * std::min(y * y + x * x, 1.0);
    if (kind_ == 5) value += (other_ - tone_) * clouds_.at(y, x);
    if (kind_ == 4) value = random.uniform(std::min(tone_, other_), std::max(tone_, other_));
    return std::clamp(value + slope_y_ * y + slope_x_ * x + noise_ * random.normal(), 0.02, 1.0);
  }

 private:
  Clouds clouds_;
  std::uint32_t kind_;
  double tone_, other_, slope_y_, slope_x_, wave_y_, wave_x_, noise_;
};

void paint(const PictureSize& size, const Mask& mask, const std::vector<std::uint8_t>& background,
           RandomStream& random, std::uint8_t* picture) {
  const std::size_t plane = size.height * size.width;
  for (std::size_t c = 0; c < size.channels; ++c) {
    const Paint paint(random);
    const double away = background[c] < 128 ? 255.0 - background[c] : -1.0 * background[c];
    for (std::size_t i = 0; i < plane; ++i) {
      if (mask.values[i] == 0) continue;
      const double y = 2 * static_cast<double>(i / size.width) / static_cast<double>(size.height);
      const double x = 2 * static_cast<double>(i % size.width) / static_cast<double>(size.width);
      picture[c * plane + i] = static_cast<std::uint8_t>(
          std::lround(background[c] + away * paint.at(y - 1, x - 1, random)));
    }
  }
}

// Without its pixels that touch others.
Mask inner(const Mask& mask) {
  Mask result = mask;
  for (std::size_t i = 0; i < mask.values.size(); ++i) {
    const std::size_t y = i / mask.width, x = i % mask.width;
    const bool edge = y == 0 || x == 0 || y + 1 == mask.height || x + 1 == mask.width ||
                      mask.values[i - 1] == 0 || mask.values[i + 1] == 0 ||
                      mask.values[i - mask.width] == 0 || mask.values[i + mask.width] == 0;
    if (edge) result.values[i] = 0;
  }
  return result;
}

void clear(const PictureSize& size, const Mask& mask, const std::vector<std::uint8_t>& background,
           std::uint8_t* picture) {
  const std::size_t plane = size.height * size.width;
  for (std::size_t c = 0; c < size.channels; ++c) {
    for (std::size_t i = 0; i < plane; ++i) {
      if (mask.values[i] != 0) picture[c * plane + i] = background[c];
    }
  }
}

// The picture's tiles in another order, some of them turned by half.
void shuffle_tiles(const PictureSize& size, RandomStream& random, std::uint8_t* picture) {
  const std::size_t across = 2 + random.below(3);
  const std::size_t tall = size.height / across, wide = size.width / across;
  if (tall == 0 || wide == 0) return;
  std::vector<std::uint32_t> from(across * across);
  for (std::uint32_t i = 0; i < from.size(); ++i) from[i] = i;
  shuffle(from, random);
  const std::vector<std::uint8_t> src(picture, picture + size.elements());
  for (std::size_t tile = 0; tile < from.size(); ++tile) {
    const bool turned = random.below(2) == 0;
    const std::size_t to_y = tile / across * tall, to_x = tile % across * wide;
    const std::size_t at_y = from[tile] / across * tall, at_x = from[tile] % across * wide;
    for (std::size_t c = 0; c < size.channels; ++c) {
      for (std::size_t i = 0; i < tall * wide; ++i) {
        const std::size_t y = i / wide, x = i % wide;
        const std::size_t sy = turned ? tall - 1 - y : y, sx = turned ? wide - 1 - x : x;
        picture[(c * size.height + to_y + y) * size.width + to_x + x] =
            src[(c * size.height + at_y + sy) * size.width + at_x + sx];
      }
    }
  }
}

// As what was made smaller, or is out of focus.
void soften(const PictureSize& size, RandomStream& random, std::uint8_t* picture) {
  Canvas canvas{size, {picture, picture + size.elements()}, {}};
  blur(canvas, random.uniform(0.2, 1));
  std::ranges::transform(canvas.values, picture, [](float value) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 255.0F)));
  });
}

}  // namespace

void draw_junk(const PictureSize& size, RandomStream& random, std::uint8_t* picture) {
  const std::uint32_t kind = random.below(8);
  if (kind == 0) {
    shuffle_tiles(size, random, picture);
    return;
  }
  const std::size_t plane = size.height * size.width;
  std::vector<std::uint8_t> background;
  for (std::size_t c = 0; c < size.channels; ++c) {
    background.push_back(median_of_border(picture + c * plane, size.height, size.width));
    std::fill_n(picture + c * plane, plane, background.back());
  }
  // Several things over each other, each with its own paint; some with an outline.
  const std::uint32_t things = kind == 1 || random.below(3) == 0 ? 1 : 1 + random.below(4);
  const bool mirrored = random.below(3) == 0;
  for (std::uint32_t i = 0; i < things; ++i) {
    Mask mask(size);
    if (kind == 1) {
      std::ranges::fill(mask.values, 1.0F);
    } else if (kind <= 3) {
      const std::uint32_t strokes = 1 + random.below(4);
      for (std::uint32_t k = 0; k < strokes; ++k) draw_stroke(random, i + k == 0, mask);
    } else {
      // The first reaches from side to side, as what was fitted into the picture does.
      const double reach = i == 0
                               ? std::min(1.0, random.uniform(0.75, 1.25))  // often to the border
                               : random.uniform(0.15, 0.6);
      if (random.below(3) == 0) {
        draw_box(random, reach, mask);
      } else {
        draw_lump(random, reach, mask);
      }
      if (mirrored) mirror(mask);
      if (random.below(3) == 0) {
        paint(size, mask, background, random, picture);
        mask = inner(mask);
        // A frame alone, with nothing inside.
        if (random.below(3) == 0) {
          clear(size, mask, background, picture);
          continue;
        }
      }
    }
    paint(size, mask, background, random, picture);
  }
  if (random.below(2) == 0) soften(size, random, picture);
}

}  // namespace weft
