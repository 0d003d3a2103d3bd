#pragma once

#include "nn/layer.hpp"

namespace weft {

// The values as they are, in one dimension. Text: "flatten".
template <class T>
class Flatten final : public Layer<T> {
 public:
  Flatten(const LayerText& text, const Layout& input, const Kernels<T>& kernels);

  std::string text() const override { return "flatten"; }
  Layout output() const override { return {{count_}}; }
  bool backward_in_place() const override { return true; }
  bool backward_reads_src() const override { return false; }
  void forward(const typename Layer<T>::Forward& pass) const override;
  void backward(const typename Layer<T>::Backward& pass) const override;

 private:
  std::size_t count_;
};

// Every value times a constant. Text: "scale C".
template <class T>
class Scale final : public Layer<T> {
 public:
  Scale(const LayerText& text, const Layout& input, const Kernels<T>& kernels);

  std::string text() const override;
  Layout output() const override { return layout_; }
  bool backward_in_place() const override { return true; }
  bool backward_reads_src() const override { return false; }
  void forward(const typename Layer<T>::Forward& pass) const override;
  void backward(const typename Layer<T>::Backward& pass) const override;

 private:
  Layout layout_;
  double factor_;
};

}  // namespace weft
