#include "report/page.hpp"

#include <fmt/format.h>

#include <vector>

#include "base/base64.hpp"
#include "base/digest.hpp"
#include "report/assets.hpp"

namespace weft {
namespace {

using nlohmann::ordered_json;

// As a policy names what it lets run: "sha256-...".
std::string source_of(std::string_view text) {
  const std::string digits = sha256(text.data(), text.size());
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes.push_back(static_cast<std::byte>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return "sha256-" + base64(bytes);
}

// JSON in which no "<" can end the element around it.
std::string embedded(const ordered_json& data) {
  const std::string text = data.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace

std::string html_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string page(const std::string& title, const ordered_json& data) {
  const std::string_view script = page_script(), style = page_style();
  // JSON replaces what is no UTF-8; the title goes the same way.
  const std::string readable = ordered_json::parse(
      ordered_json(title).dump(-1, ' ', false, ordered_json::error_handler_t::replace));
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; base-uri 'none'; "
      "form-action 'none'; img-src data: blob:; style-src '{}'; script-src '{}'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n"
      "<title>{}</title>\n<style>{}</style>\n"
      "<body><noscript><p>This page draws its pictures with a script of its own, which is switched "
      "off here.</p></noscript>\n"
      "<script type=\"application/json\" id=\"data\">{}</script>\n<script>{}</script>\n</html>\n",
      source_of(style), source_of(script), html_text(readable), style, embedded(data), script);
}

}  // namespace weft
