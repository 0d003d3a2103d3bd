// Views as a model file lists them: "plain", "mirror", "shift 1 -1", "mirror shift 1 -1 reflect".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "weft/model.hpp"

namespace weft {

// Pixels that a view may be moved by, each way.
constexpr int kMostViewShift = 64;

std::string text_of(const View& view);
std::vector<std::string> texts_of(const std::vector<View>& views);
// Nothing where the text is none of a view.
std::optional<View> parse_view(const std::string& text);

}  // namespace weft
