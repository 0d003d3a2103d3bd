// What a network's first layer looks for, as numbers to be drawn.
#pragma once

#include <nlohmann/json.hpp>

#include "weft/model.hpp"

namespace weft {

// {"name", "count", "shown", "channels", "height", "width", "values"}: of the first weights that
// belong to the picture itself (filters over its channels, or a dense layer over all its values)
// the first units' as signed bytes in base64, {shown, channels, height, width}, 127 for the largest
// of them all. Filters that are over other channels than 1 or 3 become as many of one. Null where
// the network begins otherwise.
nlohmann::ordered_json first_layer(const Model& model);

}  // namespace weft
