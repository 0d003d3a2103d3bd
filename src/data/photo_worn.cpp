#include "data/photo_worn.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace weft {
namespace {

struct Point {
  double y, x;
};

// All within a radius of the line from one point to another.
struct Limb {
  Point from, to;
  double radius;

  bool holds(Point p) const {
    const double dy = to.y - from.y, dx = to.x - from.x;
    const double along =
        ((p.y - from.y) * dy + (p.x - from.x) * dx) / std::max(dy * dy + dx * dx, 1e-6);
    const double t = std::clamp(along, 0.0, 1.0);
    return std::hypot(p.y - from.y - t * dy, p.x - from.x - t * dx) <= radius;
  }
};

// What a product covers, and how long its sleeves are.
struct Garment {
  double top, bottom, left, right;  // pixels
  bool sleeved;                     // down to its lower half

  double height() const { return bottom - top; }
  double width() const { return right - left; }
  double middle() const { return (left + right) / 2; }
};

Garment garment_of(const Canvas& canvas) {
  const auto [top, left, bottom, right] = extent_of(canvas);
  if (top >= bottom) return {};
  // What is narrow is a body alone.
  const bool wide = 3 * (right - left) > 2 * (bottom - top);
  // Of the outer seventh on both sides, the rows from the middle to four fifths.
  const std::size_t edge = std::max<std::size_t>((right - left) / 7, 1);
  std::size_t covered = 0, all = 0;
  for (std::size_t y = (top + bottom) / 2; y < top + (bottom - top) * 4 / 5; ++y) {
    for (std::size_t x = left; x < right; ++x) {
      if (x >= left + edge && x < right - edge) continue;
      ++all;
      covered += cover(canvas, y * canvas.size.width + x) >= 0.5F ? 1 : 0;
    }
  }
  return {static_cast<double>(top), static_cast<double>(bottom), static_cast<double>(left),
          static_cast<double>(right), wide && 2 * covered > all};
}

// In one tone, where the product is not.
void paint(Canvas& canvas, const std::vector<float>& product, const std::vector<Limb>& limbs,
           double tone) {
  for (std::size_t i = 0; i < canvas.plane(); ++i) {
    if (product[i] > 0.5F) continue;
    const Point p{static_cast<double>(i / canvas.size.width) + 0.5,
                  static_cast<double>(i % canvas.size.width) + 0.5};
    if (std::ranges::none_of(limbs, [&](const Limb& limb) { return limb.holds(p); })) continue;
    for (std::size_t c = 0; c < canvas.size.channels; ++c) canvas.at(c, i) = toned(canvas, c, tone);
  }
}

// In place of what is outside of the body, sleeves of the product's own cloth: from as far within
// the body, or from its middle where that is a gap.
void bend_sleeves(Canvas& canvas, const Garment& garment, double half_body,
                  const std::vector<Limb>& arms) {
  const Canvas before = canvas;
  const std::size_t width = canvas.size.width;
  const auto last = static_cast<double>(width - 1);
  for (std::size_t i = 0; i < canvas.plane(); ++i) {
    const std::size_t row = i / width;
    const Point p{static_cast<double>(row) + 0.5, static_cast<double>(i % width) + 0.5};
    const double aside = p.x - garment.middle();
    const double outside = std::abs(aside) - half_body;
    const bool body = outside <= 0;
    if (body && cover(canvas, i) >= 0.5F) continue;
    const bool arm = std::ranges::any_of(arms, [&](const Limb& limb) { return limb.holds(p); });
    if (body && !arm) continue;
    const double within = std::max(half_body - std::abs(outside), 0.0);
    const auto column = [&](double from) {
      return row * width + static_cast<std::size_t>(std::clamp(from, 0.0, last));
    };
    std::size_t cloth = column(garment.middle() + std::copysign(within, aside));
    if (body || cover(before, cloth) < 0.5F) cloth = column(garment.middle());
    for (std::size_t c = 0; c < canvas.size.channels; ++c) {
      canvas.at(c, i) = arm ? before.at(c, cloth) : 0;
    }
  }
}

// On the hips, or straight down; at times one of them is hidden.
std::vector<Limb> arms_of(const Garment& garment, double half_body, double shoulder, double hip,
                          RandomStream& random) {
  const double tall = garment.height(), middle = garment.middle();
  const double thick = tall * random.uniform(0.06, 0.1);
  const bool akimbo = chance(random, 0.6);
  const double out = half_body + tall * (akimbo ? random.uniform(0.1, 0.3) : 0.1);
  const double reach = akimbo ? half_body * random.uniform(0.6, 1.1) : half_body + 0.1 * tall;
  const double hand = akimbo ? hip : garment.bottom + tall * random.uniform(-0.1, 0.15);
  const double elbow = (shoulder + hand) / 2 + tall * random.uniform(-0.05, 0.1);
  std::vector<Limb> arms;
  for (const double side : {-1.0, 1.0}) {
    if (chance(random, 0.15)) continue;
    const Point bend{elbow, middle + side * out};
    arms.push_back({{shoulder, middle + side * half_body}, bend, thick});
    arms.push_back({bend, {hand, middle + side * reach}, thick * 0.85});
  }
  return arms;
}

// From the hem down to the picture's rim; what they wear is one piece to below the hips.
std::vector<Limb> legs_of(const Garment& garment, double half_body, double hip, bool bare,
                          RandomStream& random) {
  constexpr double kBeyondTheRim = 1000;
  const double hem = garment.bottom - 1, middle = garment.middle();
  const double apart = half_body * random.uniform(0.4, 0.6);
  const double leg = half_body * (bare ? random.uniform(0.2, 0.35) : random.uniform(0.4, 0.6));
  std::vector<Limb> legs;
  for (const double x : {middle - apart, middle + apart}) {
    legs.push_back({{hem, x}, {kBeyondTheRim, x}, leg});
  }
  if (!bare) legs.push_back({{hem, middle}, {hip + garment.height() * 0.3, middle}, leg});
  return legs;
}

// With hair, short or long, and a neck.
void paint_head(Canvas& canvas, const std::vector<float>& product, const Garment& garment,
                double skin, RandomStream& random) {
  const double tall = garment.height(), middle = garment.middle();
  const double head = tall * random.uniform(0.1, 0.15);
  const double aside = tall * random.uniform(-0.05, 0.05);
  const Point face{garment.top - head * random.uniform(1.2, 1.8), middle + aside};
  const Point chin{face.y + head * 0.5, face.x};
  if (chance(random, 0.8)) {
    const double fall = chance(random, 0.4) ? head * random.uniform(1, 2.5) : 0;
    const Point crown{face.y - head * 0.4, face.x};
    const double tone = random.uniform(0.1, 1), full = head * random.uniform(1, 1.3);
    paint(canvas, product, {{crown, {crown.y + fall, face.x}, full}}, tone);
  }
  paint(canvas, product,
        {{face, chin, head * 0.85}, {chin, {garment.top + 2, middle}, head * 0.55}}, skin);
}

}  // namespace

