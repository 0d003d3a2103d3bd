// Pictures of nothing that a network knows, for it to learn that there are such.
#pragma once

#include <cstdint>

#include "base/random.hpp"
#include "data/augment.hpp"

namespace weft {

// Draws over a picture: shapes, strokes, blobs, stripes, noise, light that falls off, or the
// picture itself in pieces that are put together wrongly. Most stand alone on the picture's
// background (the median of each channel's border), as something that was cut out of a photo does.
// picture: {channels, height, width}, in place.
void draw_junk(const PictureSize& size, RandomStream& random, std::uint8_t* picture);

}  // namespace weft
