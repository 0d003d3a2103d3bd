// Clothes as somebody wears them.
#pragma once

#include "data/photo_canvas.hpp"

namespace weft {

// The product smaller, with what shows of a body around it: a head with hair, a neck, arms that
// hang or rest on the hips, and legs, or what they wear, down to the picture's rim. Sleeves that
// hang beside the body are bent at times as such arms are. legs_bare: as beneath a dress.
void dress_somebody(Canvas& canvas, bool legs_bare, RandomStream& random);

// Sleeves that hang beside the body are laid close to it, bent, their cuffs towards its hem. A
// product without such sleeves stays as it is.
void fold_sleeves(Canvas& canvas, RandomStream& random);

}  // namespace weft
