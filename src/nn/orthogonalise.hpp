// The nearest matrix with orthonormal rows or columns, roughly: what Muon makes of a gradient.
#pragma once

#include <cstddef>

#include "kernels/kernels.hpp"
#include "tensor/aligned.hpp"

namespace weft {

// The quintic Newton-Schulz iteration of Muon (K. Jordan and others, "Muon: an optimizer for hidden
// layers in neural networks", 2024, kellerjordan.github.io/posts/muon): with X0 = G / |G|,
//   X <- (a + b A + c A^2) X,  A = X X^T,  a = 3.4445, b = -4.7750, c = 2.0315.
// It takes G = U S V^T to U S' V^T. The coefficients are steep at 0 and do not converge: after 5
// steps a singular value that was above a hundredth of |G| is between about 0.68 and 1.14.
//
// All of it happens in A, which is small and square where a convolution's filters are wide: with
// P = a + b A + c A^2, A <- A P^2, since A and P commute, and the P of all steps are multiplied by
// X0 once, at the end. For 256 filters of 1,152 weights that is half the arithmetic. An eigenvalue
// of A is the square of X's, so that it takes float32: rounded to bfloat16, A would have negative
// ones, which the steps make large.
//
// It works in memory of its own: one for each thread.
template <class T>
class Orthogonaliser {
 public:
  // kernels: whose dense products round no factor, fast_kernels() but not bf16_kernels().
  explicit Orthogonaliser(const Kernels<T>& kernels) : kernels_(kernels) {}

  // Makes room for matrices of this size.
  void reserve(std::size_t rows, std::size_t columns);

  // matrix {rows, columns}, of a size that there is room for, is replaced.
  void operator()(std::size_t rows, std::size_t columns, std::size_t steps, T* matrix);

 private:
  const Kernels<T>& kernels_;
  AlignedVector<T> result_;                               // {rows, columns}
  AlignedVector<T> gram_, polynomial_, product_, spare_;  // the smaller of them squared
  AlignedVector<std::byte> packed_;
};

}  // namespace weft
