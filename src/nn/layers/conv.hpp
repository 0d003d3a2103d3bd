#pragma once

#include <complex>

#include "nn/layer.hpp"
#include "nn/layers/options.hpp"

namespace weft {

// Filters slid over a picture. Texts: "conv N KxK [stride S] [pad P] [dilation D] [groups G|all]
// [nobias]"; without pad the zeros around the picture are those that keep its size at stride 1.
// "whiten N KxK [stride S] [pad P]": filters that are found in the training pictures and then
// stand, without bias; it is a network's first layer.
template <class T>
class Conv final : public Layer<T> {
 public:
  Conv(const LayerText& text, const Layout& input, const Kernels<T>& kernels);

  std::string text() const override;
  Layout output() const override;
  std::vector<Parameter> parameters() const override;  // weight {out, in / groups, kh, kw}, bias
  std::size_t multiply_adds() const override;

  std::size_t packed_bytes() const override;
  void pack(const T* parameters, bool backward, void* packed) const override;
  bool can_fold() const override { return true; }
  void pack_folded(const T* parameters, const T* scale, const T* shift,
                   void* packed) const override;
  std::size_t scratch_bytes(std::size_t rows) const override {
    return kernel_->scratch_bytes(rows);
  }
  bool shares_forward() const override { return kernel_->shares_forward(); }
  void forward(const typename Layer<T>::Forward& pass) const override;
  void backward(const typename Layer<T>::Backward& pass) const override;

  bool whitens() const { return whitens_; }
  const Convolution& shape() const { return conv_; }
  const ConvolutionKernel<T>& kernel() const { return *kernel_; }

 private:
  void read_option(const std::string& option, LayerOptions& options);
  void check(const LayerText& text, const Shape& input) const;
  void check_whitening(const LayerText& text) const;
  std::size_t same(std::size_t kernel) const { return (kernel - 1) * conv_.dilation / 2; }
  // Behind the weights for the forward pass: those for the backward pass, or what is folded: the
  // bias, and the weights as they would be without a layout of their own.
  const void* behind(const void* packed) const;
  std::size_t forward_bytes() const { return (kernel_->forward_bytes() + 63) / 64 * 64; }

  Convolution conv_;
  bool whitens_ = false;
  bool bias_ = true;
  bool bias_is_idle_ = false;  // then no bias goes without saying
  bool pad_given_ = false;
  std::unique_ptr<ConvolutionKernel<T>> kernel_;
};

}  // namespace weft
