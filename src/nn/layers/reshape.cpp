#include "nn/layers/reshape.hpp"

#include <algorithm>
#include <complex>

#include "base/error.hpp"
#include "nn/layers/options.hpp"

namespace weft {

template <class T>
Flatten<T>::Flatten(const LayerText& text, const Layout& input, const Kernels<T>& /*kernels*/)
    : count_(input.shape.elements()) {
  LayerOptions(text).expect_none();
}

template <class T>
void Flatten<T>::forward(const typename Layer<T>::Forward& pass) const {
  std::copy_n(pass.src, pass.n * count_, pass.dst);
}

template <class T>
void Flatten<T>::backward(const typename Layer<T>::Backward& pass) const {
  if (!pass.diff_src || pass.diff_src == pass.diff_dst) return;
  std::copy_n(pass.diff_dst, pass.n * count_, pass.diff_src);
}

template <class T>
Scale<T>::Scale(const LayerText& text, const Layout& input, const Kernels<T>& /*kernels*/)
    : layout_(input) {
  LayerOptions options(text);
  factor_ = options.number("a factor", "scale 0.125");
  options.expect_none();
}

template <class T>
std::string Scale<T>::text() const {
  return fmt::format("scale {}", factor_);
}

template <class T>
void Scale<T>::forward(const typename Layer<T>::Forward& pass) const {
  const T factor = static_cast<T>(factor_);
  std::transform(pass.src, pass.src + pass.n * layout_.elements(), pass.dst,
                 [factor](T x) { return factor * x; });
}

template <class T>
void Scale<T>::backward(const typename Layer<T>::Backward& pass) const {
  if (!pass.diff_src) return;
  const T factor = static_cast<T>(factor_);
  std::transform(pass.diff_dst, pass.diff_dst + pass.n * layout_.elements(), pass.diff_src,
                 [factor](T d) { return factor * d; });
}

template class Flatten<float>;
template class Flatten<double>;
template class Flatten<std::complex<double>>;
template class Scale<float>;
template class Scale<double>;
template class Scale<std::complex<double>>;

}  // namespace weft
