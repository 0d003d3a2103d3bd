// Which parts of a picture an answer rests on: those that, hidden, take from its probability.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "weft/predictor.hpp"

namespace weft {

struct OcclusionMap {
  std::size_t side = 0;  // of the square that hides, in pixels
  std::size_t height = 0, width = 0;
  // {height, width}: the mean, over the squares that hide the pixel, of what the class's
  // probability loses; below 0 where it gains.
  std::vector<float> drop;
  float largest = 0;  // what one square takes at most; 0 where none takes anything
};

// The side of the squares that hide, for pictures of this size.
std::size_t occlusion_side(std::size_t height, std::size_t width);

// A square of a fifth of the shorter side is moved over the picture, in at most 24 steps each way,
// filled with each channel's median along the border (Zeiler and Fergus, 2014, section 4.2, hide
// with grey: here the background is what a picture has where there is nothing). picture: {channels,
// height, width} = `input`, which is the model's; label: of the class that is asked about.
OcclusionMap occlusion(Predictor& predictor, std::span<const std::uint8_t> picture,
                       const Shape& input, std::size_t label);

}  // namespace weft
