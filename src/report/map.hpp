// A map of pictures for a page: points that are near one another where the pictures are alike.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "weft/data.hpp"

namespace weft {

// A point a picture of `rows`, in its order; everything else is empty or has as many.
struct MapPoints {
  const LabelledImages& rows;               // labelled
  std::span<const float> x, y;              // finite
  std::span<const std::uint32_t> index;     // of each in the data set's part; empty: 0, 1, 2 ...
  std::span<const Label> answers;           // a model's, so that its mistakes can be lit
  std::span<const std::uint32_t> suspects;  // any number: rows whose label may be wrong
};

// What docs/reports.md lists under "map". Pictures are made as small as their number demands, down
// to 8 pixels; beyond what is then in `most_bytes` there are none. Throws Error(usage) when the
// sizes disagree or a coordinate is not finite.
nlohmann::ordered_json as_json(const MapPoints& points,
                               std::size_t most_bytes = std::size_t{16} << 20);

}  // namespace weft
