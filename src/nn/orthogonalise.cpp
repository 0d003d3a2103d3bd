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
  grow(result_, rows * columns);
  for (auto* square : {&gram_, &polynomial_, &product_, &spare_}) grow(*square, smaller * smaller);
  if (rows <= columns) grow(packed_, kernels_.dense_packed_bytes(columns, rows));
}

// A tall matrix need not be transposed to run on its smaller side: for its transpose X^T, A is
// X^T X and the product of the polynomials, which is symmetric, stands on the right.
template <class T>
void Orthogonaliser<T>::operator()(std::size_t rows, std::size_t columns, std::size_t steps,
                                   T* matrix) {
  constexpr double kEpsilon = 1e-7;  // the authors': a gradient of 0 stays 0
  constexpr double kA = 3.4445, kB = -4.7750, kC = 2.0315;
  const bool wide = rows <= columns;
  const std::size_t count = rows * columns, n = std::min(rows, columns);
  const T shrink = static_cast<T>(1 / (std::sqrt(sum_of_squares(count, matrix)) + kEpsilon));
  for (std::size_t i = 0; i < count; ++i) matrix[i] *= shrink;
  if (steps == 0) return;

  T *gram = gram_.data(), *polynomial = polynomial_.data(), *product = product_.data(),
    *spare = spare_.data();
  const auto multiply = [&](T*& left, const T* right) {
    kernels_.dense_backward_data(n, n, n, left, right, spare);
    std::swap(left, spare);
  };
  if (wide) {
    kernels_.dense_pack(columns, n, matrix, packed_.data());
    kernels_.dense_forward(n, columns, n, matrix, matrix, packed_.data(), nullptr, gram);
  } else {
    kernels_.dense_backward_weights(rows, n, n, matrix, matrix, false, gram, nullptr);
  }
  for (std::size_t step = 0; step < steps; ++step) {
    kernels_.dense_backward_data(n, n, n, gram, gram, polynomial);
    for (std::size_t i = 0; i < n * n; ++i) {
      polynomial[i] = static_cast<T>(kB) * gram[i] + static_cast<T>(kC) * polynomial[i];
    }
    for (std::size_t i = 0; i < n; ++i) polynomial[i * n + i] += static_cast<T>(kA);
    if (step == 0) {
      std::copy_n(polynomial, n * n, product);
    } else {
      multiply(product, polynomial);
    }
    if (step + 1 == steps) break;
    multiply(gram, polynomial);
    multiply(gram, polynomial);
  }
  if (wide) {
    kernels_.dense_backward_data(n, columns, n, product, matrix, result_.data());
  } else {
    kernels_.dense_backward_data(rows, n, n, matrix, product, result_.data());
  }
  std::copy_n(result_.data(), count, matrix);
}

template class Orthogonaliser<float>;
template class Orthogonaliser<double>;

}  // namespace weft
