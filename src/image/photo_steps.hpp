// From a photo to the picture that a network takes, in steps that have names. The model file lists
// them, each with the version of what it does, so that a picture to be predicted goes the way that
// the network was made for.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "image/picture.hpp"
#include "weft/tensor.hpp"

namespace weft {

// In the order in which they are done, whichever of them are:
enum class PhotoStep {
  product,  // all but the product becomes white
  trim,     // cut to the product; where that is not known, by the corners' colour
  fit,      // scaled until the longer side is the network's; always done
  sharpen,  // its difference from a Gaussian of sigma 1, 3 x 3, is added
  centre,   // in the middle of the network's size, on its background; always done
  negate,   // 255 less the value
  grey,     // one channel, by luminance; done by itself where the network takes one
};

struct PhotoSteps {
  std::vector<PhotoStep> steps;  // ascending; with fit and centre

  bool has(PhotoStep step) const;
  friend bool operator==(const PhotoSteps&, const PhotoSteps&) = default;
};

// How Fashion-MNIST's pictures were made of a shop's: trim, fit, sharpen, centre, negate, grey
// (Xiao, Rasul and Vollgraf, 2017, section 2).
PhotoSteps authors_steps();
// Behind `product`, for backgrounds that are not plain, and without sharpen, which on the way from
// a photo to 28 pixels makes no difference (docs/adr/0006-finding-the-product.md).
PhotoSteps catalogue_steps();
// Fit and centre: for networks that learn from photos themselves.
PhotoSteps plain_steps();

// "product, trim, fit, sharpen, centre, negate, grey". Throws Error(usage) for another name, one
// that is there twice, another order, or without fit and centre.
PhotoSteps parse_photo_steps(std::string_view text);
std::string text_of(const PhotoSteps& steps);
const char* name_of(PhotoStep step);
std::vector<PhotoStep> all_photo_steps();  // in their order
// What a model file says beside the name, and what is done differently with another number.
constexpr int kPhotoStepVersion = 1;

// Called after each step with its name and the picture as it then is.
using PhotoWatcher = std::function<void(PhotoStep step, const Picture& picture)>;

// photo: 1 or 3 channels. dst: {channels, height, width} = input, of 1 or 3 channels. Throws
// Error(usage).
void convert(const Picture& photo, const PhotoSteps& steps, const Shape& input,
             std::span<std::uint8_t> dst, const PhotoWatcher& watch = {});

// The longer side that a photo is best decoded to for a network that takes `input`.
std::size_t decoded_side(const Shape& input);

}  // namespace weft
