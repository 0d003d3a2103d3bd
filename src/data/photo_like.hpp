// Catalogue pictures made to look as if they had been cut out of photos that people take.
#pragma once

#include <cstdint>

#include "base/random.hpp"
#include "data/apparel.hpp"
#include "data/augment.hpp"

namespace weft {

// Changes a picture of one product on a plain background: turned, stretched and tilted; sometimes
// two of it beside each other, or worn by somebody; tones inverted, bent, spread or pressed
// together; pieces of what lay behind it left over, pieces of it lost; blurred, sharpened, noisy.
// What these do follows from how a product that is found in a photo goes wrong, not from any photo.
// The background (the median of each channel's border) stays as it is. picture: {channels, height,
// width}, in place.
void make_photo_like(const PictureSize& size, Apparel apparel, RandomStream& random,
                     std::uint8_t* picture);

}  // namespace weft
