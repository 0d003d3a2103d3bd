// In which order a network's passes run and where their numbers stand, decided once, before the
// first step.
#pragma once

#include <cstddef>
#include <vector>

#include "nn/architecture.hpp"

namespace weft {

struct Operation {
  enum Kind { fetch, forward, gather_forward, loss, gather_backward, backward };
  static constexpr std::size_t kNone = SIZE_MAX;

  Kind kind;
  std::size_t node = 0;
  // Where gradients stand while they are needed: at the node's output, and at its input.
  std::size_t diff_dst = kNone, diff_src = kNone;
  // The gradient at the input is added to this one, another consumer's.
  std::size_t add_to = kNone;
};

// Operations that one part of a batch can go through without knowing of the others; behind the last
// one, what was gathered is settled.
struct Stage {
  std::vector<Operation> operations;
  std::size_t widest = 0;  // values of one sample in the largest array that it touches
};

struct Plan {
  std::vector<Stage> stages;
  std::vector<std::size_t> dst;    // of each node: the array that its output stands in
  std::vector<std::size_t> dsts;   // of each such array: values of one sample
  std::vector<std::size_t> diffs;  // of each array of gradients, likewise
  // Of each node, in use: the one behind it, batchnorm or activation, whose work is folded into it,
  // or kNone. Empty for training.
  std::vector<std::size_t> folds;

  bool folds_at(std::size_t node) const {
    return !folds.empty() && folds[node] != Operation::kNone;
  }
};

// Forward, loss and backward. Every output keeps its place until the end: the backward pass reads
// it. An array of gradients is used again for gradients of the same size alone: when one tile
// writes, another may not have read what the stage before left there.
template <class T>
Plan plan_training(const Architecture<T>& architecture);

// Forward alone, in one stage; arrays are used again as soon as nobody reads them. What a layer can
// fold in of the layers behind it, it does.
template <class T>
Plan plan_inference(const Architecture<T>& architecture);

}  // namespace weft
