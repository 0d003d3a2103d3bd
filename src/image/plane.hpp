// Pictures as numbers, for arithmetic between decoding and the network.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "image/picture.hpp"

namespace weft {

// {height, width, channels}, as Picture has them, but any number of channels and any values.
struct Plane {
  std::size_t height = 0, width = 0, channels = 1;
  std::vector<float> values;

  Plane() = default;
  Plane(std::size_t rows, std::size_t columns, std::size_t depth = 1)
      : height(rows), width(columns), channels(depth), values(rows * columns * depth) {}

  std::size_t pixels() const { return height * width; }
  float* pixel(std::size_t i) { return values.data() + i * channels; }
  const float* pixel(std::size_t i) const { return values.data() + i * channels; }
};

// Values from 0 to 255. Throws Error(usage) for a picture that has no pixels, another number of
// channels than 1 or 3, or another number of values than its sizes say.
Plane to_plane(const Picture& picture);
// Clamped to 0 .. 255 and rounded. plane: of 1 or 3 channels.
Picture to_picture(const Plane& plane);

// Made larger by bilinear interpolation, smaller by means of areas; each axis by itself. Of bytes
// that come row by row, AreaMean makes such means while they are decoded.
Plane resampled(const Plane& plane, std::size_t height, std::size_t width);

// The sides of a picture whose longer one is `longest`, in the proportions of height to width; each
// at least 1.
struct Sides {
  std::size_t height, width;
};
Sides fitted(std::size_t height, std::size_t width, std::size_t longest);

// The pixels along the four sides, each once, and the lower median of each of their channels, of
// which there are 1 or 3.
std::vector<std::size_t> border_pixels(const Plane& plane);
std::array<float, 3> border_colour(const Plane& plane);

// Luminance of Rec. 601; of one channel, itself.
inline float grey_of(const float* pixel, std::size_t channels) {
  return channels == 1 ? pixel[0] : 0.299F * pixel[0] + 0.587F * pixel[1] + 0.114F * pixel[2];
}

}  // namespace weft
