#include "nn/layers/activation.hpp"

#include "base/error.hpp"
#include "nn/layers/options.hpp"

namespace weft {

template <class T>
Activation<T>::Activation(const LayerText& text, const Shape& input, const Kernels<T>& kernels)
    : name_(text.name), shape_(input), kernels_(kernels) {
  LayerOptions options(text);
  if (name_ == "sigmoid") {
    forward_ = kernels.sigmoid_forward;
    by_dst_ = kernels.sigmoid_backward;
  } else if (name_ == "tanh") {
    forward_ = kernels.tanh_forward;
    by_dst_ = kernels.tanh_backward;
  } else if (name_ == "relu") {
    forward_ = kernels.relu_forward;
    by_dst_ = kernels.relu_backward;
  } else if (name_ == "gelu") {
    forward_ = kernels.gelu_forward;
    by_src_ = kernels.gelu_backward;
  } else if (name_ == "silu") {
    forward_ = kernels.silu_forward;
    by_src_ = kernels.silu_backward;
  } else {
    slope_ = options.number("a slope below 0", "leaky 0.01");
    if (!(slope_ > 0 && slope_ <= 1)) {
      fail(ErrorCode::usage,
           "network: layer {} (\"{}\"): the slope {} must be above 0 and at most 1", text.index,
           text.text(), slope_);
    }
  }
  options.expect_none();
}

template <class T>
std::string Activation<T>::text() const {
  return name_ == "leaky" ? fmt::format("leaky {}", slope_) : name_;
}

template <class T>
void Activation<T>::forward(const typename Layer<T>::Forward& pass) const {
  const std::size_t count = pass.n * shape_.elements();
  if (forward_) {
    forward_(count, pass.src, pass.dst);
  } else {
    kernels_.leaky_forward(count, static_cast<T>(slope_), pass.src, pass.dst);
  }
}

template <class T>
void Activation<T>::backward(const typename Layer<T>::Backward& pass) const {
  if (!pass.diff_src) return;
  const std::size_t count = pass.n * shape_.elements();
  if (by_dst_) {
    by_dst_(count, pass.dst, pass.diff_dst, pass.diff_src);
  } else if (by_src_) {
    by_src_(count, pass.src, pass.diff_dst, pass.diff_src);
  } else {
    kernels_.leaky_backward(count, static_cast<T>(slope_), pass.dst, pass.diff_dst, pass.diff_src);
  }
}

template class Activation<float>;
template class Activation<double>;
template class Activation<std::complex<double>>;

}  // namespace weft
