// Pictures that a page shows, side by side in one PNG.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>
#include <vector>

#include "weft/tensor.hpp"

namespace weft {

class PictureSheet {
 public:
  // images: u8 {n, channels, height, width} with 1 or 3 channels; must outlive this. Pictures are
  // made to fit into `longest` pixels, and only so many taken that their values, before PNG makes
  // them smaller, are at most `most_bytes`.
  explicit PictureSheet(const Tensor& images, std::size_t most_bytes = std::size_t{4} << 20,
                        std::size_t longest = 64);

  // The place in the sheet of the picture in this row; asked again, the same. Nothing where there
  // is no room left.
  std::optional<std::size_t> add(std::size_t row);

  // {"columns", "width", "height", "count", "png"}: place p is in column p mod columns of row
  // p / columns, from the top left; the PNG in base64.
  nlohmann::ordered_json as_json() const;

 private:
  const Tensor& images_;
  std::size_t height_, width_, most_;
  std::vector<std::size_t> rows_;
  std::unordered_map<std::size_t, std::size_t> places_;
};

}  // namespace weft
