// The text form of a network: "dense 50, sigmoid, dense 10". What a layer's words mean is the
// layer's business.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft {

struct LayerText {
  std::string name;                // lower case
  std::vector<std::string> words;  // what follows the name, lower case
  std::size_t index = 0;           // of the layer in its network, from 0

  std::string text() const;  // "dense 50 nobias"
};

// Layers are separated by commas; white space is free, case does not matter.
// Throws Error(usage) for an empty text or layer, a character that no layer has, or more than 1,000
// layers.
std::vector<LayerText> parse_network(std::string_view text);

}  // namespace weft
