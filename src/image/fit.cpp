#include "image/fit.hpp"

#include "image/photo_steps.hpp"

namespace weft {

void fit(const Picture& picture, const Shape& input, std::span<std::uint8_t> dst) {
  convert(picture, plain_steps(), input, dst);
}

}  // namespace weft
