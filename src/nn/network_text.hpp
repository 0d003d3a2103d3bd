// The text form of a network: "conv 32 3x3, relu, residual { conv 32 3x3 }, dense 10". What a
// layer's words mean is the layer's business.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft {

struct LayerText {
  std::string name;                // lower case
  std::vector<std::string> words;  // what follows the name, lower case
  std::string place = "0";         // of the layer in its network: "3", in a residual "3.body.1"
  std::vector<LayerText> body;     // of a residual
  bool bias_is_idle = false;       // a batchnorm takes a bias away again: conv has none by itself

  std::string text() const;  // "dense 50 nobias"
};

std::string text_of(const std::vector<LayerText>& layers);  // with commas between

// Layers are separated by commas, "residual { ... }" holds layers of its own; white space is free,
// case does not matter. Throws Error(usage) for an empty text or layer, a character that no layer
// has, braces that do not match, more than 1,000 layers or 8 residuals inside each other.
std::vector<LayerText> parse_network(std::string_view text);

}  // namespace weft
