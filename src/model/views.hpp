// Views as a model file lists them: "plain", "mirror", "shift 1 -1 reflect", "mirror gamma 0.5".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "weft/model.hpp"

namespace weft {

// Pixels that a view may be moved by, each way.
constexpr int kMostViewShift = 64;
// And the exponent of its tones, or one over it.
constexpr double kMostViewGamma = 8;

std::string text_of(const View& view);
std::vector<std::string> texts_of(const std::vector<View>& views);
// Nothing where the text is none of a view.
std::optional<View> parse_view(const std::string& text);

}  // namespace weft
