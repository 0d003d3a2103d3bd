// The nearest neighbours of each of many points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/threads.hpp"

namespace weft {

struct Neighbours {
  std::size_t count = 0;             // of each point
  std::vector<std::uint32_t> index;  // {n, count}, nearest first; of equally near ones the lower
  std::vector<float> square;         // {n, count}: their squared distances
};

// The `count` points nearest to each, but for itself: exactly, by comparing all with all. points:
// {n, size}; count is above 0 and below n, else throws Error(usage). Distances come from products
// first and from differences for those that are near, so of neighbours whose distances differ by
// less than 1e-6 of the points' own length some may be missed for others. `progress` hears of the
// share done; what it throws ends the search. The same for any number of threads.
Neighbours nearest_neighbours(std::span<const float> points, std::size_t n, std::size_t size,
                              std::size_t count, ThreadPool& pool,
                              const std::function<void(double)>& progress = {});

}  // namespace weft
