#include "nn/layers/reorder.hpp"

#include <algorithm>
#include <complex>

namespace weft {

template <class T>
Reorder<T>::Reorder(const Layout& input, std::size_t block, const Kernels<T>& kernels)
    : output_{input.shape, block},
      into_blocks_(input.block == 1),
      planes_{input.shape[0], input.shape[1] * input.shape[2], std::max(input.block, block)},
      kernels_(kernels) {}

template <class T>
void Reorder<T>::forward(const typename Layer<T>::Forward& pass) const {
  (into_blocks_ ? kernels_.to_blocks : kernels_.from_blocks)(pass.n, planes_, pass.src, pass.dst);
}

template <class T>
void Reorder<T>::backward(const typename Layer<T>::Backward& pass) const {
  if (!pass.diff_src) return;
  (into_blocks_ ? kernels_.from_blocks : kernels_.to_blocks)(pass.n, planes_, pass.diff_dst,
                                                             pass.diff_src);
}

template class Reorder<float>;
template class Reorder<double>;
template class Reorder<std::complex<double>>;

}  // namespace weft
