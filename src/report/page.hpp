// One HTML file that needs nothing else: no network, no server, no other file.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace weft {

// Text for HTML, also between quotation marks: no character of it is markup.
std::string html_text(std::string_view text);

// A page that draws `data` (docs/reports.md says what it holds; its "kind" says which page). Text
// in `data` may be anything: bytes that are not UTF-8 become U+FFFD. The page forbids itself every
// request and every script but its own.
std::string page(const std::string& title, const nlohmann::ordered_json& data);

}  // namespace weft
