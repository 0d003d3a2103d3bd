#include "data/photo_like.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace weft {
namespace {

bool chance(RandomStream& random, double probability) {
  return random.uniform() < probability;
}

// The picture in floats, and how much of each pixel the product covers.
struct Canvas {
  PictureSize size;
  std::vector<float> values;      // {channels, height, width}, less the background
  std::vector<float> background;  // {channels}

  std::size_t plane() const { return size.height * size.width; }
  float& at(std::size_t c, std::size_t i) { return values[c * plane() + i]; }
};

// From a position in the result, relative to its middle, to one in the source.
struct Affine {
  std::array<double, 4> matrix = {1, 0, 0, 1};
  double dx = 0, dy = 0;
};

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

// Bilinear; outside there is background, which is 0.
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

// How much of a pixel is product, by its difference from the background.
float cover(Canvas& canvas, std::size_t i) {
  float most = 0;
  for (std::size_t c = 0; c < canvas.size.channels; ++c) {
    most = std::max(most, std::abs(canvas.at(c, i)));
  }
  return std::min(1.0F, most / 40);
}

// An ellipse about a middle, its sides leaning to the right by `lean` where it goes down by its
// height.
struct Ellipse {
  double y, x, ry, rx, lean = 0;  // in pixels, but for lean

  // Where a pixel is in it, in its own radii; outside where the squares add up to more than 1.
  std::array<double, 2> place(const PictureSize& size, std::size_t i) const {
    const double v = (static_cast<double>(i / size.width) - y) / ry;
    return {v, (static_cast<double>(i % size.width) - x) / rx + lean * v};
  }
};

// The value that is this share of the way from the background to what is farthest from it.
float toned(const Canvas& canvas, std::size_t channel, double tone) {
  const float background = canvas.background[channel];
  return (background < 128 ? 255 - background : -background) * static_cast<float>(tone);
}

// Is the product wider than high?
bool lies(Canvas& canvas) {
  std::size_t top = canvas.size.height, bottom = 0, left = canvas.size.width, right = 0;
  for (std::size_t i = 0; i < canvas.plane(); ++i) {
    if (cover(canvas, i) < 0.5F) continue;
    const std::size_t y = i / canvas.size.width, x = i % canvas.size.width;
    top = std::min(top, y);
    bottom = std::max(bottom, y);
    left = std::min(left, x);
    right = std::max(right, x);
  }
  return right >= left && bottom >= top && right - left > bottom - top;
}

// As if somebody wore it: smaller, with a head above, and some of arms and legs, in tones of their
// own.
void dress_somebody(Canvas& canvas, RandomStream& random) {
  Canvas smaller{canvas.size, std::vector<float>(canvas.values.size()), canvas.background};
  const double scale = random.uniform(0.5, 0.75), down = random.uniform(-0.05, 0.2);
  Affine affine;
  affine.dy = down * static_cast<double>(canvas.size.height) / 2;
  draw(canvas, affine, 0, scale, scale, smaller);
  const double half_y = static_cast<double>(canvas.size.height) / 2;
  const double half_x = static_cast<double>(canvas.size.width) / 2;
  std::vector<Ellipse> skin, cloth;
  const auto add = [&](std::vector<Ellipse>& to, double y, double x, double ry, double rx,
                       double lean) {
    to.push_back({half_y * (1 + y) - 0.5, half_x * (1 + x) - 0.5, half_y * ry, half_x * rx, lean});
  };
  const double aside = random.uniform(-0.05, 0.05), long_head = random.uniform(0.14, 0.22);
  add(skin, down - scale - 0.12, aside, long_head, random.uniform(0.1, 0.16), 0);
  const double apart = random.uniform(0.08, 0.2);
  for (const double side : {-1.0, 1.0}) {
    if (chance(random, 0.6)) {
      add(cloth, down + scale + 0.2, side * apart, random.uniform(0.4, 0.7), 0.1, 0);
    }
    if (chance(random, 0.4)) {
      add(skin, down + 0.1, side * scale * 0.6, 0.35, 0.07, side * random.uniform(-0.4, 0.4));
    }
  }
  const auto paint = [&](const std::vector<Ellipse>& limbs, double tone) {
    for (const Ellipse& limb : limbs) {
      for (std::size_t i = 0; i < canvas.plane(); ++i) {
        const auto [v, u] = limb.place(canvas.size, i);
        if (u * u + v * v > 1 || cover(smaller, i) > 0.5F) continue;
        for (std::size_t c = 0; c < canvas.size.channels; ++c) {
          smaller.at(c, i) = toned(canvas, c, tone);
        }
      }
    }
  };
  paint(skin, random.uniform(0.2, 0.9));
  paint(cloth, random.uniform(0.1, 1));
  canvas = std::move(smaller);
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
  const double rx = half_x * random.uniform(0.12, 0.3);
  // From the rim down to a little below where the product now begins.
  const Ellipse hood{half_y * 2 * (1 - scale) - 0.6 * ry, half_x - 0.5, ry, rx, 0};
  double most = 0;
  for (std::size_t i = 0; i < canvas.plane(); ++i) most += cover(smaller, i);
  if (most < 1) return;
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

// How photos show a product: the chances of each, and how much higher they make it than it is.
struct Showing {
  double worn = 0, hooded = 0, top_lost = 0;  // one of them, at most
  double pair = 0.03;
  double on_its_side = 0.06;       // if it is alone
  double lowest = 0, highest = 0;  // logarithms
};

Showing showing(Apparel apparel, bool wide) {
  switch (apparel) {
    case Apparel::shoe:  // at an angle, and from above
      return {.pair = 0.35, .on_its_side = 0.2, .lowest = -0.1, .highest = 0.7};
    case Apparel::top:  // laid out wide
      return {.worn = 0.2, .lowest = -0.4, .highest = 0.1};
    case Apparel::hooded:
      return {.worn = 0.2, .hooded = 0.4, .lowest = -0.4, .highest = 0.1};
    case Apparel::dress:
      return {.worn = 0.2};
    case Apparel::bag:
      return {.top_lost = 0.35, .lowest = -0.3, .highest = 0.3};
    case Apparel::other:
      return {};
    case Apparel::unknown:
      break;
  }
  return wide ? showing(Apparel::shoe, true) : Showing{.worn = 0.12, .hooded = 0.2};
}

Canvas placed(Canvas& src, Apparel apparel, RandomStream& random) {
  Canvas dst{src.size, std::vector<float>(src.values.size()), src.background};
  const Showing shown = showing(apparel, lies(src));
  if (chance(random, shown.worn)) {
    dress_somebody(src, random);
  } else if (chance(random, shown.hooded)) {
    raise_hood(src, random);
  } else if (chance(random, shown.top_lost)) {
    lose_top(src, random);
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

// Mixed with the mean of a pixel's neighbours: above 0 a blur, below 0 sharpened.
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
  canvas = placed(canvas, apparel, random);
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
