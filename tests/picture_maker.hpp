// Image files for tests, made by libvips: a module of its own, as the tests do not link libvips.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "image/picture.hpp"

namespace weft::test {

enum class Profile : int {
  none,
  srgb,
  swapped,      // sRGB's, but what it calls red is green, and the reverse
  linear_grey,  // grey whose values are light
  nonsense,     // bytes that are no profile
};

struct FileStyle {
  const char* format = ".png";  // as libvips writes it: ".jpg[Q=90,interlace]"
  int orientation = 0;          // EXIF's; 0: none is written
  Profile profile = Profile::none;
  bool cmyk = false;           // four channels are CMYK
  bool wide = false;           // 16 bits a value, 257 times those of the picture
  std::size_t frames = 1;      // that the height is divided into
  const char* type = nullptr;  // of the values, when another than 8 or 16 bits: "float"
};

// Of a picture with any number of channels; an even one has transparency last, but for CMYK.
std::vector<std::byte> image_file(const Picture& picture, const FileStyle& style = {});

}  // namespace weft::test
