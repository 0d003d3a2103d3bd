#include "nn/layers/dense.hpp"

#include "base/error.hpp"

namespace weft {

template <class T>
Dense<T>::Dense(const LayerText& text, const Shape& input, const Kernels<T>& kernels)
    : in_(input.elements()), kernels_(kernels) {
  if (text.words.empty()) {
    fail(ErrorCode::usage, "network: layer {} (\"{}\") needs its number of units: \"dense 50\"",
         text.index, text.text());
  }
  out_ = parse_count(text, text.words.front(), "a number of units");
  for (std::size_t i = 1; i < text.words.size(); ++i) {
    if (text.words[i] != "nobias") {
      fail(ErrorCode::usage, "network: layer {} (\"{}\"): dense has no option \"{}\", only nobias",
           text.index, text.text(), text.words[i]);
    }
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
void Dense<T>::pack(const T* parameters, void* packed) const {
  kernels_.dense_pack(in_, out_, parameters, packed);
}

template <class T>
void Dense<T>::forward(const typename Layer<T>::Forward& pass) const {
  const T* bias = bias_ ? pass.parameters + in_ * out_ : nullptr;
  kernels_.dense_forward(pass.n, in_, out_, pass.src, pass.parameters, pass.packed, bias, pass.dst);
}

template <class T>
void Dense<T>::backward(const typename Layer<T>::Backward& pass) const {
  T* diff_bias = bias_ ? pass.diff_parameters + in_ * out_ : nullptr;
  kernels_.dense_backward_weights(pass.n, in_, out_, pass.src, pass.diff_dst, pass.accumulate,
                                  pass.diff_parameters, diff_bias);
  if (pass.diff_src)
    kernels_.dense_backward_data(pass.n, in_, out_, pass.diff_dst, pass.parameters, pass.diff_src);
}

template class Dense<float>;
template class Dense<double>;
template class Dense<std::complex<double>>;

}  // namespace weft
