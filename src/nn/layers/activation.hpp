#pragma once

#include <optional>

#include "nn/layer.hpp"

namespace weft {

// A function of each value by itself. Texts: "sigmoid", "tanh", "relu", "leaky SLOPE", "gelu",
// "silu".
template <class T>
class Activation final : public Layer<T> {
 public:
  Activation(const LayerText& text, const Layout& input, const Kernels<T>& kernels);

  std::string text() const override;
  Layout output() const override { return layout_; }
  bool backward_in_place() const override { return true; }
  bool backward_reads_src() const override { return by_src_ != nullptr; }
  bool backward_reads_dst() const override { return by_src_ == nullptr; }
  // As a kernel may apply it on its way; none for sigmoid and tanh.
  std::optional<Gate> gate() const;
  double slope() const { return slope_; }
  void forward(const typename Layer<T>::Forward& pass) const override;
  void backward(const typename Layer<T>::Backward& pass) const override;

 private:
  using Backwards = void (*)(std::size_t count, const T* seen, const T* diff_dst, T* diff_src);

  std::string name_;
  Layout layout_;
  const Kernels<T>& kernels_;
  double slope_ = 0;  // of leaky alone
  void (*forward_)(std::size_t count, const T* src, T* dst) = nullptr;
  Backwards by_dst_ = nullptr, by_src_ = nullptr;  // one of them, by what it looks at
};

}  // namespace weft
