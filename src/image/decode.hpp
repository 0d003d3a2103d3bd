// Image files to pictures and back: JPEG, PNG, WebP, GIF, TIFF (of both the first frame), and AVIF
// and HEIC where libvips has them. What is no plain JPEG (jpeg.hpp) libvips decodes, in a module
// that is loaded by the first such call: it and its libraries would cost every start 70 ms.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "image/picture.hpp"

namespace weft {

struct DecodeOptions {
  // A file that is larger, or claims more pixels, is refused before anything is decoded. So is one
  // that cannot be decoded by rows and would take more than four bytes for each of max_pixels.
  std::size_t max_bytes = std::size_t{64} << 20;
  std::size_t max_pixels = 100'000'000;
  // 0: the size that the file has. Else the longer side is made no longer than this, while decoding
  // where the format can; nothing is ever enlarged.
  std::size_t longest_side = 0;
  // What shows through where the picture is transparent.
  std::array<std::uint8_t, 3> background = {255, 255, 255};
};

// Upright by its EXIF orientation, in sRGB (by its colour profile; CMYK too) or grey, 8 bits.
// `name` is for errors. May be called by several threads at once. Throws Error(bad_input) with the
// name and the reason; Error(failed) when the module is not installed.
Picture decode(std::span<const std::byte> file, const std::string& name,
               const DecodeOptions& options = {});
Picture decode_file(const std::filesystem::path& path, const DecodeOptions& options = {});

// Does the name end as an image file's that may be decoded, whatever its case?
bool is_picture_name(const std::filesystem::path& path);

// The same picture gives the same bytes.
std::vector<std::byte> encode_png(const Picture& picture);

}  // namespace weft
