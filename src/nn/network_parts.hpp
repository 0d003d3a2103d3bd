// What the files of Network share, and nobody else: a step's batch, and the tile of it that a
// thread is at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "nn/network.hpp"

namespace weft {

template <class T>
BatchLayer<T>* batch_layer(const Node<T>& node) {
  return dynamic_cast<BatchLayer<T>*>(node.layer.get());
}

template <class T>
struct Network<T>::Batch {
  const RowSource<T>& source;
  std::span<const std::uint32_t> positions;
  const Plan& plan;
  const TrainingDraw* draw = nullptr;  // none: not training
  const Label* labels = nullptr;
  const Loss<T>* loss = nullptr;
  T scale{};
  std::span<float> difficulty = {};
};

template <class T>
struct Network<T>::Tile {
  std::size_t begin, rows;  // in the batch
  std::size_t first;        // of them in the workspace
  Workspace<T>& space;
  const T* input;  // of the network
  int thread;
  std::size_t lane = 0;
  bool opens_lane = true;
  WorkPart part = {};
  BatchResult<T>* result = nullptr;
};

}  // namespace weft
