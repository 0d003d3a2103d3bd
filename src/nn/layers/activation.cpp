#include "nn/layers/activation.hpp"

#include "base/error.hpp"

namespace weft {

template <class T>
Activation<T>::Activation(const LayerText& text, const Shape& input, const Kernels<T>& kernels)
    : name_(text.name), shape_(input) {
  if (!text.words.empty()) {
    fail(ErrorCode::usage, "network: layer {} (\"{}\"): {} has no options", text.index, text.text(),
         name_);
  }
  if (name_ == "sigmoid") {
    forward_ = kernels.sigmoid_forward;
    backward_ = kernels.sigmoid_backward;
  } else if (name_ == "tanh") {
    forward_ = kernels.tanh_forward;
    backward_ = kernels.tanh_backward;
  } else {
    forward_ = kernels.relu_forward;
    backward_ = kernels.relu_backward;
  }
}

template <class T>
void Activation<T>::forward(const typename Layer<T>::Forward& pass) const {
  forward_(pass.n * shape_.elements(), pass.src, pass.dst);
}

template <class T>
void Activation<T>::backward(const typename Layer<T>::Backward& pass) const {
  if (pass.diff_src) backward_(pass.n * shape_.elements(), pass.dst, pass.diff_dst, pass.diff_src);
}

template class Activation<float>;
template class Activation<double>;
template class Activation<std::complex<double>>;

}  // namespace weft
