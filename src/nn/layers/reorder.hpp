// A layer that the network puts in by itself; no text names it.
#pragma once

#include "nn/layer.hpp"

namespace weft {

// The same picture in blocks of another size; one of the two is 1.
template <class T>
class Reorder final : public Layer<T> {
 public:
  Reorder(const Layout& input, std::size_t block, const Kernels<T>& kernels);

  std::string text() const override { return ""; }
  Layout output() const override { return output_; }
  bool backward_reads_src() const override { return false; }
  void forward(const typename Layer<T>::Forward& pass) const override;
  void backward(const typename Layer<T>::Backward& pass) const override;

 private:
  Layout output_;
  bool into_blocks_;
  Planes planes_;  // in the blocks that are not 1
  const Kernels<T>& kernels_;
};

}  // namespace weft
