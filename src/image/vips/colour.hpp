// Rows as files have them made rows of a Picture: sRGB or grey, without transparency.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "image/vips/operations.hpp"

namespace weft {

// The image with 8 bits a value. Throws Refusal for what is neither grey, RGB nor CMYK, with or
// without transparency, in whole numbers.
Image to_8_bits(const Image& image);

struct DeleteTransform {
  void operator()(void* transform) const;
};
using Transform = std::unique_ptr<void, DeleteTransform>;  // lcms2's

class Colours {
 public:
  // Of what to_8_bits gives, for so many pixels. Colours are converted by the file's profile; one
  // that cannot be used is passed over. `background`, of three values, shows through where the
  // image is transparent.
  Colours(const Image& image, std::size_t pixels, const std::uint8_t* background);

  bool transparent() const { return transparent_; }
  std::size_t channels() const { return channels_; }  // after the conversion: 1 or 3

  // src: width pixels of the image; dst: width x channels().
  void convert(const std::uint8_t* src, std::uint8_t* dst, std::size_t width) const;

 private:
  std::size_t bands_;
  bool transparent_;
  std::size_t channels_;
  std::uint8_t background_[3] = {};
  Transform transform_;  // null: the colours are right
};

}  // namespace weft
