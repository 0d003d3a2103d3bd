// Plain JPEG files, without the module: in grey, YCbCr or RGB, without a colour profile. libjpeg
// decodes them, libexif says how they lie.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "image/decode.hpp"

namespace weft {

// None for others, which are the module's. The same picture as the module would give. Throws
// Refusal.
std::optional<Picture> decode_plain_jpeg(std::span<const std::byte> file,
                                         const DecodeOptions& options);

}  // namespace weft
