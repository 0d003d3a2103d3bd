// Averages over the weights that training passes through: they do better than the last ones.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/threads.hpp"
#include "nn/layer.hpp"
#include "tensor/aligned.hpp"

namespace weft {

// Lookahead (Zhang, Lucas, Hinton and Ba, 2019): after every k steps of an optimizer the slow
// weights go a part alpha of the way to the fast ones, which begin again from there. What is not
// trained (running statistics, frozen filters) follows in the slow block alike, but is not written
// to in the fast one.
template <class T>
class Lookahead {
 public:
  Lookahead(std::size_t k, double alpha, const std::vector<Parameter>& parameters,
            std::size_t count, ThreadPool& pool);

  void start(std::span<const T> weights);  // before the first step
  // After step number `step` of the whole run, from 1.
  void after_step(std::size_t step, std::span<T> weights);

  // The paper measures with these. To be saved and put back.
  std::span<T> slow_weights() { return slow_; }

 private:
  std::size_t k_;
  double alpha_;
  std::vector<std::pair<std::size_t, std::size_t>> trained_;  // begin and count, in the block
  ThreadPool& pool_;
  AlignedVector<T> slow_;
};

// Exponential moving average of the whole block (Polyak and Juditsky, 1992, as TensorFlow warms it
// up): average = d average + (1 - d) weights with d = min(decay, (1 + t) / (10 + t)) after t
// earlier steps, so that the first weights, which are random, are soon forgotten. Running
// statistics are averaged over the same steps as the weights they belong to (as torchvision and
// timm do); what never changes stays as it is, to the bit.
template <class T>
class WeightAverage {
 public:
  WeightAverage(double decay, std::size_t count, ThreadPool& pool);

  void start(std::span<const T> weights);  // before the first step
  // After step number `step` of the whole run, from 1.
  void after_step(std::size_t step, std::span<const T> weights);

  std::span<T> weights() { return average_; }  // to be saved and put back

 private:
  double decay_;
  ThreadPool& pool_;
  AlignedVector<T> average_;
};

}  // namespace weft
