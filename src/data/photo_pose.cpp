#include "data/photo_pose.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "data/photo_sole.hpp"
#include "data/photo_worn.hpp"

namespace weft {
namespace {

// turned: degrees clockwise, about `higher` times as high as it was before that.
Affine draw_affine(RandomStream& random, double turned, double higher) {
  const double turn = turned * std::numbers::pi / 180;
  const double zoom = random.uniform(0.8, 1.1);
  const double stretch = std::sqrt(higher) * std::exp(random.uniform(-0.17, 0.17));
  const double shear = random.uniform(-0.2, 0.2);
  const double mirror = chance(random, 0.5) ? -1 : 1;
  // Mirrored, stretched, tilted, turned, in the order from the source to the result.
  const double c = std::cos(turn) / zoom, s = std::sin(turn) / zoom;
  const double sx = mirror * std::min(stretch, 1.0), sy = 1 / std::max(stretch, 1.0);
  return {{sx * (c + shear * s), sx * (s - shear * c), sy * -s, sy * c},
          random.uniform(-1.5, 1.5),
          random.uniform(-1.5, 1.5)};
}

// With something in its own tones above: a hood, a collar that stands, a hanger's shoulders, a
// handle. Training pictures were laid flat, with nothing there.
void raise_hood(Canvas& canvas, RandomStream& random) {
  Canvas smaller{canvas.size, std::vector<float>(canvas.values.size()), canvas.background};
  const double scale = random.uniform(0.65, 0.9);
  Affine affine;
  affine.dy = (1 - scale) * static_cast<double>(canvas.size.height) / 2;
  // Wider for its height, at times, as with its sleeves spread.
  draw(canvas, affine, 0, scale * random.uniform(0.9, 1.4), scale, smaller);
  const double half_y = static_cast<double>(canvas.size.height) / 2;
  const double half_x = static_cast<double>(canvas.size.width) / 2;
  const double ry = half_y * (1 - scale) * random.uniform(0.8, 1.3);
  const double rx = half_x * random.uniform(0.15, 0.38);
  // From the rim down to a little below where the product now begins.
  const Ellipse hood{half_y * 2 * (1 - scale) - 0.6 * ry, half_x - 0.5, ry, rx, 0};
  if (extent_of(smaller).empty()) return;
  // Filled with a piece of the product's middle, darker or lighter, and at times an opening in it.
  const double tone = random.uniform(0.7, 1.15), opening = random.uniform(0.4, 0.8);
  const double inside = chance(random, 0.5) ? random.uniform(0.3, 1.2) : 1;
  for (std::size_t i = 0; i < canvas.plane(); ++i) {
    const auto [v, u] = hood.place(canvas.size, i);
    const double r = u * u + v * v;
    if (r > 1 || cover(smaller, i) > 0.5F) continue;
    const std::size_t x = i % canvas.size.width;
    const auto y = static_cast<std::size_t>(half_y * (1.2 + 0.4 * std::min(v, 1.0)));
    const double shade = tone * (r < opening * opening ? inside : 1);
    for (std::size_t c = 0; c < canvas.size.channels; ++c) {
      const float cloth =
          smaller.at(c, std::min(y, canvas.size.height - 1) * canvas.size.width + x);
      smaller.at(c, i) = static_cast<float>(shade) * cloth;
    }
  }
  canvas = std::move(smaller);
}

// Without what stands above it, and in the middle again.
void lose_top(Canvas& canvas, RandomStream& random) {
  const double share = random.uniform(0.15, 0.45);
  const auto rows = static_cast<std::size_t>(share * static_cast<double>(canvas.size.height));
  for (std::size_t c = 0; c < canvas.size.channels; ++c) {
    std::fill_n(&canvas.at(c, 0), rows * canvas.size.width, 0.0F);
  }
  Canvas middle{canvas.size, std::vector<float>(canvas.values.size()), canvas.background};
  Affine affine;
  affine.dy = -static_cast<double>(rows) / 2;
  draw(canvas, affine, 0, 1, 1, middle);
  canvas = std::move(middle);
}

// Within a curve between an ellipse and its box: as a rucksack, or a bag that is soft.
void round_corners(Canvas& canvas, RandomStream& random) {
  const Extent extent = extent_of(canvas);
  if (extent.empty()) return;
  const double ry = static_cast<double>(extent.height()) / 2;
  const double rx = static_cast<double>(extent.width()) / 2;
  const double cy = static_cast<double>(extent.top) + ry - 0.5;
  const double cx = static_cast<double>(extent.left) + rx - 0.5;
  const double power = random.uniform(2, 5);
  for (std::size_t i = 0; i < canvas.plane(); ++i) {
    const double v = (static_cast<double>(i / canvas.size.width) - cy) / ry;
    const double u = (static_cast<double>(i % canvas.size.width) - cx) / rx;
    if (std::pow(std::abs(v), power) + std::pow(std::abs(u), power) <= 1) continue;
    for (std::size_t c = 0; c < canvas.size.channels; ++c) canvas.at(c, i) = 0;
  }
}

// How photos show a product: the chances of each, and how much higher they make it than it is.
struct Showing {
  double worn = 0, hooded = 0, top_lost = 0;  // one of them, at most
  double folded = 0;                          // sleeves, if it is not worn
  double rounded = 0;
  double from_above = 0;
  double pair = 0.03;
  double on_its_side = 0.06;       // if it is alone
  double lowest = 0, highest = 0;  // logarithms
};

Showing showing(Apparel apparel, bool wide) {
  switch (apparel) {
    case Apparel::shoe:  // at an angle, and from above
      return {.from_above = 0.3, .pair = 0.35, .on_its_side = 0.2, .lowest = -0.1, .highest = 0.7};
    case Apparel::top:  // laid out wide
      return {.worn = 0.2, .folded = 0.3, .lowest = -0.4, .highest = 0.1};
    case Apparel::hooded:
      return {.worn = 0.2, .hooded = 0.4, .folded = 0.3, .lowest = -0.4, .highest = 0.1};
    case Apparel::dress:
      return {.worn = 0.2};
    case Apparel::bag:
      return {.top_lost = 0.35, .rounded = 0.4, .lowest = -0.3, .highest = 0.8};
    case Apparel::other:
      return {};
    case Apparel::unknown:
      break;
  }
  return wide ? showing(Apparel::shoe, true) : Showing{.worn = 0.12, .hooded = 0.2};
}

}  // namespace

Canvas posed(Canvas& src, Apparel apparel, RandomStream& random) {
  Canvas dst{src.size, std::vector<float>(src.values.size()), src.background};
  const Extent extent = extent_of(src);
  const Showing shown = showing(apparel, extent.width() > extent.height());
  const bool worn = chance(random, shown.worn);
  if (!worn && chance(random, shown.folded)) fold_sleeves(src, random);
  if (worn) {
    dress_somebody(src, apparel == Apparel::dress, random);
  } else if (chance(random, shown.hooded)) {
    raise_hood(src, random);
  } else if (chance(random, shown.top_lost)) {
    lose_top(src, random);
  }
  if (chance(random, shown.rounded)) round_corners(src, random);
  if (chance(random, shown.from_above)) {
    draw_soles(src, random, dst);
    return dst;
  }
  double turned = chance(random, 0.8) ? 10 * random.normal() : random.uniform(-45, 45);
  const double higher = std::exp(random.uniform(shown.lowest, shown.highest));
  if (!chance(random, shown.pair)) {
    if (chance(random, shown.on_its_side)) turned += chance(random, 0.5) ? 90 : -90;
    draw(src, draw_affine(random, turned, higher), 0, 1, 1, dst);
    return dst;
  }
  const bool upright = chance(random, 0.65);
  if (upright) turned += chance(random, 0.5) ? 90 : -90;
  Affine affine = draw_affine(random, turned, higher);
  const double apart = random.uniform(0.17, 0.27) * static_cast<double>(src.size.width);
  const double scale_x = upright ? random.uniform(0.75, 1.1) : random.uniform(0.5, 0.7);
  const double scale_y = upright ? random.uniform(0.75, 1) : random.uniform(0.7, 1.2);
  draw(src, affine, -apart, scale_x, scale_y, dst);
  if (chance(random, 0.7)) {  // the other foot's
    affine.matrix[0] = -affine.matrix[0];
    affine.matrix[2] = -affine.matrix[2];
  }
  const double fan = chance(random, 0.5) ? 0 : random.uniform(-0.4, 0.4);
  affine.matrix[1] += fan * affine.matrix[0];
  affine.matrix[3] += fan * affine.matrix[2];
  affine.dy += random.uniform(-3, 3);
  draw(src, affine, apart, scale_x, scale_y, dst);
  return dst;
}

}  // namespace weft
