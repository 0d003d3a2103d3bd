#pragma once

#include "nn/layer.hpp"

namespace weft {

// One value for each window of each channel. Texts: "maxpool K [stride S] [pad P]", "avgpool"
// alike, with stride K unless it is given; "globalmaxpool", "globalavgpool": one window, the whole
// picture.
template <class T>
class Pool final : public Layer<T> {
 public:
  Pool(const LayerText& text, const Layout& input, const Kernels<T>& kernels);

  std::string text() const override;
  Layout output() const override;
  bool backward_reads_src() const override { return largest_; }
  void forward(const typename Layer<T>::Forward& pass) const override;
  void backward(const typename Layer<T>::Backward& pass) const override;

  bool largest() const { return largest_; }  // else the mean
  const Pooling& shape() const { return pool_; }

 private:
  std::string name_;
  bool global_, largest_;
  Pooling pool_;
  const Kernels<T>& kernels_;
};

}  // namespace weft
