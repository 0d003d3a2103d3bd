#pragma once

#include "nn/layer.hpp"

namespace weft {

// A function of each value by itself. Texts: "sigmoid", "tanh", "relu".
template <class T>
class Activation final : public Layer<T> {
 public:
  Activation(const LayerText& text, const Shape& input, const Kernels<T>& kernels);

  std::string text() const override { return name_; }
  Shape output() const override { return shape_; }
  void forward(const typename Layer<T>::Forward& pass) const override;
  void backward(const typename Layer<T>::Backward& pass) const override;

 private:
  std::string name_;
  Shape shape_;
  void (*forward_)(std::size_t count, const T* src, T* dst) = nullptr;
  void (*backward_)(std::size_t count, const T* dst, const T* diff_dst, T* diff_src) = nullptr;
};

}  // namespace weft
