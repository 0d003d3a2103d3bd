// The loss of a batch's rows at their labels, whether a row is one picture or mixed of two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "data/rows.hpp"
#include "kernels/kernels.hpp"

namespace weft {

// A loss over some rows: as Kernels<T>::softmax_cross_entropy and its siblings.
template <class T>
using Loss = std::function<Sum<T>(std::size_t n, std::size_t classes, const T* logits,
                                  const Label* labels, T scale, T* diff_logits)>;

// Rows whose largest logit is their label's; ties go to the lower class.
template <class T>
std::size_t count_correct(std::size_t n, std::size_t classes, const T* logits, const Label* labels);

template <class T>
struct BatchResult {
  Sum<T> loss{};            // summed over the rows
  std::size_t correct = 0;  // as count_correct counts
};

// Some rows of a source, and what is asked of them.
template <class T>
struct LossRows {
  const RowSource<T>& source;
  std::span<const std::uint32_t> positions;  // of the rows in it
  const Label* labels;                       // of all rows of the source
  const Loss<T>& loss;
  T scale;  // of the gradient
  std::size_t classes;
};

// What a thread needs room for; it grows with the first rows.
template <class T>
struct LossSpace {
  std::vector<Label> labels;
  std::vector<T> of_other;  // a gradient at one row's other label
};

// The loss, and diff {positions, classes} = rows.scale times its gradient at the logits. A row that
// is mixed of two counts at both labels, each as much as there is of it, and junk at all labels
// alike, which is least where all classes are equally likely.
template <class T>
BatchResult<T> loss_of(const LossRows<T>& rows, const T* logits, T* diff, LossSpace<T>& space);

// difficulty, of all rows of the source: that of these is assigned, the length of their gradients
// without the scale.
template <class T>
void note_difficulty(const LossRows<T>& rows, const T* diff, std::span<float> difficulty);

}  // namespace weft
