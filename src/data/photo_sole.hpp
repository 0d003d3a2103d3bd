// Shoes as they are seen from above.
#pragma once

#include "data/photo_canvas.hpp"

namespace weft {

// Draws `src`, a shoe in side view whose toe is on the left, as one or two shoes from above, their
// toes up or down: its ridge runs along the middle of a sole's outline, its sole along both edges.
// What is open in side view is filled with the tone of an insole. Training pictures show shoes from
// the side alone, photos of pairs mostly from above. Nothing is drawn of an empty picture.
void draw_soles(const Canvas& src, RandomStream& random, Canvas& dst);

}  // namespace weft
