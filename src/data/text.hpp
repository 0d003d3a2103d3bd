// Text from files: what it looks like in a message, and the number it stands for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// For a message: between quotation marks, what is not printable ASCII as \xNN, and no more than the
// first `most` bytes.
std::string excerpt(std::string_view text, std::size_t most = 60);

// The first bytes in hexadecimal: "50 4b 03 04".
std::string hexadecimal(std::span<const std::uint8_t> bytes, std::size_t most = 8);

// The number that the whole text is, "nan" and "inf" among them; spaces are not skipped.
std::optional<double> number_of(std::string_view text);

// A to Z as a to z.
std::string lower(std::string_view text);

// Without control characters but those that text has: tabs, ends of lines, form feeds.
bool is_readable(std::string_view text);

// The lines, however they end, without what ends them; no empty ones at the end.
std::vector<std::string> lines_of(std::string_view text);

// s where count = s * s, 0 where there is none.
std::size_t square_root(std::size_t count);

}  // namespace weft
