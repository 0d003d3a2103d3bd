// The JSON inside a model file, which nobody has vouched for.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace weft {

bool is_utf8(std::string_view text);

// The text in quotation marks for a message: control characters and invalid bytes escaped, long
// texts cut.
std::string shown(std::string_view text);

// Nothing when the text is not JSON, nests deeper than 16 levels or is longer than 4 MiB.
std::optional<nlohmann::json> parse_json(std::string_view text);

}  // namespace weft
