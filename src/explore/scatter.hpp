// A map of pictures as a picture.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "image/picture.hpp"
#include "weft/data.hpp"

namespace weft {

using Colour = std::array<std::uint8_t, 3>;  // sRGB

// The colour of a class in maps: clearly different ones for the first ten, then hues that are as
// far apart as can be.
Colour class_colour(std::size_t label);
std::string hexadecimal(const Colour& colour);  // "#4e79a7"

// places {n, 2} on white, x to the right and y upwards, the same scale for both, into a square of
// this side; each point a disc in its class's colour, grey where there are no labels. Where there
// are labels a column beside it says which colour is which: for each class its colour and the
// picture in the middle of its points, as many classes as there is room for. pictures: of these
// places.
Picture scatter(std::span<const float> places, const LabelledImages& pictures, std::size_t classes,
                std::size_t side = 1400);

}  // namespace weft
