// A picture in characters.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "weft/tensor.hpp"

namespace weft::cli {

// Two rows of pixels a line, dark to light in five steps, the channels' mean; made smaller to fit
// into `columns`. pixels: {channels, height, width}. Each line is indented and ended.
std::string picture_in_characters(std::span<const std::uint8_t> pixels, const Shape& shape,
                                  std::size_t columns);

}  // namespace weft::cli
