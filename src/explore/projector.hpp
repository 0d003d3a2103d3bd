// Files for the embedding projector of TensorBoard.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "weft/data.hpp"

namespace weft {

// Into the folder, which is made: vectors.tsv, the points {n, size}; map.tsv, their places {n, 2};
// metadata.tsv, each one's index and label; sprite.png, the pictures in rows of equal squares, made
// smaller until it fits into 8,192 by 8,192 pixels, and none for pictures that are neither grey nor
// in colour; projector_config.pbtxt, which names the others. labels: a name each, or none at all.
// Throws Error(failed) when something cannot be written.
void write_projector(const std::filesystem::path& folder, std::span<const float> points,
                     std::span<const float> places, const Tensor& images,
                     std::span<const std::uint32_t> index, const std::vector<std::string>& labels);

}  // namespace weft
