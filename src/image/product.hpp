// Where in a photo the product is.
#pragma once

#include "image/plane.hpp"

namespace weft {

struct Product {
  // How much of each pixel is product, 0 to 1: {h, w} of one channel, a smaller picture of the
  // photo.
  Plane cover;
  // False where nothing was told apart from what is around it: then all of the photo is covered.
  bool found = false;
};

// photo: 1 or 3 channels, 0 to 255. The colours of the border are taken for those of the
// background; what they do not explain, nearer the middle rather than not, is the product. Both are
// learned anew a few times, as GrabCut does (Rother, Kolmogorov and Blake, 2004), with the guided
// filter in place of its graph cut. Of the regions that are left the largest is kept, and any
// nearly as large; on a plain background with its details.
Product find_product(const Plane& photo);

}  // namespace weft
