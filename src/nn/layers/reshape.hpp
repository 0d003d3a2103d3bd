#pragma once

#include "nn/layer.hpp"

namespace weft {

// The values as they are, in one dimension. Text: "flatten".
template <class T>
class Flatten final : public Layer<T> {
 public:
  Flatten(const LayerText& text, const Shape& input, const Kernels<T>& kernels);

  std::string text() const override { return "flatten"; }
  Shape output() const override { return {count_}; }
  void forward(const typename Layer<T>::Forward& pass) const override;
  void backward(const typename Layer<T>::Backward& pass) const override;

 private:
  std::size_t count_;
};

// Every value times a constant. Text: "scale C".
template <class T>
class Scale final : public Layer<T> {
 public:
  Scale(const LayerText& text, const Shape& input, const Kernels<T>& kernels);

  std::string text() const override;
  Shape output() const override { return shape_; }
  void forward(const typename Layer<T>::Forward& pass) const override;
  void backward(const typename Layer<T>::Backward& pass) const override;

 private:
  Shape shape_;
  double factor_;
};

}  // namespace weft
