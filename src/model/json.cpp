#include "model/json.hpp"

namespace weft {

using nlohmann::json;

bool is_utf8(std::string_view text) {
  try {
    json(text).dump();
    return true;
  } catch (const json::type_error&) {
    return false;
  }
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 80;
  const std::string head(text.substr(0, kMost));
  const char* cut = text.size() > kMost ? "..." : "";
  return json(head).dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace) + cut;
}

std::optional<json> parse_json(std::string_view text) {
  constexpr std::size_t kMostBytes = 4 << 20;
  constexpr int kMostLevels = 16;
  // A NUL would end the text for the parser, whatever stands behind it.
  if (text.size() > kMostBytes || text.find('\0') != text.npos) return std::nullopt;
  bool too_deep = false;
  const auto check_depth = [&too_deep](int depth, json::parse_event_t, const json&) {
    too_deep = too_deep || depth > kMostLevels;
    return !too_deep;
  };
  json value = json::parse(text, check_depth, /*allow_exceptions=*/false);
  if (too_deep || value.is_discarded()) return std::nullopt;
  return value;
}

}  // namespace weft
