#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace weft::cli {
namespace {

struct Character {
  std::uint32_t code;  // kBroken where the bytes are not UTF-8
  std::size_t bytes;
};
constexpr std::uint32_t kBroken = 0xFFFFFFFF;

Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return {kBroken, 1};
  std::uint32_t code = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return {kBroken, 1};
    code = code << 6 | (byte & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLeast[bytes] || code > 0x10FFFF || surrogate) return {kBroken, 1};
  return {code, bytes};
}

// C0, DEL, C1, and what turns the direction of writing or breaks lines.
bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
         code == 0xFEFF || code == kBroken;
}

std::size_t width_of(std::uint32_t code) {
  using Range = std::pair<std::uint32_t, std::uint32_t>;
  constexpr std::array kWide{Range{0x1100, 0x115F},   Range{0x2E80, 0xA4CF},  Range{0xAC00, 0xD7A3},
                             Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},  Range{0xFF00, 0xFF60},
                             Range{0x1F300, 0x1FAFF}, Range{0x20000, 0x3FFFD}};
  if ((code >= 0x300 && code <= 0x36F) || (code >= 0xFE00 && code <= 0xFE0F)) return 0;
  const auto holds = [code](const Range& range) {
    return code >= range.first && code <= range.second;
  };
  return std::ranges::any_of(kWide, holds) ? 2 : 1;
}

// The end of printable text, at most `columns` wide.
std::string ending(std::string_view text, std::size_t columns) {
  std::size_t left = columns_of(text), at = 0;
  while (left > columns) {
    const Character character = first_character(text.substr(at));
    left -= width_of(character.code);
    at += character.bytes;
  }
  return std::string(text.substr(at));
}

// As much of printable text as `columns` hold, with an ellipsis where that is not all.
std::string shortened(const std::string& text, std::size_t columns) {
  if (columns_of(text) <= columns) return text;
  return columns == 0 ? "" : beginning(text, columns - 1) + "…";
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = first_character(text.substr(at));
    if (is_control(character.code)) {
      shown += '?';
    } else {
      shown += text.substr(at, character.bytes);
    }
    at += character.bytes;
  }
  return shown;
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = first_character(text.substr(at));
    columns += width_of(character.code);
    at += character.bytes;
  }
  return columns;
}

std::string fit(std::string_view text, std::size_t columns) {
  const std::string shown = shortened(printable(text), columns);
  return shown + std::string(columns - columns_of(shown), ' ');
}

std::string fit_right(std::string_view text, std::size_t columns) {
  const std::string shown = shortened(printable(text), columns);
  return std::string(columns - columns_of(shown), ' ') + shown;
}

std::string fit_end(std::string_view text, std::size_t columns) {
  std::string shown = printable(text);
  if (columns_of(shown) > columns) shown = columns == 0 ? "" : "…" + ending(shown, columns - 1);
  return shown + std::string(columns - columns_of(shown), ' ');
}

std::string cut_middle(std::string_view text, std::size_t columns) {
  const std::string shown = printable(text);
  if (columns_of(shown) <= columns || columns == 0) return cut(shown, columns);
  const std::size_t head = (columns - 1) / 2;
  return beginning(shown, head) + "…" + ending(shown, columns - 1 - head);
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = first_character(text.substr(at));
    valid += character.code == kBroken ? "\xEF\xBF\xBD" : text.substr(at, character.bytes);
    at += character.bytes;
  }
  return valid;
}

std::string cut(std::string_view text, std::size_t columns) {
  return shortened(printable(text), columns);
}

std::string beginning(std::string_view text, std::size_t columns) {
  const std::string shown = printable(text);
  std::string head;
  std::size_t used = 0;
  for (std::size_t at = 0; at < shown.size();) {
    const Character character = first_character(std::string_view(shown).substr(at));
    used += width_of(character.code);
    if (used > columns) break;
    head.append(shown, at, character.bytes);
    at += character.bytes;
  }
  return head;
}

std::size_t widest(const std::vector<std::string>& names, std::size_t most) {
  std::size_t columns = 0;
  for (const std::string& name : names) columns = std::max(columns, columns_of(printable(name)));
  return std::min(columns, most);
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (lines.empty() || columns_of(lines.back()) + 1 + columns_of(word) > columns) {
      lines.emplace_back(word);
    } else {
      lines.back() += " " + std::string(word);
    }
    at = end + 1;
  }
  return lines;
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos) {
    return std::string(text);
  }
  std::string word = "\"";
  for (const char c : text) {
    if (std::string_view("\"\\$`").find(c) != std::string_view::npos) word += '\\';
    word += c;
  }
  return word + "\"";
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace weft::cli
