// Softmax and the losses; kernels.hpp has their formulas.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "kernels/kernels.hpp"
#include "kernels/reference/activations.hpp"

namespace weft::reference {

// Subtracting the row's largest value changes nothing in exact arithmetic and keeps e^x finite.
template <class T>
T largest(std::size_t classes, const T* row) {
  return *std::max_element(row, row + classes,
                           [](const T& a, const T& b) { return real_part(a) < real_part(b); });
}

template <class T>
void softmax(std::size_t n, std::size_t classes, const T* logits, T* probabilities) {
  for (std::size_t s = 0; s < n; ++s) {
    const T* x = logits + s * classes;
    T* p = probabilities + s * classes;
    const T most = largest(classes, x);
    T sum = T(0);
    for (std::size_t c = 0; c < classes; ++c) sum += p[c] = std::exp(x[c] - most);
    for (std::size_t c = 0; c < classes; ++c) p[c] /= sum;
  }
}

// -sum_c q_c log p_c = log(sum_c e^x_c) - sum_c q_c x_c, since the q_c sum to 1.
template <class T>
Sum<T> smoothed_cross_entropy(std::size_t n, std::size_t classes, const T* logits,
                              const Label* labels, T smoothing, T scale, T* diff_logits) {
  const T share = smoothing / T(static_cast<double>(classes));  // of every class
  Sum<T> loss = 0;
  for (std::size_t s = 0; s < n; ++s) {
    const T* x = logits + s * classes;
    T* diff = diff_logits + s * classes;
    const T most = largest(classes, x);
    T sum = T(0);
    for (std::size_t c = 0; c < classes; ++c) sum += diff[c] = std::exp(x[c] - most);
    loss += std::log(sum) - (T(1) - smoothing) * (x[labels[s]] - most);
    for (std::size_t c = 0; c < classes; ++c) diff[c] *= scale / sum;
    diff[labels[s]] -= scale * (T(1) - smoothing);
    if (smoothing == T(0)) continue;  // not 0 times a logit that may be infinite
    for (std::size_t c = 0; c < classes; ++c) {
      loss -= share * (x[c] - most);
      diff[c] -= scale * share;
    }
  }
  return loss;
}

template <class T>
Sum<T> softmax_cross_entropy(std::size_t n, std::size_t classes, const T* logits,
                             const Label* labels, T scale, T* diff_logits) {
  return smoothed_cross_entropy(n, classes, logits, labels, T(0), scale, diff_logits);
}

// log(1 + e^x) without overflow.
template <class T>
T softplus(T x) {
  return real_part(x) > 0 ? x + std::log(T(1) + std::exp(-x)) : std::log(T(1) + std::exp(x));
}

// -y log s - (1 - y) log(1 - s) = softplus(x) - y x
template <class T>
Sum<T> sigmoid_cross_entropy(std::size_t n, std::size_t classes, const T* logits,
                             const Label* labels, T scale, T* diff_logits) {
  Sum<T> loss = 0;
  for (std::size_t s = 0; s < n; ++s) {
    const T* x = logits + s * classes;
    T* diff = diff_logits + s * classes;
    for (std::size_t c = 0; c < classes; ++c) {
      const T y = c == labels[s] ? T(1) : T(0);
      loss += softplus(x[c]) - y * x[c];
      diff[c] = scale * (sigmoid(x[c]) - y);
    }
  }
  return loss;
}

template <class T>
Sum<T> mean_squared_error(std::size_t n, std::size_t classes, const T* logits, const Label* labels,
                          T scale, T* diff_logits) {
  const T share = T(1) / T(static_cast<double>(classes));
  Sum<T> loss = 0;
  for (std::size_t s = 0; s < n; ++s) {
    for (std::size_t c = 0; c < classes; ++c) {
      const T error = logits[s * classes + c] - (c == labels[s] ? T(1) : T(0));
      loss += share * error * error;
      diff_logits[s * classes + c] = scale * T(2) * share * error;
    }
  }
  return loss;
}

}  // namespace weft::reference
