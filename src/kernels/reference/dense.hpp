// dst = src weights^T + bias, and what backpropagation needs of it.
#pragma once

#include <algorithm>
#include <cstddef>

namespace weft::reference {

// dst[s][o] = bias[o] + sum_i src[s][i] weights[o][i]
template <class T>
void dense_forward(std::size_t n, std::size_t in, std::size_t out, const T* src, const T* weights,
                   const void* /*packed*/, const T* bias, T* dst) {
  for (std::size_t s = 0; s < n; ++s) {
    for (std::size_t o = 0; o < out; ++o) {
      T sum = bias ? bias[o] : T(0);
      for (std::size_t i = 0; i < in; ++i) sum += src[s * in + i] * weights[o * in + i];
      dst[s * out + o] = sum;
    }
  }
}

// diff_src[s][i] = sum_o diff_dst[s][o] weights[o][i]
template <class T>
void dense_backward_data(std::size_t n, std::size_t in, std::size_t out, const T* diff_dst,
                         const T* weights, T* diff_src) {
  std::fill_n(diff_src, n * in, T(0));
  for (std::size_t s = 0; s < n; ++s) {
    for (std::size_t o = 0; o < out; ++o) {
      const T diff = diff_dst[s * out + o];
      for (std::size_t i = 0; i < in; ++i) diff_src[s * in + i] += diff * weights[o * in + i];
    }
  }
}

// diff_weights[o][i] (+)= sum_s diff_dst[s][o] src[s][i];  diff_bias[o] (+)= sum_s diff_dst[s][o]
template <class T>
void dense_backward_weights(std::size_t n, std::size_t in, std::size_t out, const T* src,
                            const T* diff_dst, bool accumulate, T* diff_weights, T* diff_bias) {
  if (!accumulate) {
    std::fill_n(diff_weights, out * in, T(0));
    if (diff_bias) std::fill_n(diff_bias, out, T(0));
  }
  for (std::size_t s = 0; s < n; ++s) {
    for (std::size_t o = 0; o < out; ++o) {
      const T diff = diff_dst[s * out + o];
      if (diff_bias) diff_bias[o] += diff;
      for (std::size_t i = 0; i < in; ++i) diff_weights[o * in + i] += diff * src[s * in + i];
    }
  }
}

}  // namespace weft::reference
