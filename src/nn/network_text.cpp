#include "nn/network_text.hpp"

#include <cstdint>

#include "base/error.hpp"

namespace weft {
namespace {

constexpr std::size_t kMostLayers = 1000;
constexpr std::size_t kMostDepth = 8;

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

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::vector<LayerText> network() {
    std::vector<LayerText> layers = list("", 0);
    if (at_ < text_.size()) {
      fail(ErrorCode::usage, "network: a \"}}\" after layer {} that no \"{{\" opened",
           layers.back().place);
    }
    return layers;
  }

 private:
  // Layers up to the end of the text or the brace that closes the list.
  std::vector<LayerText> list(const std::string& prefix, std::size_t depth) {
    std::vector<LayerText> layers;
    do {
      if (count_++ == kMostLayers) {
        fail(ErrorCode::usage, "network: more than {} layers", kMostLayers);
      }
      layers.push_back(layer(prefix + std::to_string(layers.size()), depth));
    } while (take(','));
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const auto name_at = [&](std::size_t j) {
        return j < layers.size() ? layers[j].name : std::string();
      };
      const bool pools = name_at(i + 1).ends_with("pool");
      layers[i].bias_is_idle = name_at(pools ? i + 2 : i + 1) == "batchnorm";
    }
    return layers;
  }

  LayerText layer(const std::string& place, std::size_t depth) {
    LayerText layer;
    layer.place = place;
    layer.words = words(place);
    if (layer.words.empty()) {
      fail(ErrorCode::usage,
           "network: layer {} is empty: write layers as in \"dense 50, sigmoid, dense 10\"", place);
    }
    layer.name = layer.words.front();
    layer.words.erase(layer.words.begin());
    if (layer.name == "residual") {
      body(layer, depth);
    } else if (at_ < text_.size() && text_[at_] == '{') {
      fail(ErrorCode::usage, "network: layer {} (\"{}\"): only residual takes layers in braces",
           place, layer.text());
    }
    return layer;
  }

  void body(LayerText& layer, std::size_t depth) {
    if (!layer.words.empty() || !take('{')) {
      fail(ErrorCode::usage,
           "network: layer {} (\"{}\"): residual takes layers in braces, as in \"residual {{ conv "
           "32 3x3, batchnorm, relu }}\"",
           layer.place, layer.name);
    }
    if (depth == kMostDepth) {
      fail(ErrorCode::usage, "network: layer {}: more than {} residuals inside each other",
           layer.place, kMostDepth);
    }
    layer.body = list(layer.place + ".body.", depth + 1);
    if (!take('}')) {
      fail(ErrorCode::usage, "network: layer {} (\"residual\"): its \"}}\" is missing",
           layer.place);
    }
    if (!words(layer.place).empty()) {
      fail(ErrorCode::usage, "network: a comma is missing after layer {} (\"residual\")",
           layer.place);
    }
  }

  std::vector<std::string> words(const std::string& place) {
    std::vector<std::string> words;
    bool inside = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == ',' || c == '{' || c == '}') break;
      if (is_space(c)) {
        inside = false;
        continue;
      }
      const char lower = word_character(c);
      if (lower == '\0') {
        fail(ErrorCode::usage,
             "network: layer {} has the character '{}' (code {}), which no layer has", place,
             c >= ' ' && c <= '~' ? c : '?', static_cast<unsigned char>(c));
      }
      if (!inside) words.emplace_back();
      inside = true;
      words.back() += lower;
    }
    return words;
  }

  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0, count_ = 0;
};

}  // namespace

std::string LayerText::text() const {
  std::string whole = name;
  for (const std::string& word : words) whole += " " + word;
  if (!body.empty()) whole += " { " + text_of(body) + " }";
  return whole;
}

std::string text_of(const std::vector<LayerText>& layers) {
  std::string text;
  for (const LayerText& layer : layers) text += (text.empty() ? "" : ", ") + layer.text();
  return text;
}

std::vector<LayerText> parse_network(std::string_view text) {
  return Parser(text).network();
}

}  // namespace weft
