// Which known pictures a picture is like.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weft/tensor.hpp"

namespace weft {

struct Neighbour {
  std::size_t index;  // among the known pictures
  double distance;    // the root of the mean squared difference of their bytes: 0 to 255
};

// The `count` nearest, nearest first; of equally near ones those that come first. images: u8 {n,
// channels, height, width}; picture: the bytes of one. Threads share the work.
std::vector<Neighbour> nearest(const Tensor& images, std::span<const std::uint8_t> picture,
                               std::size_t count);

}  // namespace weft
