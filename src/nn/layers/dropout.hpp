#pragma once

#include "nn/layer.hpp"

namespace weft {

// In training each value is 0 with probability P, else divided by 1 - P (Srivastava et al., 2014);
// in use it passes as it is. Which ones depends on the draw, the row's place in its batch and the
// layer's in its network. Text: "dropout P".
template <class T>
class Dropout final : public Layer<T> {
 public:
  Dropout(const LayerText& text, const Layout& input, const Kernels<T>& kernels);

  std::string text() const override;
  Layout output() const override { return layout_; }
  bool backward_in_place() const override { return true; }
  bool backward_reads_src() const override { return false; }
  void forward(const typename Layer<T>::Forward& pass) const override;
  void backward(const typename Layer<T>::Backward& pass) const override;

 private:
  void drop(const TrainingDraw& draw, std::size_t first_row, std::size_t n, const T* src,
            T* dst) const;

  Layout layout_;
  double probability_;
  std::uint32_t layer_;  // tells this layer's numbers from another's
};

}  // namespace weft
