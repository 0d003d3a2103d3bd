// What a class's pictures show, as far as it tells how photos of them look.
#pragma once

#include <cstdint>
#include <string_view>

namespace weft {

enum class Apparel : std::uint8_t {
  unknown,
  shoe,    // shown in pairs, at an angle, and from above
  top,     // worn by somebody; laid out wide, with its sleeves spread
  hooded,  // a top that may have a hood, which lies flat in one picture and stands in another
  dress,   // worn by somebody
  bag,     // of any proportions; its handle is thin, and easily lost
  other,
};

// By the last word of the class's name, in English, that says anything of it: a shirt dress is a
// dress. Plurals with an s are known.
Apparel apparel_of(std::string_view class_name);

}  // namespace weft