void fold_sleeves(Canvas& canvas, RandomStream& random) {
  const Garment garment = garment_of(canvas);
  if (!garment.sleeved || garment.height() < 4 || garment.width() < 4) return;
  const double tall = garment.height(), middle = garment.middle();
  const double half_body = garment.width() / 2 * random.uniform(0.55, 0.75);
  const double shoulder = garment.top + tall * random.uniform(0.12, 0.25);
  const double elbow = garment.top + tall * random.uniform(0.45, 0.7);
  const double cuff = garment.top + tall * random.uniform(0.75, 1);
  const double out = half_body + tall * random.uniform(0, 0.25);
  const double in = half_body * random.uniform(0.5, 1);
  const double thick = tall * random.uniform(0.09, 0.16);
  std::vector<Limb> arms;
  for (const double side : {-1.0, 1.0}) {
    const Point bend{elbow, middle + side * out};
    arms.push_back({{shoulder, middle + side * (half_body - thick / 2)}, bend, thick});
    arms.push_back({bend, {cuff, middle + side * in}, thick});
  }
  bend_sleeves(canvas, garment, half_body, arms);
}

void dress_somebody(Canvas& canvas, bool legs_bare, RandomStream& random) {
  Canvas smaller{canvas.size, std::vector<float>(canvas.values.size()), canvas.background};
  const double scale = random.uniform(0.5, 0.8), down = random.uniform(-0.1, 0.2);
  Affine affine;
  affine.dy = down * static_cast<double>(canvas.size.height) / 2;
  draw(canvas, affine, 0, scale * random.uniform(0.85, 1.1), scale, smaller);
  const Garment garment = garment_of(smaller);
  if (garment.height() < 4 || garment.width() < 4) return;
  const double half_body = garment.width() / 2 *
                           (garment.sleeved ? random.uniform(0.55, 0.7) : random.uniform(0.7, 0.9));
  const double shoulder = garment.top + garment.height() * random.uniform(0.1, 0.2);
  const double hip = garment.top + garment.height() * random.uniform(0.75, 0.95);
  const std::vector<Limb> arms = arms_of(garment, half_body, shoulder, hip, random);
  if (garment.sleeved && chance(random, 0.6)) bend_sleeves(smaller, garment, half_body, arms);
  std::vector<float> product(smaller.plane());
  for (std::size_t i = 0; i < product.size(); ++i) product[i] = cover(smaller, i);
  const double skin = random.uniform(0.15, 0.9);
  if (!garment.sleeved && chance(random, 0.8)) paint(smaller, product, arms, skin);
  if (chance(random, 0.75)) {
    const std::vector<Limb> legs = legs_of(garment, half_body, hip, legs_bare, random);
    paint(smaller, product, legs, legs_bare ? skin : random.uniform(0.1, 1));
  }
  if (chance(random, 0.85)) paint_head(smaller, product, garment, skin, random);
  canvas = std::move(smaller);
}

}  // namespace weft
