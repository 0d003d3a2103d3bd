#include "nn/layers/activation.hpp"

#include <array>
#include <complex>
#include <utility>

#include "base/error.hpp"
#include "nn/layers/options.hpp"

namespace weft {

template <class T>
Activation<T>::Activation(const LayerText& text, const Layout& input, const Kernels<T>& kernels)
    : name_(text.name), layout_(input), kernels_(kernels) {
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
           "network: layer {} (\"{}\"): the slope {} must be above 0 and at most 1", text.place,
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
std::optional<Gate> Activation<T>::gate() const {
  constexpr std::array kGates{std::pair("relu", Gate::relu), std::pair("leaky", Gate::leaky),
                              std::pair("gelu", Gate::gelu), std::pair("silu", Gate::silu)};
  for (const auto& [name, gate] : kGates) {
    if (name_ == name) return gate;
  }
  return std::nullopt;
}

template <class T>
void Activation<T>::forward(const typename Layer<T>::Forward& pass) const {
  const std::size_t count = pass.n * layout_.elements();
  if (forward_) {
    forward_(count, pass.src, pass.dst);
  } else {
    kernels_.leaky_forward(count, static_cast<T>(slope_), pass.src, pass.dst);
  }
}

template <class T>
void Activation<T>::backward(const typename Layer<T>::Backward& pass) const {
  if (!pass.diff_src) return;
  const std::size_t count = pass.n * layout_.elements();
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
