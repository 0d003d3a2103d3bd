#include "nn/network_text.hpp"

#include <cstdint>

#include "base/error.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostLayers = 1000;

// The characters of names, numbers and sizes such as 3x3, lower-cased; 0 for any other.
char word_character(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  const bool known =
      (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  return known ? c : '\0';
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

LayerText parse_layer(std::string_view text, std::size_t index) {
  LayerText layer;
  layer.index = index;
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : text) {
    if (is_space(c)) {
      inside = false;
      continue;
    }
    const char lower = word_character(c);
    if (lower == '\0') {
      fail(ErrorCode::usage,
           "network: layer {} has the character '{}' (code {}), which no layer has", index,
           c >= ' ' && c <= '~' ? c : '?', static_cast<unsigned char>(c));
    }
    if (!inside) words.emplace_back();
    inside = true;
    words.back() += lower;
  }
  if (words.empty()) {
    fail(ErrorCode::usage,
         "network: layer {} is empty: write layers as in \"dense 50, sigmoid, dense 10\"", index);
  }
  layer.name = words.front();
  layer.words.assign(words.begin() + 1, words.end());
  return layer;
}

}  // namespace

std::string LayerText::text() const {
  std::string whole = name;
  for (const std::string& word : words) whole += " " + word;
  return whole;
}

std::vector<LayerText> parse_network(std::string_view text) {
  std::vector<LayerText> layers;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (layers.size() == kMostLayers) {
      fail(ErrorCode::usage, "network: more than {} layers", kMostLayers);
    }
    layers.push_back(parse_layer(text.substr(begin, end - begin), layers.size()));
    begin = end + 1;
  }
  return layers;
}

}  // namespace weft
