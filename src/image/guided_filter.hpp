// Smoothing that keeps to the edges of another picture: He, Sun and Tang, "Guided image filtering",
// 2010, with a guide of three channels.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "image/plane.hpp"

namespace weft {

class GuidedFilter {
 public:
  // guide: {h, w, 3}, which must outlive this. Windows of 2 radius + 1 pixels a side; epsilon: the
  // variance, in the guide's units, below which it counts as flat.
  GuidedFilter(const Plane& guide, std::size_t radius, float epsilon);

  // src, of one channel and the guide's size, as locally linear functions of the guide.
  Plane operator()(const Plane& src);

 private:
  const Plane& guide_;
  std::size_t radius_;
  Plane means_;                                // of the guide: {h, w, 3}
  std::vector<std::array<float, 6>> inverse_;  // of its covariance and epsilon: xx xy xz yy yz zz
  Plane sums_, linear_;                        // {h, w, 4}, on the way, kept from call to call
};

// Assigns to result the means over windows of 2 radius + 1 pixels a side, of what of them is
// inside. src: another plane, of 1, 3, 4 or 6 channels; else throws Error(usage).
void box_mean(const Plane& src, std::size_t radius, Plane& result);

}  // namespace weft
