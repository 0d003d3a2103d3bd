#include "image/limits.hpp"

#include <algorithm>
#include <cmath>

namespace weft {

void check_limits(std::size_t height, std::size_t width, std::size_t held, std::size_t max_pixels) {
  const std::string size = std::to_string(width) + " x " + std::to_string(height) + " pixels";
  if (height * width > max_pixels) {
    throw Refusal{size + ", but at most " + std::to_string(max_pixels) +
                  " are read: make it smaller"};
  }
  // Four bytes for each of the pixels that may be read.
  if (held / 4 > max_pixels) {
    throw Refusal{
        size + " take " + std::to_string(held) +
        " bytes of memory to decode, as such a file is not decoded by rows, but at most " +
        std::to_string(4 * max_pixels) + " are given: make it smaller"};
  }
}

double shrink_of(std::size_t height, std::size_t width, std::size_t longest_side) {
  const std::size_t longest = std::max(height, width);
  if (longest_side == 0 || longest <= longest_side) return 1;
  return static_cast<double>(longest) / static_cast<double>(longest_side);
}

std::size_t shrunk(std::size_t side, double shrink, std::size_t most) {
  const auto wanted = std::lrint(static_cast<double>(side) / shrink);
  return std::clamp<std::size_t>(static_cast<std::size_t>(wanted), 1, most);
}

// JPEG's way has no sharp borders between frequencies, so the last factor of two is left to the
// mean of areas: the error against doing it all so is then 1.5 grey levels instead of 3.7, for a
// quarter more time. No side is made none.
int shrink_in_jpeg(std::size_t height, std::size_t width, double shrink) {
  const double most = std::min(shrink, static_cast<double>(std::min(height, width)));
  int part = 1;
  while (part < 8 && part * 4 <= shrink && part * 2 <= most) part *= 2;
  return part;
}

}  // namespace weft
