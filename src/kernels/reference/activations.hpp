// Functions of one value, and their slopes in terms of their results.
#pragma once

#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>

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

// slope > 0, so that dst has src's sign.
template <class T>
void leaky_forward(std::size_t count, T slope, const T* src, T* dst) {
  for (std::size_t i = 0; i < count; ++i) {
    dst[i] = real_part(src[i]) < 0 ? slope * src[i] : src[i];
  }
}

template <class T>
void leaky_backward(std::size_t count, T slope, const T* dst, const T* diff_dst, T* diff_src) {
  for (std::size_t i = 0; i < count; ++i) {
    diff_src[i] = real_part(dst[i]) < 0 ? slope * diff_dst[i] : diff_dst[i];
  }
}

// The normal distribution's density and its integral.
template <class T>
T normal_density(T x) {
  return T(std::numbers::inv_sqrtpi / std::numbers::sqrt2) * std::exp(-x * x / T(2));
}
inline float normal_integral(float x) {
  return 0.5F * std::erfc(-x * static_cast<float>(1 / std::numbers::sqrt2));
}
inline double normal_integral(double x) {
  return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}
// For the small imaginary part of a complex step.
inline std::complex<double> normal_integral(std::complex<double> x) {
  return {normal_integral(x.real()), normal_density(x.real()) * x.imag()};
}

// Hendrycks and Gimpel: Gaussian Error Linear Units, 2016.
template <class T>
void gelu_forward(std::size_t count, const T* src, T* dst) {
  for (std::size_t i = 0; i < count; ++i) dst[i] = src[i] * normal_integral(src[i]);
}

// (x Phi)' = Phi + x phi
template <class T>
void gelu_backward(std::size_t count, const T* src, const T* diff_dst, T* diff_src) {
  for (std::size_t i = 0; i < count; ++i) {
    const T x = src[i];
    diff_src[i] = diff_dst[i] * (normal_integral(x) + x * normal_density(x));
  }
}

template <class T>
void silu_forward(std::size_t count, const T* src, T* dst) {
  for (std::size_t i = 0; i < count; ++i) dst[i] = src[i] * sigmoid(src[i]);
}

// (x s)' = s (1 + x (1 - s))
template <class T>
void silu_backward(std::size_t count, const T* src, const T* diff_dst, T* diff_src) {
  for (std::size_t i = 0; i < count; ++i) {
    const T s = sigmoid(src[i]);
    diff_src[i] = diff_dst[i] * s * (T(1) + src[i] * (T(1) - s));
  }
}

template <class T>
T open_gate(Gate gate, T slope, T x) {
  T y = x;
  switch (gate) {
    case Gate::identity:
      break;
    case Gate::relu:
      relu_forward(1, &x, &y);
      break;
    case Gate::leaky:
      leaky_forward(1, slope, &x, &y);
      break;
    case Gate::gelu:
      gelu_forward(1, &x, &y);
      break;
    case Gate::silu:
      silu_forward(1, &x, &y);
      break;
  }
  return y;
}

// diff gate'(x)
template <class T>
T through_gate(Gate gate, T slope, T x, T diff) {
  T result = diff;
  switch (gate) {
    case Gate::identity:
      break;
    case Gate::relu:
      relu_backward(1, &x, &diff, &result);  // dst has src's sign
      break;
    case Gate::leaky:
      leaky_backward(1, slope, &x, &diff, &result);
      break;
    case Gate::gelu:
      gelu_backward(1, &x, &diff, &result);
      break;
    case Gate::silu:
      silu_backward(1, &x, &diff, &result);
      break;
  }
  return result;
}

}  // namespace weft::reference
