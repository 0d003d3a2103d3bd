#include "nn/batch_loss.hpp"

#include <algorithm>
#include <cmath>
#include <complex>

namespace weft {
namespace {

template <class T>
Sum<T> loss_at_all_labels(const LossRows<T>& rows, const T* logits, T* diff,
                          std::vector<T>& of_one) {
  const double share = 1 / static_cast<double>(rows.classes);
  Sum<T> sum{};
  std::fill_n(diff, rows.classes, T{});
  for (std::size_t label = 0; label < rows.classes; ++label) {
    const auto one = static_cast<Label>(label);
    sum += share * rows.loss(1, rows.classes, logits, &one, static_cast<T>(share) * rows.scale,
                             of_one.data());
    for (std::size_t c = 0; c < rows.classes; ++c) diff[c] += of_one[c];
  }
  return sum;
}

template <class T>
Sum<T> loss_of_mixed(const LossRows<T>& rows, const T* logits, T* diff, std::vector<T>& of_other) {
  Sum<T> sum{};
  for (const std::uint32_t position : rows.positions) {
    const Mixture mix = rows.source.mixture(position);
    if (mix.junk) {
      sum += loss_at_all_labels(rows, logits, diff, of_other);
    } else {
      const double own = 1 - static_cast<double>(mix.share), other = static_cast<double>(mix.share);
      sum += own * rows.loss(1, rows.classes, logits, rows.labels + position,
                             static_cast<T>(own) * rows.scale, diff);
      sum += other * rows.loss(1, rows.classes, logits, rows.labels + mix.other,
                               static_cast<T>(other) * rows.scale, of_other.data());
      for (std::size_t c = 0; c < rows.classes; ++c) diff[c] += of_other[c];
    }
    logits += rows.classes;
    diff += rows.classes;
  }
  return sum;
}

}  // namespace

template <class T>
std::size_t count_correct(std::size_t n, std::size_t classes, const T* logits,
                          const Label* labels) {
  std::size_t correct = 0;
  for (std::size_t s = 0; s < n; ++s) {
    const T* row = logits + s * classes;
    const T* largest = std::max_element(
        row, row + classes, [](const T& a, const T& b) { return real_part(a) < real_part(b); });
    correct += largest - row == labels[s] ? 1 : 0;
  }
  return correct;
}

template <class T>
BatchResult<T> loss_of(const LossRows<T>& rows, const T* logits, T* diff, LossSpace<T>& space) {
  const std::size_t n = rows.positions.size();
  space.labels.resize(n);
  for (std::size_t i = 0; i < n; ++i) space.labels[i] = rows.labels[rows.positions[i]];
  BatchResult<T> result;
  if (rows.source.mixes()) {
    space.of_other.resize(rows.classes);
    result.loss = loss_of_mixed(rows, logits, diff, space.of_other);
  } else {
    result.loss = rows.loss(n, rows.classes, logits, space.labels.data(), rows.scale, diff);
  }
  result.correct = count_correct(n, rows.classes, logits, space.labels.data());
  return result;
}

template <class T>
void note_difficulty(const LossRows<T>& rows, const T* diff, std::span<float> difficulty) {
  for (const std::uint32_t position : rows.positions) {
    double square = 0;
    for (std::size_t c = 0; c < rows.classes; ++c) {
      const auto value = static_cast<double>(real_part(diff[c] / rows.scale));
      square += value * value;
    }
    difficulty[position] = static_cast<float>(std::sqrt(square));
    diff += rows.classes;
  }
}

template std::size_t count_correct(std::size_t, std::size_t, const float*, const Label*);
template std::size_t count_correct(std::size_t, std::size_t, const double*, const Label*);
template std::size_t count_correct(std::size_t, std::size_t, const std::complex<double>*,
                                   const Label*);
template BatchResult<float> loss_of(const LossRows<float>&, const float*, float*,
                                    LossSpace<float>&);
template BatchResult<double> loss_of(const LossRows<double>&, const double*, double*,
                                     LossSpace<double>&);
template BatchResult<std::complex<double>> loss_of(const LossRows<std::complex<double>>&,
                                                   const std::complex<double>*,
                                                   std::complex<double>*,
                                                   LossSpace<std::complex<double>>&);
template void note_difficulty(const LossRows<float>&, const float*, std::span<float>);
template void note_difficulty(const LossRows<double>&, const double*, std::span<float>);
template void note_difficulty(const LossRows<std::complex<double>>&, const std::complex<double>*,
                              std::span<float>);

}  // namespace weft
