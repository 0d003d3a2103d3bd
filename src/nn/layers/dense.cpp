#include "nn/layers/dense.hpp"

#include "base/error.hpp"
#include "nn/layers/options.hpp"

namespace weft {

template <class T>
Dense<T>::Dense(const LayerText& text, const Layout& input, const Kernels<T>& kernels)
    : in_(input.shape.elements()), kernels_(kernels) {
  LayerOptions options(text);
  out_ = options.count("a number of units", "dense 50");
  while (!options.done()) {
    const std::string option = options.word();
    if (option != "nobias") options.fail_unknown(option, "nobias");
    bias_ = false;
  }
}

template <class T>
std::string Dense<T>::text() const {
  return fmt::format("dense {}{}", out_, bias_ ? "" : " nobias");
}

template <class T>
std::vector<Parameter> Dense<T>::parameters() const {
  std::vector<Parameter> list{{"weight", {out_, in_}, in_, out_, true}};
  if (bias_) list.push_back({"bias", {out_}, in_, out_, false});
  return list;
}

template <class T>
void Dense<T>::pack(const T* parameters, bool /*backward*/, void* packed) const {
  kernels_.dense_pack(in_, out_, parameters, packed);
}

template <class T>
void Dense<T>::forward(const typename Layer<T>::Forward& pass) const {
  const T* bias = bias_ ? pass.parameters + in_ * out_ : nullptr;
  kernels_.dense_forward(pass.n, in_, out_, pass.src, pass.parameters, pass.packed, bias, pass.dst);
}

template <class T>
void Dense<T>::backward(const typename Layer<T>::Backward& pass) const {
  if (pass.diff_parameters) {
    T* diff_bias = bias_ ? pass.diff_parameters + in_ * out_ : nullptr;
    kernels_.dense_backward_weights(pass.n, in_, out_, pass.src, pass.diff_dst, pass.accumulate,
                                    pass.diff_parameters, diff_bias);
  }
  if (pass.diff_src)
    kernels_.dense_backward_data(pass.n, in_, out_, pass.diff_dst, pass.parameters, pass.diff_src);
}

template class Dense<float>;
template class Dense<double>;
template class Dense<std::complex<double>>;

}  // namespace weft
