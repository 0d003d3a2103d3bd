// What thinning took of a product: handles, straps, the edge of a sole.
#pragma once

#include "image/plane.hpp"
#include "image/regions.hpp"

namespace weft {

// The region, its holes filled, with what is connected to it and clearly unlike a plain background.
// What that encloses stays open where it is larger than a hundredth of the region, as under a
// handle. Nothing is added where the background is not plain, or where it would be more than a
// tenth: that is another thing, as the head and legs of somebody who wears the product. colours: of
// the photo, each channel about 0 to 1, {height, width} as the region.
Region with_details(const Plane& colours, const Region& region);

}  // namespace weft
