// Bytes as text.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace weft {

// RFC 4648, section 4: with padding, in one line.
std::string base64(std::span<const std::byte> bytes);

}  // namespace weft
