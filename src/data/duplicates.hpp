// Pictures that stand in two parts of a data set, if not to the byte: what is measured on them says
// nothing of new pictures.
#pragma once

#include <cstdint>
#include <vector>

#include "weft/tensor.hpp"

namespace weft {

// Which way it gets lighter, in 8 x 8 places of a picture: to the right and downwards. Another size
// or compression changes few of the bits.
struct PictureHash {
  std::uint64_t across = 0, down = 0;
};

// images: u8, {n, channels, height, width} with 1 or 3 channels.
std::vector<PictureHash> hashes_of(const Tensor& images);

struct Twins {
  std::uint32_t first = 0, second = 0;  // rows
};

// For each row of `second` that is nearly equal to a row of `first` one such pair, in the order of
// `second`: at most 12 of the 128 bits differ, and the values by 8 of 255 or a fifth of the
// picture's contrast in the mean. Pictures of one shape. The hashes are hashes_of the two.
std::vector<Twins> near_duplicates(const Tensor& first,
                                   const std::vector<PictureHash>& first_hashes,
                                   const Tensor& second,
                                   const std::vector<PictureHash>& second_hashes);

}  // namespace weft
