// Which colours a region has: a mixture of Gaussians, of which the nearest counts.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "image/plane.hpp"

namespace weft {

class ColourMixture {
 public:
  // colours: {h, w, 3}; weights: of each pixel, 0 for those outside the region. At most `parts`
  // Gaussians, fewer where there are fewer colours; none when all weights are 0. Begins at colours
  // that are far from each other, so the result depends on the arguments alone.
  ColourMixture(const Plane& colours, std::span<const float> weights, std::size_t parts);

  bool empty() const { return parts_.empty(); }
  // Of each pixel, minus the logarithm of the density of the part that its colour fits best.
  // colours: {h, w, 3}.
  std::vector<float> surprises(const Plane& colours) const;

 private:
  struct Part {
    std::array<float, 3> mean;
    std::array<float, 6> inverse;  // of the covariance: xx, xy, xz, yy, yz, zz
    float constant;                // half the determinant's logarithm, less that of the share
  };
  std::vector<Part> parts_;
};

}  // namespace weft
