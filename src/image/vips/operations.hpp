// libvips' images and operations with owners and exceptions.
#pragma once

#include <vips/vips.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace weft {

// libvips has failed; why stands in its buffer.
struct VipsFailure {};

inline void check(int status) {
  if (status != 0) throw VipsFailure{};
}

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

// The image that the operation puts into its argument; nothing is computed yet.
template <class Operation>
Image made_by(const Operation& operation) {
  VipsImage* result = nullptr;
  const int status = operation(&result);
  Image made(result);
  check(status);
  return made;
}

inline std::size_t width_of(const Image& image) {
  return static_cast<std::size_t>(vips_image_get_width(image.get()));
}
inline std::size_t height_of(const Image& image) {
  return static_cast<std::size_t>(vips_image_get_height(image.get()));
}
inline std::size_t bands_of(const Image& image) {
  return static_cast<std::size_t>(vips_image_get_bands(image.get()));
}

// Computes the image in this thread, some rows at a time from the top, and hands each to `use` with
// its number: files are read in this order. All are of 8 bits a value.
template <class Use>
void for_each_row(const Image& image, const Use& use) {
  constexpr int kRows = 16;
  const std::unique_ptr<VipsRegion, Unref> region(vips_region_new(image.get()));
  const int width = vips_image_get_width(image.get());
  const int height = vips_image_get_height(image.get());
  for (int top = 0; top < height; top += kRows) {
    const VipsRect rows{0, top, width, std::min(kRows, height - top)};
    check(vips_region_prepare(region.get(), &rows));
    for (int y = top; y < top + rows.height; ++y) {
      use(static_cast<const std::uint8_t*>(VIPS_REGION_ADDR(region.get(), 0, y)),
          static_cast<std::size_t>(y));
    }
  }
}

}  // namespace weft
