#pragma once

#include "nn/layer.hpp"
#include "nn/layers/options.hpp"

namespace weft {

// Batch normalisation (Ioffe and Szegedy, 2015): in training every channel of the batch gets mean 0
// and variance 1; in use the running statistics of training stand in for the batch's. Then a scale
// and a shift of its own. Text: "batchnorm [noscale] [noshift] [momentum M] [eps E]": a running
// statistic moves by M of the way to each batch's, the variance to its unbiased estimate, as in
// PyTorch. Of a vector every value is a channel.
template <class T>
class BatchNorm final : public BatchLayer<T> {
 public:
  using typename Layer<T>::Forward;
  using typename Layer<T>::Backward;

  BatchNorm(const LayerText& text, const Layout& input, const Kernels<T>& kernels);

  std::string text() const override;
  Layout output() const override { return layout_; }
  // weight (the scale), bias (the shift), running_mean, running_var: {channels} each.
  std::vector<Parameter> parameters() const override;
  bool backward_in_place() const override { return true; }

  // Six arrays of channels: scale and shift of the passes, mean, and a, b, c of Kernels::combine;
  // until the backward pass is settled, a is 1 / deviation.
  std::size_t packed_bytes() const override { return 6 * planes_.padded() * sizeof(T); }
  void pack(const T* parameters, bool backward, void* packed) const override;
  void forward(const Forward& pass) const override;
  void backward(const Backward& pass) const override;

  std::size_t sums() const override { return 2 * planes_.padded(); }
  void gather(const Forward& pass, Sum<T>* sums) const override;
  void gather(const Backward& pass, Sum<T>* sums) const override;
  void settle_forward(std::size_t rows, const Sum<T>* sums, T* parameters,
                      void* settled) const override;
  void settle_backward(std::size_t rows, const Sum<T>* sums, void* settled,
                       T* diff_parameters) const override;
  void backward_in_use(const Backward& pass) const override;
  bool absorb(const Layer<T>& next) override;
  typename BatchLayer<T>::Affine affine(const void* packed) const override;

 private:
  struct Packed {
    T *scale, *shift, *mean, *a, *b, *c;
  };
  Packed arrays(void* packed) const;
  // Where its parameters stand among themselves.
  std::size_t shift_at() const { return scaled_ ? planes_.channels : 0; }
  std::size_t mean_at() const { return shift_at() + (shifted_ ? planes_.channels : 0); }
  std::size_t variance_at() const { return mean_at() + planes_.channels; }
  // The scale and shift that normalise by these statistics.
  void fold(std::size_t channel, T mean, T variance, const T* parameters, Packed& packed) const;

  Layout layout_;
  Planes planes_;
  const Kernels<T>& kernels_;
  bool scaled_ = true, shifted_ = true;
  double momentum_ = 0.1, epsilon_ = 1e-5;
  Gate gate_ = Gate::identity;
  double slope_ = 0;
};

}  // namespace weft
