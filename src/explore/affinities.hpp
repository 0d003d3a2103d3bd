// How near points are to each other, as probabilities: the p of t-SNE (van der Maaten and Hinton,
// "Visualizing data using t-SNE", 2008), of neighbours alone as in its later forms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/threads.hpp"
#include "explore/neighbours.hpp"
#include "tensor/aligned.hpp"

namespace weft {

// Pairs (i, j) that have a probability above 0: row i has neighbours[starts[i]] to
// neighbours[starts[i + 1]], ascending, and behind them up to 15 that fill it up to a multiple of
// 16: point i itself, of weight 0.
struct Affinities {
  std::vector<std::size_t> starts;  // n + 1
  AlignedVector<std::uint32_t> neighbours;
  AlignedVector<float> weights;  // p_ij = p_ji, 1 in all

  std::size_t size() const { return starts.size() - 1; }
};

// p_j|i is e^(-beta_i d_ij^2) over the neighbours j of i, with the beta that gives them this
// perplexity, 2^entropy; p_ij = (p_j|i + p_i|j) / 2n. Where no beta gives it, as when all distances
// are equal, that which comes nearest. Throws Error(usage) when the perplexity is below 1 or there
// are fewer neighbours than it.
Affinities affinities(const Neighbours& neighbours, double perplexity, ThreadPool& pool);

// The sum of p_ij log(p_ij / q_ij), q_ij = 1 / (1 + |y_i - y_j|^2) / normaliser. places: {n, 2}.
double divergence(const Affinities& affinities, const float* places, double normaliser,
                  ThreadPool& pool);

}  // namespace weft
