// Functions of one value, and their slopes in terms of their results.
#pragma once

#include <cmath>
#include <cstddef>

#include "kernels/kernels.hpp"

namespace weft::reference {

template <class T>
T sigmoid(T x) {
  return T(1) / (T(1) + std::exp(-x));
}

template <class T>
void sigmoid_forward(std::size_t count, const T* src, T* dst) {
  for (std::size_t i = 0; i < count; ++i) dst[i] = sigmoid(src[i]);
}

// s' = s (1 - s)
template <class T>
void sigmoid_backward(std::size_t count, const T* dst, const T* diff_dst, T* diff_src) {
  for (std::size_t i = 0; i < count; ++i) diff_src[i] = diff_dst[i] * dst[i] * (T(1) - dst[i]);
}

template <class T>
void tanh_forward(std::size_t count, const T* src, T* dst) {
  for (std::size_t i = 0; i < count; ++i) dst[i] = std::tanh(src[i]);
}

// tanh' = 1 - tanh^2
template <class T>
void tanh_backward(std::size_t count, const T* dst, const T* diff_dst, T* diff_src) {
  for (std::size_t i = 0; i < count; ++i) diff_src[i] = diff_dst[i] * (T(1) - dst[i] * dst[i]);
}

template <class T>
void relu_forward(std::size_t count, const T* src, T* dst) {
  for (std::size_t i = 0; i < count; ++i) dst[i] = real_part(src[i]) < 0 ? T(0) : src[i];
}

template <class T>
void relu_backward(std::size_t count, const T* dst, const T* diff_dst, T* diff_src) {
  for (std::size_t i = 0; i < count; ++i) diff_src[i] = real_part(dst[i]) > 0 ? diff_dst[i] : T(0);
}

}  // namespace weft::reference
