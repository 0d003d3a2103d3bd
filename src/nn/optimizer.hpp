// Steps down the gradient, over the network's flat block of parameters.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/threads.hpp"
#include "kernels/kernels.hpp"
#include "nn/layer.hpp"
#include "tensor/aligned.hpp"

namespace weft {

enum class OptimizerKind { sgd, adamw };

// "sgd", "adamw"; parse throws Error(usage) naming both.
OptimizerKind parse_optimizer(const std::string& text);
const char* name_of(OptimizerKind kind);

struct OptimizerSettings {
  OptimizerKind kind = OptimizerKind::adamw;
  double momentum = 0;      // sgd
  bool nesterov = false;    // sgd
  double beta1 = 0.9;       // adamw
  double beta2 = 0.999;     // adamw
  double epsilon = 1e-8;    // adamw
  double weight_decay = 0;  // sgd: joins the gradient; adamw: apart from it
  double l1 = 0;            // penalty l1 sum |w|: its gradient l1 sign(w) joins the gradient
  double l2 = 0;            // penalty l2 / 2 sum w^2: its gradient l2 w joins the gradient
};

// Decay and penalties touch the parameters that say so: weights, not biases.
template <class T>
class Optimizer {
 public:
  Optimizer(const OptimizerSettings& settings, const std::vector<Parameter>& parameters,
            std::size_t count, const Kernels<T>& kernels, ThreadPool& pool);

  // One step; gradients and weights: the whole block.
  void step(double rate, std::span<const T> gradients, std::span<T> weights);

  // What the next step depends on besides the weights: to be saved, and put back in another one of
  // the same settings. A moment that the settings do not need is empty.
  std::size_t steps() const { return steps_; }
  void set_steps(std::size_t steps) { steps_ = steps; }
  std::span<T> first_moment() { return first_moment_; }
  std::span<T> second_moment() { return second_moment_; }

 private:
  struct Range {
    std::size_t begin, count;
    bool decays;
  };
  void step_range(const Range& range, double rate, std::span<const T> gradients,
                  std::span<T> weights);

  OptimizerSettings settings_;
  const Kernels<T>& kernels_;
  ThreadPool& pool_;
  std::size_t steps_ = 0;
  std::vector<Range> ranges_;                      // pieces of the block for the threads
  AlignedVector<T> first_moment_, second_moment_;  // sgd: the velocity, and none
  AlignedVector<T> penalised_;  // gradients with the penalties', where there are any
};

}  // namespace weft
