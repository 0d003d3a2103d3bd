// What pushes the points of a map apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/threads.hpp"
#include "explore/grid_convolution.hpp"
#include "tensor/aligned.hpp"

namespace weft {

// Sums over all pairs of many points, on a grid: an idea of Linderman and others ("Fast
// interpolation-based t-SNE for improved visualization of single-cell RNA-seq data", 2019). Here
// the potential sum_j 1 / (1 + |y - y_j|^2) is interpolated by cubic splines, and the forces are
// its slope, so one convolution an evaluation is enough. Few points are summed pair by pair.
class Repulsion {
 public:
  // spacing: of the grid, at most. few: so many points are summed pair by pair.
  explicit Repulsion(ThreadPool& pool, double spacing = kSpacing, std::size_t few = kFew)
      : grid_(pool), pool_(pool), spacing_(spacing), few_(few) {}

  // forces[i] = sum_j (y_i - y_j) / (1 + |y_i - y_j|^2)^2, assigned; returns the sum over all i and
  // j other than i of 1 / (1 + |y_i - y_j|^2). places, forces: {n, 2}. Interpolated forces are
  // within some 1 % of the exact ones, the sum within 0.1 %; the same for any number of threads.
  double operator()(std::size_t n, const float* places, float* forces);

  static constexpr double kSpacing = 1.0 / 3;
  static constexpr std::size_t kFew = 700;  // pairs are as fast

 private:
  struct Spot;  // a point on the grid
  double pair_by_pair(std::size_t n, const float* places, float* forces);
  double on_grid(std::size_t n, const float* places, float* forces);
  void place_grid(std::size_t n, const float* places);
  Spot spot_of(const float* place) const;
  void spread(std::size_t n, const float* places);

  GridConvolution grid_;
  ThreadPool& pool_;
  double spacing_;
  std::size_t few_;
  // The grid as it is prepared; its first node's place.
  std::size_t nodes_ = 0;
  double step_ = 0, constant_ = 0;
  float left_ = 0, top_ = 0;
  AlignedVector<float> xs_, ys_, values_;
  std::vector<std::uint32_t> order_;  // points by their strips
  std::vector<std::size_t> starts_;   // of the strips among them
  std::vector<double> sums_;          // of blocks of points
};

}  // namespace weft
