// Where points lie along the directions in which they differ most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/threads.hpp"

namespace weft {

// The first two principal components' scores, {n, 2}: by subspace iteration from random directions
// (Halko, Martinsson, Tropp: Finding structure with randomness, 2011), so exact to about seven
// digits where the third component is clearly smaller than the second. Of each component the score
// that is largest without its sign is positive. points: {n, size}. Where there is no such
// direction, 0. The same for any number of threads.
std::vector<float> principal_scores(std::span<const float> points, std::size_t n, std::size_t size,
                                    std::uint64_t seed, ThreadPool& pool);

}  // namespace weft
