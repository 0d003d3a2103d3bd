// A map that is made for a page, small enough to be there at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <span>

#include "explore/tsne.hpp"
#include "report/map.hpp"
#include "weft/model.hpp"
#include "weft/tensor.hpp"

namespace weft {

// How much of a map a page has the time for.
struct PageMapSize {
  std::size_t pictures, iterations;
};
// Of a run, whose page is to be there a second after it ends.
constexpr PageMapSize kMapOfRun{1000, 400};
// Of a data set, which is looked at because somebody asked for it.
constexpr PageMapSize kMapOfData{10000, 1000};

// The pixels of pictures, u8 {n, channels, height, width}, from 0 to 1: f32 {n, values}.
Tensor pixels_of(const Tensor& images);

// What the model's last dense layer sees of pictures, or, where nothing stands before it,
// pixels_of.
Tensor features_of(const Model& model, const Tensor& images, int threads);

// What is mapped of pictures, as pixels_of.
using MapFeatures = std::function<Tensor(const Tensor& images)>;

// By t-SNE of the features of pictures taken evenly from all over `rows` where there are more than
// size.pictures: as_json(MapPoints) of those. rows, index, answers: as MapPoints has them. Null
// where there are fewer than ten, or no labels. progress: of map_points.
nlohmann::ordered_json page_map(const LabelledImages& rows, std::span<const std::uint32_t> index,
                                std::span<const Label> answers, const MapFeatures& features,
                                const PageMapSize& size, int threads,
                                const MapProgress& progress = {});

}  // namespace weft
