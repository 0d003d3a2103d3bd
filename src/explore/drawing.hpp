// Pictures made of pictures, for people to look at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "explore/occlusion.hpp"
#include "explore/saliency.hpp"
#include "image/picture.hpp"
#include "weft/tensor.hpp"

namespace weft {

// What a network takes, {channels, height, width} of 1 or 3 channels, as a picture.
Picture picture_of(std::span<const std::uint8_t> input, const Shape& shape);

// Three channels, whatever there were.
Picture in_colour(const Picture& picture);

// Each pixel becomes a square of so many.
Picture enlarged(const Picture& picture, std::size_t times);

// Scaled with its proportions kept until it just fits into a square of this side: by whole squares
// of pixels when it becomes at least twice as large, else smoothly.
Picture fitted_into(const Picture& picture, std::size_t side);

// Where hiding takes from the probability the input, made grey, turns red; where it adds, blue: the
// fuller the more, relative to the largest of either, or to 0.02, so that nothing is made of what
// hardly counts. input: of the map's size.
Picture heat(const Picture& input, const OcclusionMap& map);

// The same without colour: what hiding takes, from black, for nothing, to white.
Picture heat_alone(const OcclusionMap& map);

// Likewise of pixels that speak for a class, red, and against it, blue: of each its mean with those
// about it, relative to the largest of these, or to 0.001.
Picture heat(const Picture& input, const SaliencyMap& map);
Picture heat_alone(const SaliencyMap& map);

// Rows of pictures on white, each in the middle of a square of this side, with gaps around them.
Picture panel(const std::vector<std::vector<Picture>>& rows, std::size_t side);

}  // namespace weft
