// How a network's answer changes with its input.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "nn/architecture.hpp"
#include "tensor/aligned.hpp"

namespace weft {

// The network as it is in use: batch normalisation by its running statistics, nothing dropped.
// Nothing is folded, so that its outputs are Network::forward's up to rounding.
template <class T>
class InputGradient {
 public:
  // Where rows go through; one a thread. It grows with the rows.
  struct Space {
    std::vector<AlignedVector<T>> dst, diff;
    AlignedVector<T> sum;
    AlignedVector<std::byte> scratch;
  };
  // From logits {n, outputs} to the gradient at them, which is assigned.
  using Upstream = std::function<void(std::size_t n, const T* logits, T* diff_logits)>;

  // As Network.
  InputGradient(const std::string& text, const Shape& input, const Kernels<T>& kernels);

  const Architecture<T>& architecture() const { return architecture_; }
  // The block of parameters. After writing to it, call parameters_changed().
  std::span<T> parameters() { return parameters_; }
  void parameters_changed();

  // src {n, input}; diff_src {n, input} is assigned. Several threads may call it at once, each with
  // a space of its own.
  void gradient(std::size_t n, const T* src, const Upstream& upstream, T* diff_src,
                Space& space) const;

 private:
  void reserve(std::size_t n, Space& space) const;
  void forward(std::size_t i, std::size_t n, const T* src, Space& space) const;
  void backward(std::size_t i, std::size_t n, const T* src, T* diff_src, Space& space) const;
  const void* packed_of(std::size_t i) const { return packed_.data() + packed_offsets_[i]; }
  // The node whose array holds this one's output, as its work may be done by the one before.
  std::size_t holder(std::size_t i) const;

  Architecture<T> architecture_;
  AlignedVector<T> parameters_;
  AlignedVector<std::byte> packed_;
  std::vector<std::size_t> packed_offsets_;
};

}  // namespace weft
