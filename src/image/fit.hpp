// A picture made to the size that a network takes, with its proportions kept.
#pragma once

#include <cstdint>
#include <span>

#include "image/picture.hpp"
#include "weft/tensor.hpp"

namespace weft {

// dst: {channels, height, width} = `input`, of 1 channel (grey, by luminance: Rec. 601) or 3. The
// picture is scaled, by means of areas when it becomes smaller, bilinear when larger, until it just
// fits, and stands in the middle; around it is its background, the median of each channel of its
// border. Throws Error(usage) for other channels or an empty picture.
void fit(const Picture& picture, const Shape& input, std::span<std::uint8_t> dst);

}  // namespace weft
