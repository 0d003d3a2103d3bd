#include "nn/orthogonalise.hpp"

#include <algorithm>
#include <cmath>

#include "nn/norm.hpp"

namespace weft {
namespace {

template <class Vector>
void grow(Vector& vector, std::size_t size) {
  if (vector.size() < size) vector.resize(size);
}

}  // namespace

template <class T>
void Orthogonaliser<T>::reserve(std::size_t rows, std::size_t columns) {
  const std::size_t smaller = std::min(rows, columns);
  grow(next_, rows * columns);
  grow(gram_, smaller * smaller);
  grow(square_, smaller * smaller);
  if (rows <= columns) grow(packed_, kernels_.dense_packed_bytes(columns, rows));
}

// The iteration runs on the smaller side. A tall matrix need not be transposed for that: for its
// transpose X^T, A is X^T X and the polynomial, which is symmetric, stands on the right.
template <class T>
void Orthogonaliser<T>::operator()(std::size_t rows, std::size_t columns, std::size_t steps,
                                   T* matrix) {
  constexpr double kEpsilon = 1e-7;  // the authors': a gradient of 0 stays 0
  constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;
  const bool wide = rows <= columns;
  const std::size_t count = rows * columns, n = std::min(rows, columns);
  const T shrink = static_cast<T>(1 / (std::sqrt(sum_of_squares(count, matrix)) + kEpsilon));
  for (std::size_t i = 0; i < count; ++i) matrix[i] *= shrink;

  T *x = matrix, *next = next_.data(), *gram = gram_.data(), *square = square_.data();
  for (std::size_t step = 0; step < steps; ++step) {
    if (wide) {
      kernels_.dense_pack(columns, n, x, packed_.data());
      kernels_.dense_forward(n, columns, n, x, x, packed_.data(), nullptr, gram);
    } else {
      kernels_.dense_backward_weights(rows, n, n, x, x, false, gram, nullptr);
    }
    kernels_.dense_backward_data(n, n, n, gram, gram, square);
    for (std::size_t i = 0; i < n * n; ++i) {
      square[i] = static_cast<T>(kB) * gram[i] + static_cast<T>(kC) * square[i];
    }
    for (std::size_t i = 0; i < n; ++i) square[i * n + i] += static_cast<T>(kA);
    if (wide) {
      kernels_.dense_backward_data(n, columns, n, square, x, next);
    } else {
      kernels_.dense_backward_data(rows, n, n, x, square, next);
    }
    std::swap(x, next);
  }
  if (x != matrix) std::copy_n(x, count, matrix);
}

template class Orthogonaliser<float>;
template class Orthogonaliser<double>;

}  // namespace weft
