// Sums over all nodes of a square grid at once, by Fourier transforms.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/threads.hpp"
#include "kernels/fourier.hpp"
#include "kernels/map_kernels.hpp"
#include "tensor/aligned.hpp"

namespace weft {

// For charges c at the nodes, the potentials sum_b c_b k(a - b) at all nodes a, where k is such
// that, with cubic B-splines between nodes and charges as well as between nodes and potentials, 1 /
// (1 + r^2) - constant comes out for r = `spacing` times whole numbers: then what lies between is
// interpolated by cubic splines.
class GridConvolution {
 public:
  explicit GridConvolution(ThreadPool& pool) : pool_(pool) {}

  // nodes: on a side, a multiple of 32.
  void prepare(std::size_t nodes, double spacing, double constant);
  // charges, potentials: {nodes, nodes}, of the nodes that were prepared; may be the same.
  void convolve(const float* charges, float* potentials);

 private:
  // kSignals signals, each of the plan's length: {length, kSignals} for the real and imaginary
  // parts.
  struct Tile {
    AlignedVector<float> re, im;
    void resize(std::size_t length);
  };
  struct Space {  // a thread's own
    Tile tile, spare;
  };

  void transform_rows(const float* charges);
  void transform_columns();
  void transform_rows_back(float* potentials);
  void column(std::size_t block, Space& space);
  std::size_t frequencies() const { return plan_->length / 2 + 1; }
  std::size_t mirrored(std::size_t f) const { return f == 0 ? 0 : plan_->length - f; }
  void transform(Tile& tile, Space& space, bool back = false);

  ThreadPool& pool_;
  std::size_t nodes_ = 0;
  std::optional<FourierPlan> plan_;
  std::vector<Tile> rows_;  // two rows of the grid are one signal, as its real and imaginary part
  // The kernel's transform, which is real: of kSignals frequencies of the first axis each, {length
  // / 2
  // + 1 frequencies of the second axis, kSignals}.
  std::vector<AlignedVector<float>> spectrum_;
  std::vector<Space> spaces_;
};

}  // namespace weft
