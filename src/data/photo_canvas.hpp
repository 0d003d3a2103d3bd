// What photo-like pictures, and junk, are drawn on.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "base/random.hpp"
#include "data/augment.hpp"

namespace weft {

inline bool chance(RandomStream& random, double probability) {
  return random.uniform() < probability;
}

// The picture in floats, and how much of each pixel the product covers.
struct Canvas {
  PictureSize size;
  std::vector<float> values;      // {channels, height, width}, less the background
  std::vector<float> background;  // {channels}

  std::size_t plane() const { return size.height * size.width; }
  float& at(std::size_t c, std::size_t i) { return values[c * plane() + i]; }
  float at(std::size_t c, std::size_t i) const { return values[c * plane() + i]; }
};

// From a position in the result, relative to its middle, to one in the source.
struct Affine {
  std::array<double, 4> matrix = {1, 0, 0, 1};
  double dx = 0, dy = 0;
};

// Draws src over dst, turned as `affine` says, then scaled, then moved to the right by middle_x
// pixels; where both have something, what differs more from the background stays. Bilinear; outside
// of src there is background.
void draw(const Canvas& src, const Affine& affine, double middle_x, double scale_x, double scale_y,
          Canvas& dst);

// Mixed with the mean of a pixel's neighbours by `amount`, -1 to 1: above 0 a blur, below 0
// sharpened.
void blur(Canvas& canvas, double amount);

// How much of a pixel is product, by its difference from the background.
float cover(const Canvas& canvas, std::size_t i);

// The rows and columns that hold the product, without the last ones; none where there is none.
struct Extent {
  std::size_t top = 0, left = 0, bottom = 0, right = 0;

  bool empty() const { return top >= bottom; }
  std::size_t height() const { return bottom - top; }
  std::size_t width() const { return right - left; }
};
Extent extent_of(const Canvas& canvas);

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
float toned(const Canvas& canvas, std::size_t channel, double tone);

}  // namespace weft
