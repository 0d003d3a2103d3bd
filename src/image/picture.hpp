// A decoded picture in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weft {

// Rows from the top, 8 bits a value: {height, width, channels}. One channel is grey, three are
// sRGB.
struct Picture {
  std::size_t height = 0, width = 0, channels = 3;
  std::vector<std::uint8_t> pixels;
};

}  // namespace weft
