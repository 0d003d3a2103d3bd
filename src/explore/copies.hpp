// Pictures that are in a data set twice: to the byte, moved by a pixel, brighter or darker.
#pragma once

#include <cstdint>
#include <vector>

#include "explore/fingerprint.hpp"

namespace weft {

struct Copy {
  std::uint32_t first = 0, second = 0;  // first < second
  bool exact = false;                   // equal bytes
  double likeness = 0;  // the share of the second's variance that the first explains: 0 to 1
};

// For each picture that an earlier one is equal or nearly equal to, the first equal one, else the
// most like it; by `second`. Nearly equal: moved by at most a pixel each way, and with the same
// levels but for a factor of 0.25 to 4, a summand, and cutting off at 0 and 255, one picture
// explains 99.5 % of the other's variance. Without allowing for what was cut off they correlate by
// 0.97, moved ones by 0.9974. Plain pictures (a deviation below 2 levels) have equal
// ones alone; pictures with a side below 8 are not moved.
std::vector<Copy> find_copies(const PictureRows& pictures, int threads);

// The share of the variance of `copy` that a line through `original`, cut off at 0 and 255,
// explains. Both: rows of `width` bytes, the same number; pixels of the original at (y + dy, x +
// dx) are compared with the copy's at (y, x) where both are, without the outermost `border` ones.
double explained(std::span<const std::uint8_t> original, std::span<const std::uint8_t> copy,
                 const Shape& picture, int dy, int dx, std::size_t border);

}  // namespace weft
