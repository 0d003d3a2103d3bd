// Regions of pixels: what is marked, thinned, thickened, connected.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weft {

// 1 where a pixel is in the region: {height, width}.
struct Region {
  std::size_t height = 0, width = 0;
  std::vector<std::uint8_t> in;

  std::size_t count() const;
};

// Neighbours are the four that share a side. Outside the picture nothing is in the region.
Region eroded(const Region& region);
Region dilated(const Region& region);

// Every pixel's connected part of the region, numbered from 1 in the order of their first pixels; 0
// outside. count: of parts.
struct Parts {
  std::vector<std::uint32_t> of;
  std::size_t count = 0;
};
Parts connected_parts(const Region& region);

// With what it surrounds: what is outside and not connected to the picture's border.
Region filled(const Region& region);

}  // namespace weft
