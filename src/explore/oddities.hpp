// Pictures that are not what they should be, by their pixels alone.
#pragma once

#include <vector>

#include "explore/fingerprint.hpp"

namespace weft {

enum class Defect { none, one_colour, cut_off };
const char* name_of(Defect defect);  // "one colour"

// One colour: no channel's values differ by more than 8 levels. Cut off: the lowest rows, two or
// more and an eighth of the height or more, are of one colour (by 2 levels), which differs by more
// than 16 levels from the median of the border above them, and from that of the top row, so that it
// is no background.
std::vector<Defect> find_defects(const PictureRows& pictures, int threads);

// How far each picture is from its kind: the distance of its fingerprint from the fifth nearest of
// up to 5,000 others, which are taken at equal steps through them all. 0 where there are fewer than
// five others, and for plain pictures.
std::vector<float> strangeness(const PictureRows& pictures, int threads);

// The positions of the values above the third quartile by more than three times the distance of the
// quartiles ("far out": Tukey, Exploratory data analysis, 1977), the largest first.
std::vector<std::uint32_t> far_out(const std::vector<float>& values);

}  // namespace weft
