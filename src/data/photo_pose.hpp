// How photos show a product: turned, stretched, tilted, in pairs, worn, with a hood that stands.
#pragma once

#include "base/random.hpp"
#include "data/apparel.hpp"
#include "data/photo_canvas.hpp"

namespace weft {

// The product in another pose. src is changed on the way.
Canvas posed(Canvas& src, Apparel apparel, RandomStream& random);

}  // namespace weft
