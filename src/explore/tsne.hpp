// A map of many points in two dimensions, where near points stand near each other: t-SNE (van der
// Maaten and Hinton, 2008).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace weft {

enum class MapStart {
  principal,  // the first two principal components, the first with a deviation of 0.0001
  random,     // normal numbers of that deviation
};

// All else as scikit-learn 1.2 has it by itself: 3 perplexity + 1 neighbours; the attraction 12
// times as strong (exaggerated) and a momentum of 0.5 for the first 250 iterations, then 0.8; a
// gain for each coordinate; a learning rate of n / 48, at least 50. Of fewer than 1,000 iterations
// the first quarter is exaggerated.
struct MapSettings {
  double perplexity = 30;
  std::size_t iterations = 1000;
  MapStart start = MapStart::principal;
  std::uint64_t seed = 1;
  int threads = 0;  // 0: all processors
};

struct PointMap {
  std::vector<float> places;  // {n, 2}
  double divergence = 0;      // of the map's similarities from the points', exactly: over all pairs
  std::size_t neighbours = 0;  // of each point that attract it
};

// What is being done, and the share of it that is: "neighbours", "iterations". Called from the
// caller's own thread, and what it throws ends the work.
using MapProgress = std::function<void(std::string_view stage, double share)>;

// points: {n, size}. Throws Error(usage) when there are not n of them, when the perplexity is below
// 1 or not below n, or a number is not finite. The same bytes for the same points and settings,
// whatever the number of threads.
PointMap map_points(std::span<const float> points, std::size_t n, std::size_t size,
                    const MapSettings& settings = {}, const MapProgress& progress = {});

}  // namespace weft
