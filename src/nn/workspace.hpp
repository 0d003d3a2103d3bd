// The arrays that rows go through.
#pragma once

#include <vector>

#include "nn/plan.hpp"
#include "tensor/aligned.hpp"

namespace weft {

template <class T>
struct Workspace {
  // Makes room for this many rows; what stood there is lost.
  void reserve(const Plan& plan, std::size_t input_values, std::size_t rows) {
    if (rows <= capacity) return;
    capacity = rows;
    input.resize(rows * input_values);
    dst.resize(plan.dsts.size());
    for (std::size_t i = 0; i < dst.size(); ++i) dst[i].resize(rows * plan.dsts[i]);
    diff.resize(plan.diffs.size());
    for (std::size_t i = 0; i < diff.size(); ++i) diff[i].resize(rows * plan.diffs[i]);
  }

  std::size_t capacity = 0;  // rows
  AlignedVector<T> input;    // of the network
  std::vector<AlignedVector<T>> dst, diff;
};

}  // namespace weft
