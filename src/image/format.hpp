// What an image file is, by its first bytes: names lie.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace weft {

// The numbers are what the module for pictures is told.
enum class PictureFormat : int { jpeg = 1, png = 2, webp = 3, gif = 4, tiff = 5, heif = 6 };

// "JPEG"; AVIF and HEIC are one, "AVIF or HEIC".
const char* name_of(PictureFormat format);

// Throws Error(bad_input) that says what the file is instead, as far as a few bytes tell, and what
// is read. `name` is for errors.
PictureFormat format_of(std::span<const std::byte> file, const std::string& name);

}  // namespace weft
