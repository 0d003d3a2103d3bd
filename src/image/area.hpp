// Pictures made smaller by means of areas: every value is the mean of what its pixel covers, exact
// but for the last rounding. Rows come one after the other, so the large picture need not be held.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weft {

class AreaMean {
 public:
  // From src_height x src_width to dst_height x dst_width, neither side longer than before, none 0;
  // both of `channels` values a pixel. Fewer than 2^24 rows, 2^32 pixels.
  AreaMean(std::size_t src_height, std::size_t src_width, std::size_t dst_height,
           std::size_t dst_width, std::size_t channels, std::uint8_t* dst);

  void add(const std::uint8_t* row);  // src_height times; after the last dst is filled

 private:
  void add_weighted(const std::uint8_t* row, std::uint32_t weight);
  template <std::size_t kChannels>  // 0: any
  void finish_row();

  // What a pixel of dst covers along its row: of the first and the last pixel only a part, of the
  // last perhaps nothing.
  struct Span {
    std::size_t first, last, of_first, of_last;
  };

  std::size_t src_height_, dst_height_, dst_width_, channels_;
  double area_;  // of src
  std::vector<Span> spans_;
  std::uint8_t* dst_;
  std::size_t src_row_ = 0, dst_row_ = 0;
  std::vector<std::uint32_t> sums_;  // of the rows that the next row of dst covers
};

}  // namespace weft
