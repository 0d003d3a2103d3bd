// What an optimizer does to the flat block of weights; kernels.hpp has the formulas.
#pragma once

#include <cmath>
#include <cstddef>

#include "kernels/kernels.hpp"

namespace weft::reference {

template <class T>
void sum_blocks(std::size_t count, std::size_t blocks, std::size_t stride, const T* src, T* dst) {
  for (std::size_t i = 0; i < count; ++i) {
    T sum = src[i];
    for (std::size_t b = 1; b < blocks; ++b) sum += src[b * stride + i];
    dst[i] = sum;
  }
}

template <class T>
void sgd_step(std::size_t count, T rate, T momentum, bool nesterov, T decay, const T* gradients,
              T* weights, T* velocity) {
  for (std::size_t i = 0; i < count; ++i) {
    T step = gradients[i] + decay * weights[i];
    if (velocity) {
      velocity[i] = momentum * velocity[i] + step;
      step = nesterov ? step + momentum * velocity[i] : velocity[i];
    }
    weights[i] -= rate * step;
  }
}

template <class T>
void adamw_step(std::size_t count, const typename Kernels<T>::AdamW& a, const T* gradients,
                T* weights, T* first_moment, T* second_moment) {
  for (std::size_t i = 0; i < count; ++i) {
    const T g = gradients[i];
    const T m = first_moment[i] = a.beta1 * first_moment[i] + (T(1) - a.beta1) * g;
    const T v = second_moment[i] = a.beta2 * second_moment[i] + (T(1) - a.beta2) * g * g;
    const T direction = (m / a.correction1) / (std::sqrt(v / a.correction2) + a.epsilon);
    weights[i] -= a.rate * (a.decay * weights[i] + direction);
  }
}

}  // namespace weft::reference
