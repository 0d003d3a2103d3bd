#pragma once

#include "nn/layer.hpp"
#include "nn/layers/options.hpp"

namespace weft {

// Filters slid over a picture. Text: "conv N KxK [stride S] [pad P] [dilation D] [groups G|all]
// [nobias]"; without pad the zeros around the picture are those that keep its size at stride 1.
template <class T>
class Conv final : public Layer<T> {
 public:
  Conv(const LayerText& text, const Shape& input, const Kernels<T>& kernels);

  std::string text() const override;
  Shape output() const override;
  std::vector<Parameter> parameters() const override;  // weight {out, in / groups, kh, kw}, bias
  std::size_t multiply_adds() const override;
  void forward(const typename Layer<T>::Forward& pass) const override;
  void backward(const typename Layer<T>::Backward& pass) const override;

 private:
  void read_option(const std::string& option, LayerOptions& options);
  void check(const LayerText& text, const Shape& input) const;
  std::size_t same(std::size_t kernel) const { return (kernel - 1) * conv_.dilation / 2; }

  Convolution conv_;
  bool bias_ = true;
  bool pad_given_ = false;
  std::unique_ptr<ConvolutionKernel<T>> kernel_;
};

}  // namespace weft
