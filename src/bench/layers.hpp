// Which of oneDNN's primitives do what a network's layers do.
#pragma once

#include <cstddef>

#include "bench/primitives.hpp"
#include "nn/architecture.hpp"

namespace weft::bench {

// Of this node and the activation that it absorbed, over n samples; none where oneDNN has nothing
// of the kind (dropout), or where a layout that goes through the whole network makes it idle (a
// change of layout).
template <class T>
PassPrimitives primitives_of(const Architecture<T>& architecture, std::size_t node, std::size_t n,
                             bool training, PrimitiveMaker& maker);

// Multiply-adds of one sample in all passes over this node: the forward pass, where it has weights
// to train the pass to them, and where something before it trains the pass to its source.
template <class T>
std::size_t multiply_adds_of(const Architecture<T>& architecture, std::size_t node, bool training);

}  // namespace weft::bench
