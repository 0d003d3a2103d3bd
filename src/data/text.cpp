#include "data/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace weft {

std::string excerpt(std::string_view text, std::size_t most) {
  std::string shown = "\"";
  for (const char c : text.substr(0, most)) {
    const bool printable = c >= ' ' && c <= '~' && c != '"' && c != '\\';
    shown +=
        printable ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return shown + (text.size() > most ? "\"..." : "\"");
}

std::string hexadecimal(std::span<const std::uint8_t> bytes, std::size_t most) {
  return fmt::format("{:02x}", fmt::join(bytes.first(std::min(most, bytes.size())), " "));
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (stopped != end || text.empty()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return HUGE_VAL;
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool is_readable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= ' ' && byte != 0x7f) || c == '\t' || c == '\n' || c == '\r' || c == '\f';
  });
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

std::size_t square_root(std::size_t count) {
  auto root = static_cast<std::size_t>(std::sqrt(static_cast<double>(count)));
  while (root * root < count) ++root;
  while (root * root > count) --root;
  return root * root == count ? root : 0;
}

}  // namespace weft
