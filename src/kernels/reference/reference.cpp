#include <complex>

#include "kernels/kernels.hpp"
#include "kernels/reference/activations.hpp"
#include "kernels/reference/conv.hpp"
#include "kernels/reference/dense.hpp"
#include "kernels/reference/losses.hpp"
#include "kernels/reference/planes.hpp"
#include "kernels/reference/pool.hpp"
#include "kernels/reference/steps.hpp"

namespace weft {

template <class T>
const Kernels<T>& reference_kernels() {
  static constexpr Kernels<T> kTable{
      .name = "reference",
      .dense_packed_bytes = [](std::size_t, std::size_t) { return std::size_t{0}; },
      .dense_pack = [](std::size_t, std::size_t, const T*, void*) {},
      .dense_forward = reference::dense_forward<T>,
      .dense_backward_data = reference::dense_backward_data<T>,
      .dense_backward_weights = reference::dense_backward_weights<T>,
      .make_convolution = reference::make_convolution<T>,
      .picture_block = 1,
      .maxpool_forward = reference::maxpool_forward<T>,
      .maxpool_backward = reference::maxpool_backward<T>,
      .avgpool_forward = reference::avgpool_forward<T>,
      .avgpool_backward = reference::avgpool_backward<T>,
      .sigmoid_forward = reference::sigmoid_forward<T>,
      .sigmoid_backward = reference::sigmoid_backward<T>,
      .tanh_forward = reference::tanh_forward<T>,
      .tanh_backward = reference::tanh_backward<T>,
      .relu_forward = reference::relu_forward<T>,
      .relu_backward = reference::relu_backward<T>,
      .leaky_forward = reference::leaky_forward<T>,
      .leaky_backward = reference::leaky_backward<T>,
      .gelu_forward = reference::gelu_forward<T>,
      .gelu_backward = reference::gelu_backward<T>,
      .silu_forward = reference::silu_forward<T>,
      .silu_backward = reference::silu_backward<T>,
      .channel_sums = reference::channel_sums<T>,
      .scale_shift = reference::scale_shift<T>,
      .scale_shift_sums = reference::scale_shift_sums<T>,
      .combine = reference::combine<T>,
      .to_blocks = reference::to_blocks<T>,
      .from_blocks = reference::from_blocks<T>,
      .add = reference::add<T>,
      .softmax = reference::softmax<T>,
      .softmax_cross_entropy = reference::softmax_cross_entropy<T>,
      .smoothed_cross_entropy = reference::smoothed_cross_entropy<T>,
      .sigmoid_cross_entropy = reference::sigmoid_cross_entropy<T>,
      .mean_squared_error = reference::mean_squared_error<T>,
      .sum_blocks = reference::sum_blocks<T>,
      .sgd_step = reference::sgd_step<T>,
      .adamw_step = reference::adamw_step<T>,
  };
  return kTable;
}

template const Kernels<float>& reference_kernels<float>();
template const Kernels<double>& reference_kernels<double>();
template const Kernels<std::complex<double>>& reference_kernels<std::complex<double>>();

}  // namespace weft
