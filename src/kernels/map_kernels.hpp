// What a map of many points in two dimensions (explore/tsne) is computed with. Written twice, as
// all kernels; places are pairs, {n, 2}.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/fourier.hpp"

namespace weft {

struct MapKernels {
  // The i below count with squares[i] - 2 dots[i] < limit go to `found`, ascending, and these
  // values to `values`; returns how many. Both have room for count + 16 elements.
  std::size_t (*below)(std::size_t count, const float* squares, const float* dots, float limit,
                       float* values, std::uint32_t* found);

  // sum_i (a[i] - b[i])^2
  float (*squared_distance)(std::size_t count, const float* a, const float* b);

  // For begin <= i < end, forces[i] = sum over k from starts[i] to starts[i + 1] of
  // weights[k] (y_i - y_j) / (1 + |y_i - y_j|^2), j = neighbours[k], y = places; assigned. Starts
  // are multiples of 16; places are aligned to 8 bytes.
  void (*attract)(std::size_t begin, std::size_t end, const std::size_t* starts,
                  const std::uint32_t* neighbours, const float* weights, const float* places,
                  float* forces);

  // For begin <= i < end, forces[i] = sum over j of (y_i - y_j) / (1 + |y_i - y_j|^2)^2, assigned.
  // Returns the sum over these i and all j other than i of 1 / (1 + |y_i - y_j|^2). xs, ys: n
  // coordinates each.
  double (*repel)(std::size_t n, const float* xs, const float* ys, std::size_t begin,
                  std::size_t end, float* forces);

  // dst_f = sum_t src_t e^(-2 pi i f t / length), in place, of 16 signals at once: re, im {length,
  // 16}, 64-byte aligned, as are spare_re and spare_im of the same size. With re and im exchanged
  // it is the inverse but for the factor 1 / length.
  void (*fourier)(const FourierPlan& plan, float* re, float* im, float* spare_re, float* spare_im);
};

const MapKernels& reference_map_kernels();
const MapKernels& fast_map_kernels();  // on the best vector instructions of this processor

}  // namespace weft
